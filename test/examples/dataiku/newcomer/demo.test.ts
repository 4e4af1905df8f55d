import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { root } from '../../../architecture/sources.ts'

it('the demo ends by itself, with everything as declared, and leaves nothing behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dataiku-demo-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', join(root, 'examples/dataiku/demo.ts')], { cwd: root, env: { PATH: process.env['PATH'], TMPDIR: folder }, timeout: 55_000 })
  expect([...stdout.matchAll(/^\$ (?:dataiku )?(\w+)/gm)].map(([, command]) => command)).toEqual(['sync', 'sync', 'sync', 'sync', 'cat', 'plan'])
  expect([...stdout.matchAll(/^\(exit code (\d)\)/gm)].map(([, code]) => code)).toEqual(['3'])
  // One update, one delete, and what was made before the failure.
  expect([...stdout.matchAll(/^Plan: (.*)$/gm)].map(([, summary]) => summary)).toEqual(['2 to create; 0 unchanged.', '1 to update; 1 unchanged.', '1 to delete; 1 unchanged.', '3 to create; 1 unchanged.'])
  expect([...stdout.matchAll(/^\(on the server: (.*)\)$/gm)].map(([, found]) => found)).toEqual(['BIKE_COUNTS: daily_counts', 'BIKE_COUNTS: nothing in it', 'BIKE_COUNTS: nothing in it'])
  expect(stdout.match(/^rolled back create Dataset\/BIKE_COUNTS\.\w+/gm)?.length).toBe(2)
  expect(stdout).toMatch(/^Nothing to do: 1 resource is as declared\.$/m)
  // What tsx keeps for itself is none of the demo's.
  expect((await readdir(folder)).filter((name) => !name.startsWith('tsx-') && name !== 'node-compile-cache')).toEqual([])
}, 60_000)
