import { describe, expect, it } from 'vitest'
import { subsetPlan } from '../../src/core/planning/subset.ts'
import type { RunEvent } from '../../src/core/event.ts'
import { abandon } from '../../src/engine/abandon.ts'
import { apply } from '../../src/engine/apply.ts'
import { checkpoint, restore } from '../../src/engine/checkpoint.ts'
import { examineStack } from '../../src/engine/examination.ts'
import { planOperations } from '../../src/engine/operation/plan-operations.ts'
import type { ApplyOptions, PlanOptions } from '../../src/engine/options.ts'
import { plan } from '../../src/engine/plan.ts'
import { resume } from '../../src/engine/resume.ts'
import { planRollback, rollback } from '../../src/engine/rollback.ts'
import { combineProviders } from '../../src/provider/combine.ts'
import { declare } from '../../src/provider/declare.ts'
import { declareOperations } from '../../src/provider/declare-operations.ts'
import { defineOperations } from '../../src/provider/define-operations.ts'
import { defineProvider } from '../../src/provider/define.ts'
import { renderEvent } from '../../src/render/event-text.ts'
import { renderPlan } from '../../src/render/plan-text.ts'
import { renderRun } from '../../src/render/run-text.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { createMortalProcess } from '../../src/testing/mortal-process.ts'

/** A backend where `named` is live only when `routes` are settled, and `versioned` when `rules` are. */
function setUp() {
  const clock = manualClock({ auto: true })
  const backend = createFakeBackend({ clock, settleGroups: { routes: ['named'], rules: ['versioned'] } })
  const store = memoryStore()
  const options = { provider: backend.provider, store, clock } satisfies ApplyOptions & PlanOptions
  return {
    ...declare(backend.provider),
    backend,
    clock,
    options,
    settles: () => backend.calls.filter(({ call }) => call === 'settle').map(({ type }) => type),
    live: () => backend.live().map(({ fields }) => `${String(fields['name'])} ${String(fields['size'] ?? '')}`.trim()).sort(),
    unsettled: async () => (await store.load('default'))?.unsettled,
  }
}

describe('a plan with a group to settle', () => {
  it('says so to who reviews it, and to who watches', async () => {
    const { named, options, live, settles } = setUp()
    const made = await plan([named('a', { name: 'a' }), named('b', { name: 'b' })], options)
    expect(renderPlan(made)).toContain('  * settle/routes (once, after 2 writes)')
    expect(renderPlan(made)).toContain('Plan: 2 to create, 1 to settle; 0 unchanged.')
    const told: string[] = []
    const run = apply(made, options)
    for await (const event of run) told.push(renderEvent(event as RunEvent) ?? '')
    const result = await run.result
    expect(told).toContain('settle/routes: settling…')
    expect(told).toContain('[3/3] settle/routes: settled in 0 ms')
    expect(renderRun(result)).toContain('3 succeeded')
    expect(live()).toEqual(['a', 'b'])
    expect(settles()).toEqual(['routes'])
    expect((await plan([named('a', { name: 'a' }), named('b', { name: 'b' })], options)).actions).toEqual([])
  })
  it('is rehearsed without a call', async () => {
    const { named, options, settles } = setUp()
    const result = await apply(await plan([named('a', { name: 'a' })], options), { ...options, dryRun: true })
    expect(result.actions.map(({ address, outcome }) => `${address} ${outcome}`)).toEqual(['named/a succeeded', 'settle/routes succeeded'])
    expect(settles()).toEqual([])
  })
  it('is cut down with what it settles', async () => {
    const { named, versioned, options, live, settles } = setUp()
    const whole = await plan([named('a', { name: 'a' }), named('b', { name: 'b' }), versioned('v', { name: 'v', kind: 'x' })], options)
    const part = subsetPlan(whole, { addresses: ['named/a'] }, 'part')
    expect(part.actions.map(({ address }) => address)).toEqual(['named/a', 'settle/routes'])
    await apply(part, options)
    expect([live(), settles()]).toEqual([['a'], ['routes']])
  })
})

