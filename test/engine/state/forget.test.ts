import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { apply } from '../../../src/engine/apply.ts'
import { plan } from '../../../src/engine/plan.ts'
import { resume } from '../../../src/engine/resume.ts'
import { planRollback } from '../../../src/engine/rollback.ts'
import { forgetResources } from '../../../src/engine/state/forget-resources.ts'
import { readState } from '../../../src/engine/state/read-state.ts'
import { resetState } from '../../../src/engine/state/reset-state.ts'
import { fileStore } from '../../../src/node/file-store.ts'
import { declare } from '../../../src/provider/declare.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import type { Store } from '../../../src/store/store.ts'
import { createFakeBackend } from '../../../src/testing/fake-backend.ts'
import { createFaultyStore } from '../../../src/testing/faulty-store.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { createMortalProcess } from '../../../src/testing/mortal-process.ts'

/** Three resources that were applied: `top` depends on `base`, and `alone` on nothing. */
async function applied(store: Store = fileStore(mkdtempSync(join(tmpdir(), 'convergent-forget-')))) {
  const backend = createFakeBackend()
  const options = { provider: backend.provider, store, concurrency: 1 }
  const { named } = declare(backend.provider)
  const base = named('base', { name: 'base' })
  const desired = [base, named('top', { name: 'top', ref: base.id }), named('alone', { name: 'alone' })]
  await apply(await plan(desired, options), options)
  const recorded = async (): Promise<readonly string[]> => [...((await readState(options)).state?.resources.keys() ?? [])].sort()
  return { backend, options, desired, recorded }
}

const messageOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'it went through', (error: Error & { code?: string }) => `${error.code ?? ''}: ${error.message}`)
const ALL = ['named/alone', 'named/base', 'named/top']

describe('forgetting resources', () => {
  it('takes them out of the state, and touches no object', async () => {
    const { backend, options, recorded, desired } = await applied()
    const { serial } = (await options.store.load('default')) as { serial: number }
    const done = await forgetResources(['named/top', 'named/base', 'named/top'], options)
    expect(done).toMatchObject({ stack: 'default', serial: serial + 1, forgotten: [{ address: 'named/base', id: 'named-1' }, { address: 'named/top' }] })
    expect([await recorded(), backend.objects().length, await options.store.holding('default')]).toEqual([['named/alone'], 3, undefined])
    expect((await plan([], { ...options, mode: 'destroy' })).actions.map(({ address }) => address)).toEqual(['named/alone'])
    // They are somebody else's now, until they are adopted.
    expect((await plan(desired, options)).actions.map(({ address, blocked }) => [address, blocked?.reason])).toContainEqual(['named/base', 'not-owned'])
    await apply(await plan(desired.map((resource) => ({ ...resource, adopt: true })), options), options)
    expect([await recorded(), backend.objects().length]).toEqual([ALL, 3])
  })
  it('names all that is unknown, with what is near, and changes nothing', async () => {
    const { options, recorded } = await applied()
    const message = await messageOf(forgetResources(['named/alnoe', 'named/base', 'other/thing'], { ...options, force: true }))
    expect(message).toContain('store: stack default has recorded nothing of named/alnoe; did you mean "named/alone"?\nnor of other/thing\nNothing was changed')
    expect(await recorded()).toEqual(ALL)
    expect(await forgetResources([], options)).toMatchObject({ forgotten: [] })
    expect(await messageOf(forgetResources(['named/base'], { store: options.store, stack: 'empty' }))).toContain('stack empty has recorded nothing of named/base\n')
  })
  it('refuses what others need, unless it is forced; plans go on all the same', async () => {
    const { backend, options, recorded } = await applied()
    expect(await messageOf(forgetResources(['named/base', 'named/alone'], options))).toContain('still needs what is to be forgotten:\n  - named/top depends on named/base\nForget these too, or force it; nothing was changed')
    expect(await recorded()).toEqual(ALL)
    await forgetResources(['named/base'], { ...options, force: true })
    expect(await recorded()).toEqual(['named/alone', 'named/top'])
    const gone = await apply(await plan([], { ...options, mode: 'destroy' }), options)
    expect([gone.outcome, backend.objects().map(({ fields }) => fields['name'])]).toEqual(['succeeded', ['base']])
  })
  it('refuses while a run is open, while somebody holds the stack, and another state than was looked at', async () => {
    const { backend, options, desired, recorded } = await applied()
    expect(await messageOf(forgetResources(['named/alone'], { ...options, expectedSerial: 7 }))).toContain('serial-conflict: the state of stack default has serial 1, expected 7')
    const lease = await options.store.claim('default', 'ann')
    expect(await messageOf(forgetResources(['named/alone'], options))).toContain('lease-held: ')
    await options.store.release(lease)
    const process = createMortalProcess({ provider: backend.provider, store: options.store, clock: manualClock({ auto: true }) })
    const { named } = declare(backend.provider)
    const changes = await plan([...desired, named('fresh', { name: 'fresh' }), named('later', { name: 'later' })], process)
    process.crash({ at: 'after-record', call: 'create', address: 'named/fresh' })
    await process.outlive(apply(changes, { ...process, concurrency: 1 }))
    const next = process.restart()
    const open = await readState(next)
    // What the open run has done is counted.
    expect([open.openRun, open.state?.resources.has('named/fresh'), open.warnings[0]?.code]).toEqual([expect.any(String), true, 'open-run'])
    expect(await messageOf(forgetResources(['named/alone'], next))).toContain('open-run: ')
    expect(await messageOf(resetState(next))).toContain('open-run: ')
    await resume(undefined, next)
    expect((await forgetResources(['named/alone'], next)).forgotten).toHaveLength(1)
    expect(await recorded()).toEqual(['named/base', 'named/fresh', 'named/later', 'named/top'])
  })
  it('has plans from before refused: one could delete what nobody owns any more', async () => {
    const { backend, options, desired } = await applied()
    const stale = await plan(desired.slice(0, 2), { ...options, mode: 'sync' })
    expect(stale.actions.map(({ kind, address }) => `${kind} ${address}`)).toEqual(['delete named/alone'])
    await forgetResources(['named/alone'], options)
    expect(await messageOf(apply(stale, options).result)).toContain('plan-refused: ')
    expect(backend.objects()).toHaveLength(3)
  })
  it('leaves the last run to be taken back, with all that it did', async () => {
    const { options } = await applied()
    await forgetResources(['named/alone'], options)
    const back = await planRollback(undefined, options)
    expect(back.actions.map(({ kind, address }) => `${kind} ${address}`).sort()).toEqual(ALL.map((address) => `delete ${address}`))
  })
})

