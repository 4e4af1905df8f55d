import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../architecture/sources.ts'

let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'convergent-'))))
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Runs an example as a newcomer would, in a folder of its own. */
async function runExample(name: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', join(root, `examples/${name}.ts`), join(folder, name)], { cwd: root })
  return stdout.trimEnd()
}

describe('the examples of one file', () => {
  it('manage files, and have nothing left to do', async () => {
    expect(await runExample('files')).toBe('will create file/page\nwill create file/index\ncreate file/page: page.txt\ncreate file/index: index.txt\nsucceeded 2\n0 left to do')
  })
  it('release a version, pause at the first bad service, go on and take it back', async () => {
    expect((await runExample('operations')).split('\n')).toEqual([
      'release: release version 2 on ann',
      'release: release version 2 on bob',
      'release: verify/batch 1',
      'release: release version 2 on cid',
      'release: release version 2 on dan',
      'release: verify/batch 2',
      'done: release/ann',
      'done: release/bob',
      'done: verify/batch 1',
      'done: release/cid',
      'done: release/dan',
      'verify/batch 2: Error: cid does not answer',
      'paused at verify/batch 2: Error: cid does not answer',
      'succeeded [ 2, 2, 2, 2 ]',
      'succeeded [ 1, 1, 1, 1 ]',
    ])
  })
})
