import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { root } from '../../../architecture/sources.ts'

it('the demo ends by itself, with exactly the two old rules live, and leaves nothing behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'opnsense-demo-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', join(root, 'examples/opnsense/demo.ts')], { cwd: root, env: { PATH: process.env['PATH'], TMPDIR: folder }, timeout: 50_000 })
  const looks = [...stdout.matchAll(/^ {2}(?:saved|live): +(.*)$/gm)].map(([, rules]) => rules)
  const old = 'http from the office, port 80; ssh from inside, port 22'
  const changed = 'https from the office, port 443; ssh from inside, port 2222'
  // Before and after the first settle; after the change; after what was refused; after the restore.
  expect(looks).toEqual([old, 'none', old, old, changed, changed, changed, changed, old, old])
  // What tsx keeps for itself is none of the demo's.
  expect((await readdir(folder)).filter((name) => !name.startsWith('tsx-') && name !== 'node-compile-cache')).toEqual([])
})