describe('what is written is settled', () => {
  it('after a failure, once, and a failure that changed nothing settles nothing', async () => {
    const { named, versioned, backend, options, live, settles, unsettled } = setUp()
    backend.fault({ call: 'create', object: 'b', fault: 'error' })
    backend.fault({ call: 'create', object: 'v', fault: 'error' })
    const result = await apply(await plan([named('a', { name: 'a' }), named('b', { name: 'b' }), versioned('v', { name: 'v', kind: 'x' })], options), { ...options, onFailure: 'continue' })
    expect(result.outcome).toBe('partial')
    expect(result.actions.map(({ address, outcome }) => `${address} ${outcome}`)).toEqual(['named/a succeeded', 'named/b failed', 'versioned/v failed', 'settle/routes succeeded', 'settle/rules skipped'])
    expect([live(), settles(), await unsettled()]).toEqual([['a'], ['routes'], undefined])
    await resume(result.runId, options)
    expect([live(), settles(), await unsettled()]).toEqual([['a', 'b', 'v'], ['routes', 'routes', 'rules'], undefined])
  })
  it('by the next plan, where the run could not', async () => {
    const { named, backend, options, live, unsettled } = setUp()
    const desired = [named('a', { name: 'a' })]
    backend.fault({ call: 'settle', fault: 'error', times: 9 })
    const result = await apply(await plan(desired, options), options)
    expect(result.actions.map(({ address, outcome }) => `${address} ${outcome}`)).toEqual(['named/a succeeded', 'settle/routes failed'])
    expect([live(), await unsettled()]).toEqual([[], ['routes']])
    expect((await examineStack(options)).map(({ level, subject }) => `${level} ${subject}`)).toEqual(['open settle group routes'])
    backend.heal()
    const next = await plan(desired, options)
    expect(next.actions.map(({ address, reason }) => [address, reason])).toEqual([['settle/routes', 'something was written before that is not effective yet']])
    expect(renderPlan(next)).toContain('  * settle/routes: something was written before that is not effective yet')
    await apply(next, options)
    expect([live(), await unsettled(), (await plan(desired, options)).actions]).toEqual([['a'], undefined, []])
    expect(await examineStack(options)).toEqual([])
  })
  it('by the same run, resumed', async () => {
    const { named, backend, options, live, unsettled } = setUp()
    backend.fault({ call: 'settle', fault: 'error' })
    const { runId } = await apply(await plan([named('a', { name: 'a' })], options), options)
    const result = await resume(runId, options)
    expect(result.outcome).toBe('succeeded')
    expect([live(), await unsettled()]).toEqual([['a'], undefined])
  })
  it('by the next plan, where the run was abandoned in between', async () => {
    const { named, options, live, unsettled, clock } = setUp()
    const desired = [named('a', { name: 'a' })]
    const process = createMortalProcess({ ...options, clock })
    process.crash({ at: 'before-call', call: 'settle', address: 'settle/routes' })
    await process.outlive(apply(await plan(desired, options), process))
    const after = process.restart()
    const { settled } = await abandon(undefined, after)
    expect(settled).toEqual([{ address: 'settle/routes', outcome: 'did-not-happen', message: 'routes may not be settled; the next plan does that' }])
    expect(await unsettled()).toEqual(['routes'])
    await apply(await plan(desired, after), after)
    expect([live(), await unsettled()]).toEqual([['a'], undefined])
  })
  it('when it is taken back: once, at the end', async () => {
    const { named, backend, options, live, settles, unsettled } = setUp()
    await apply(await plan([named('a', { name: 'a', size: 1 })], options), options)
    backend.fault({ call: 'create', object: 'b', fault: 'error' })
    const a = named('a', { name: 'a', size: 2 })
    const result = await apply(await plan([a, named('b', { name: 'b', ref: a.id })], options), { ...options, onFailure: 'rollback' })
    expect(result.outcome).toBe('rolled-back')
    expect(result.rollback?.actions.map(({ address, outcome }) => `${address} ${outcome}`)).toEqual(['named/a succeeded', 'settle/routes succeeded'])
    expect([live(), settles(), await unsettled()]).toEqual([['a 1'], ['routes', 'routes'], undefined])
  })
  it('by a rollback that has nothing else to do', async () => {
    const { named, backend, options, live, unsettled } = setUp()
    backend.fault({ call: 'settle', fault: 'error' })
    const { runId } = await apply(await plan([named('a', { name: 'a' })], options), options)
    backend.drop('named-1')
    const back = await planRollback(runId, options)
    expect(back.actions.map(({ address }) => address)).toContain('settle/routes')
    await rollback(runId, options)
    expect([live(), await unsettled()]).toEqual([[], undefined])
  })
  it('by a restored checkpoint', async () => {
    const { named, options, live, settles } = setUp()
    await apply(await plan([named('a', { name: 'a', size: 1 })], options), options)
    const { id } = await checkpoint('before', options)
    await apply(await plan([named('a', { name: 'a', size: 2 }), named('b', { name: 'b' })], options), options)
    expect(live()).toEqual(['a 2', 'b'])
    await restore(id, options)
    expect([live(), settles()]).toEqual([['a 1'], ['routes', 'routes', 'routes']])
  })
  it('not by a run that was aborted; the next plan does that', async () => {
    const { named, options, settles, unsettled, clock, backend } = setUp()
    const controller = new AbortController()
    const run = apply(await plan([named('a', { name: 'a' }), named('b', { name: 'b', ref: named('a', { name: 'a' }).id })], options), { ...options, signal: controller.signal })
    run.on('action:succeeded', () => controller.abort())
    expect((await run).success).toBe(false)
    expect([settles(), await unsettled()]).toEqual([[], ['routes']])
    expect(backend.objects()).toHaveLength(1)
    expect((await plan([named('a', { name: 'a' })], { ...options, clock })).actions.map(({ address }) => address)).toEqual(['settle/routes'])
  })
})