describe('a reset', () => {
  it('forgets everything; what is declared is found again', async () => {
    const { backend, options, desired, recorded } = await applied()
    const before = await options.store.load('default')
    expect((await resetState(options)).forgotten.map(({ address }) => address).sort()).toEqual(ALL)
    expect([await recorded(), backend.objects().length, (await plan([], { ...options, mode: 'destroy' })).actions]).toEqual([[], 3, []])
    expect((await resetState(options)).forgotten).toEqual([])
    const result = await apply(await plan(desired.map((resource) => ({ ...resource, adopt: true })), options), options)
    expect([result.outcome, backend.objects().length]).toEqual(['succeeded', 3])
    const after = await options.store.load('default')
    expect([...(after?.resources ?? [])].map(([address, { id }]) => [address, id]).sort()).toEqual([...(before?.resources ?? [])].map(([address, { id }]) => [address, id]).sort())
    expect((await plan(desired, options)).actions).toEqual([])
  })
})

describe('a crash while resources are forgotten', () => {
  it.each([
    ['forget', (options: Parameters<typeof resetState>[0]) => forgetResources(['named/alone'], options), ['named/base', 'named/top']],
    ['reset', resetState, []],
  ] as const)('leaves the state as it was or as it shall be, and a copy of what it was: %s', async (_, change, rest) => {
    const seen = new Set<string>()
    for (let operation = 1, hasDied = true; hasDied; operation++)
      for (const at of ['before', 'after'] as const) {
        const folder = mkdtempSync(join(tmpdir(), 'convergent-forget-'))
        const { backend, recorded } = await applied(fileStore(folder))
        const process = createMortalProcess({ provider: backend.provider, store: fileStore(folder), clock: manualClock({ auto: true }) })
        process.crash({ at, operation })
        await process.outlive(change(process))
        hasDied = process.isDead
        const found = await recorded()
        seen.add(found.join(' '))
        expect([ALL.join(' '), rest.join(' ')]).toContain(found.join(' '))
        const copies = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.includes('backups') && path.endsWith('.jsonl'))
        expect(copies.some((path) => ALL.every((address) => readFileSync(join(folder, path), 'utf8').includes(`"${address}"`))), copies.join(' ')).toBe(true)
        // The next process does it, or finds it done: what was on its way to the disk at that moment may have got there.
        const problem = await messageOf(change(process.restart()))
        expect(problem).toMatch(/^it went through$|has recorded nothing of named\/alone/)
        expect(await recorded()).toEqual(rest)
      }
    expect(seen).toEqual(new Set([ALL.join(' '), rest.join(' ')]))
  })
  it('changes nothing where no copy can be kept', async () => {
    const { options, recorded } = await applied()
    const faulty = createFaultyStore(options.store)
    faulty.fault({ operation: 'backup', fault: 'reject' })
    expect(await messageOf(resetState({ store: faulty.store }))).toContain('backup was not done')
    expect([await recorded(), await options.store.holding('default')]).toEqual([ALL, undefined])
  })
  it('keeps a checkpoint where the store has no backups', async () => {
    const { options } = await applied(memoryStore())
    const { backup: _, ...without } = options.store
    await forgetResources(['named/alone'], { ...options, store: without })
    expect(await options.store.list('default', 'checkpoint')).toHaveLength(1)
    await forgetResources(['named/top'], { ...options, store: without, backup: false })
    expect(await options.store.list('default', 'checkpoint')).toHaveLength(1)
  })
})
