import { execFileSync } from 'node:child_process'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { abandon } from '../../src/engine/abandon.ts'
import { apply } from '../../src/engine/apply.ts'
import { checkpoint, deleteCheckpoint } from '../../src/engine/checkpoint.ts'
import { examineStack } from '../../src/engine/examination.ts'
import { listCheckpoints } from '../../src/engine/keep-checkpoint.ts'
import { plan } from '../../src/engine/plan.ts'
import { resume } from '../../src/engine/resume.ts'
import { fileStore } from '../../src/node/file-store.ts'
import { declare } from '../../src/provider/declare.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { createFaultyStore } from '../../src/testing/faulty-store.ts'
import { createBench, named as declareNamed } from '../cli/bench.ts'
import { makeFolder } from './image.ts'

let dir = ''
beforeEach(async () => {
  dir = await makeFolder()
})
afterEach(() => rm(dir, { recursive: true, force: true }))

function createHost() {
  const backend = createFakeBackend()
  const { named } = declare(backend.provider)
  return { backend, named, options: { provider: backend.provider, store: fileStore(dir), stack: 's', mode: 'sync' } as const }
}

test('what is only upkeep does not make a failure of a run that has ended', async () => {
  const { backend, named, options } = createHost()
  backend.fault({ call: 'create', fault: 'error', object: 'b' })
  const faulty = createFaultyStore(options.store)
  for (let time = 0; time < 2; time++) faulty.fault({ operation: 'prune', fault: 'reject' })
  faulty.fault({ operation: 'list', fault: 'reject' })
  const failing = { ...options, store: faulty.store, checkpointEvery: 1, concurrency: 1 }
  expect((await apply(await plan([named('a', { name: 'a' }), named('b', { name: 'b' })], options), failing)).outcome).toBe('partial')
  expect((await resume(undefined, failing)).outcome).toBe('succeeded')
  expect(faulty.operations.filter((operation) => operation === 'prune')).toHaveLength(2)
})

test('a checkpoint that is damaged is named, stays when others are pruned, and can be deleted', async () => {
  const { named, options } = createHost()
  await apply(await plan([named('a', { name: 'a' })], options), options)
  const { id } = await checkpoint('kept', options)
  await writeFile(join(dir, 'stacks', 's', 'checkpoints', `${id}.txt`), '{}\n')
  expect((await examineStack(options)).map(({ subject }) => subject)).toEqual([`checkpoint ${id}`])
  await expect(listCheckpoints(options)).rejects.toMatchObject({ code: 'format', line: 1 })
  const result = await apply(await plan([named('a', { name: 'a' }), named('b', { name: 'b' })], options), { ...options, checkpointEvery: 1, keep: { checkpoints: 0 } })
  expect(result.outcome).toBe('succeeded')
  expect(await options.store.list('s', 'checkpoint')).toEqual([id])
  await deleteCheckpoint(id, options)
  expect(await listCheckpoints(options)).toEqual([])
  await expect(deleteCheckpoint(id, options)).rejects.toThrow(`stack s has no checkpoint ${id}; it has none`)
})

test('an open run whose plan is gone is named, and can be abandoned', async () => {
  const { backend, named, options } = createHost()
  const faulty = createFaultyStore(options.store)
  faulty.fault({ operation: 'append', skip: 2, fault: 'reject' })
  await expect(apply(await plan([named('a', { name: 'a' })], options), { ...options, store: faulty.store }).result).rejects.toMatchObject({ code: 'store' })
  const plans = join(dir, 'stacks', 's', 'plans')
  for (const name of await readdir(plans)) await rm(join(plans, name))
  expect((await examineStack(options)).filter(({ level }) => level === 'damaged')).toMatchObject([{ problem: expect.stringContaining('it is not there') as string, remedy: 'put it back, or abandon the run' }])
  await expect(resume(undefined, options).result).rejects.toMatchObject({ code: 'plan-refused', message: expect.stringContaining('abandon the run and plan again') as string })
  expect((await abandon(undefined, options)).settled).toEqual([{ address: 'named/a', outcome: 'unknown', message: expect.stringContaining('not in the store any more; look for it by hand') as string }])
  expect(await examineStack(options)).toEqual([])
  expect((await apply(await plan([named('a', { name: 'a' })], options), options)).outcome).toBe('succeeded')
  expect(backend.objects()).toHaveLength(1)
})

test('doctor prints the command that mends a damaged file, and says so by its exit code', async () => {
  const { run, declare, folder } = createBench()
  declare(declareNamed('a'))
  expect((await run('apply -f FILE')).code).toBe(0)
  await rm(join(folder, 'state', 'stacks', 'default', 'state.jsonl'))
  const refused = await run('plan -f FILE')
  expect([refused.code, refused.err()]).toEqual([1, expect.stringMatching(/the file is gone, and there are backups of it; doctor .*tells which one to put back/)])
  const told = await run('doctor')
  expect([told.code, told.out()]).toEqual([1, expect.stringMatching(/^damaged: the state: .*state\.jsonl/)])
  execFileSync('sh', ['-c', / run: (.+)$/m.exec(told.out())?.[1] as string])
  expect((await run('doctor')).code).toBe(0)
  expect((await run('plan -f FILE')).code).toBe(0)
  await rm(folder, { recursive: true })
})
