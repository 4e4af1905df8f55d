import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { root } from '../../../architecture/sources.ts'

it('the demo ends by itself, with everything as declared and no order given twice, and leaves nothing behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'director-demo-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', join(root, 'examples/director/demo.ts')], { cwd: root, env: { PATH: process.env['PATH'], TMPDIR: folder }, timeout: 55_000 })
  expect([...stdout.matchAll(/^\$ director (\w+)/gm)].map(([, command]) => command)).toEqual(['validate', 'plan', 'sync', 'doctor', 'resume', 'plan', 'sync', 'sync', 'plan'])
  expect([...stdout.matchAll(/^\(exit code (\d)\)|^\((kill -9)\)/gm)].map(([, code, kill]) => code ?? kill)).toEqual(['2', 'kill -9', '2', '3'])
  expect(stdout).toContain('10 of the 10 orders were asked for again. In all there were 40 orders, and there are 40 objects with 40 names.')
  // The rename: the new one, who uses it, the old one.
  const orders = /^The orders that it took.*\n((?: {2}.*\n)+)/m.exec(stdout)?.[1]?.trim().split(/\n\s*/)
  expect(orders).toEqual(['create Repos bank-b-archive', 'edit RoutingPolicies bank-b-swift', 'delete Repos bank-b-longterm'].map((each) => `stockholm: ${each}`))
  expect(stdout).toMatch(/^rolled back update Repo\/stockholm\/bank-b-audit/m)
  expect(stdout.match(/^Nothing to do: 40 resources are as declared\.$/gm)?.length).toBe(2)
  // What tsx keeps for itself is none of the demo's.
  expect((await readdir(folder)).filter((name) => !name.startsWith('tsx-') && name !== 'node-compile-cache')).toEqual([])
}, 60_000)