describe('a group', () => {
  const type = (effects: string[]) => ({
    settleGroup: 'g',
    key: ['name'],
    read: async ({ id }: { readonly id: string }) => (effects.includes(id) ? { id, outputs: { name: id } } : undefined),
    create: async ({ name }: { readonly name: string }) => {
      effects.push(name)
      return { id: name, outputs: { name } }
    },
    update: async ({ id }: { readonly id: string }) => ({ id, outputs: { name: id } }),
    delete: async () => undefined,
  })
  it('is awaited until it is ready, and told of meanwhile', async () => {
    const effects: string[] = []
    const clock = manualClock({ auto: true })
    let asked = 0
    const isReady = async (): Promise<boolean | string> => {
      if (++asked === 1) throw Object.assign(new TypeError('fetch failed'), { cause: new Error('ECONNREFUSED') })
      return asked === 4 ? true : asked === 3 ? false : 'it reloads'
    }
    const provider = defineProvider({ name: 'p', types: { t: type(effects) }, settleGroups: { g: { description: 'reloads', settle: async () => void effects.push('settled'), isReady, pollEveryMs: 500 } } })
    const options = { provider, store: memoryStore(), clock }
    const run = apply(await plan([{ type: 't', name: 'a', inputs: { name: 'a' } }], options), options)
    const words: string[] = []
    run.on('action:progressed', ({ message }) => void words.push(message))
    const startedMs = clock.monotonic()
    expect((await run).outcome).toBe('succeeded')
    expect(effects).toEqual(['a', 'settled'])
    expect(words).toEqual(['waits for g to be ready: TypeError: fetch failed', 'waits for g to be ready: it reloads', 'waits for g to be ready'])
    expect(clock.monotonic() - startedMs).toBeGreaterThanOrEqual(1_500)
  })
  it('has failed when it is not ready in time, and stays recorded as not settled', async () => {
    const effects: string[] = []
    const clock = manualClock({ auto: true })
    const provider = defineProvider({ name: 'p', types: { t: type(effects) }, settleGroups: { g: { settle: async () => undefined, isReady: async () => 'the proxy does not answer', readyWithinMs: 3_000 } } })
    const options = { provider, store: memoryStore(), clock }
    const result = await apply(await plan([{ type: 't', name: 'a', inputs: { name: 'a' } }], options), options)
    expect(result.errors.map(({ error }) => error.message)).toEqual(['g was told to settle and is not ready after 3000 ms: the proxy does not answer; look at the backend, and resume: it is settled once more'])
    expect((await options.store.load('default'))?.unsettled).toEqual(['g'])
  })
  it('is refused where it is misspelt, in a circle, or twice', () => {
    const types = { t: type([]) }
    const settle = async (): Promise<void> => undefined
    expect(() => defineProvider({ name: 'p', types, settleGroups: { gg: { settle } } })).toThrow('provider p, type "t": its settle group "g" is not in settleGroups; did you mean "gg"?')
    expect(() => defineProvider({ name: 'p', types, settleGroups: { g: { settle, after: ['h'] }, h: { settle, after: ['g'] } } })).toThrow('provider p, settle group "g": it is settled after itself, by g after h after g')
    expect(() => defineProvider({ name: 'p', types, settleGroups: { g: { settle, after: ['gh'] } } })).toThrow('"g": it comes after "gh", which is not in settleGroups')
    expect(() => defineProvider({ name: 'p', types: { settle: type([]) }, settleGroups: { g: { settle } } })).toThrow('this is the type of what settles groups; rename it')
    const one = defineProvider({ name: 'one', types, settleGroups: { g: { settle } } })
    expect(() => combineProviders(one, { ...one, name: 'two', types: {} })).toThrow('the settle group "g" is there twice')
    expect(combineProviders(one, defineProvider({ name: 'two', types: {} })).settleGroups).toHaveProperty('g')
  })
  it('that the provider has no longer is warned of, and a plan that settles it is refused', async () => {
    const { named, backend, options } = setUp()
    backend.fault({ call: 'settle', fault: 'error' })
    const made = await plan([named('a', { name: 'a' })], options)
    await apply(made, options)
    const { settleGroups: _, ...rest } = backend.provider
    const provider = { ...rest, settleGroups: { route: { settle: async () => undefined } } } as typeof backend.provider
    expect((await plan([named('a', { name: 'a' })], { ...options, provider })).warnings).toEqual([{ code: 'unsettled', message: 'something was written to the group "routes" that is not effective yet, and the provider has no such settle group; did you mean "route"?; make it effective by hand' }])
    await expect(apply({ ...made, id: 'again' }, { ...options, provider }).result).rejects.toMatchObject({ code: 'declaration', issues: [{ code: 'unknown-settle-group', address: 'settle/routes' }] })
  })
})

describe('operations', () => {
  it('write to groups, and wait until what they depend on is settled; each phase settles what it wrote', async () => {
    const seen: string[] = []
    const { backend, clock, named, live } = setUp()
    const operations = defineOperations({
      poke: { settleGroup: 'routes', run: async () => void seen.push('poke') },
      verify: { settleBefore: true, run: async () => void seen.push(`verify ${live().join(' ')}`) },
    })
    const provider = { ...backend.provider, operations }
    const options = { provider, store: memoryStore(), clock }
    const { poke, verify } = declareOperations(operations)
    const changes = await plan([named('a', { name: 'a' })], options)
    const made = await planOperations(
      [
        { name: 'change', changes, operations: [{ ...verify('it', {}), dependsOn: ['named/a'] }] },
        { name: 'more', operations: [poke('more', {})] },
      ],
      options,
    )
    expect(made.actions.map(({ address, phase }) => `${address} ${phase}`)).toEqual(['named/a change', 'settle/routes#1 change', 'verify/it change', 'poke/more more', 'settle/routes#2 more'])
    expect((await apply(made, options)).outcome).toBe('succeeded')
    expect(seen).toEqual(['verify a', 'poke'])
  })
})
