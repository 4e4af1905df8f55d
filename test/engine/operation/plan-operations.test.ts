import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { apply } from '../../../src/engine/apply.ts'
import { plan } from '../../../src/engine/plan.ts'
import { planOperations, type PlanOperationsOptions } from '../../../src/engine/operation/plan-operations.ts'
import { rolling } from '../../../src/engine/operation/rolling.ts'
import { subsetPlan } from '../../../src/core/planning/subset.ts'
import { combineProviders } from '../../../src/provider/combine.ts'
import { declare } from '../../../src/provider/declare.ts'
import { declareOperations } from '../../../src/provider/declare-operations.ts'
import { defineOperations } from '../../../src/provider/define-operations.ts'
import { defineProvider } from '../../../src/provider/define.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { planFromText, planToText } from '../../../src/store/plan-text.ts'
import { createFakeBackend } from '../../../src/testing/fake-backend.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'

function setUp() {
  const log: string[] = []
  const operations = defineOperations({
    start: {
      schema: z.strictObject({ process: z.string(), port: z.number() }),
      describe: ({ process, port }) => `start ${process} on port ${port}`,
      expects: ({ process, port }) => [{ subject: `process ${process}`, action: 'start', after: { port } }],
      estimate: ({ port }) => ({ durationMs: 1_000, memoryBytes: 100, processes: { local: 1 }, ports: { local: [port] }, basis: ['the last run'] }),
      checks: [
        { name: 'port', run: ({ port }) => (port === 80 ? 'port 80 is taken' : undefined) },
        { name: 'memory', required: false, at: 'plan', run: () => ({ status: 'failed', message: 'little is left', details: { required: 100, available: 120 } }) },
      ],
      run: async ({ process }) => void log.push(process),
    },
    wait: { run: async () => void log.push('wait'), estimate: () => ({ durationMs: 500 }) },
    note: { run: async (_, { name }) => void log.push(name) },
  })
  const backend = createFakeBackend()
  const provider = combineProviders(backend.provider, defineProvider({ name: 'machine', types: {}, operations }))
  const options: PlanOperationsOptions = { provider, store: memoryStore(), clock: manualClock({ auto: true }) }
  return { log, options, backend, ...declareOperations(operations), ...declare(backend.provider) }
}

const refusal = (work: Promise<unknown>): Promise<string> => work.then(() => 'no error', (error: Error) => error.message)

describe('a plan of operations', () => {
  it('says what each does, changes and takes, and adds that up', async () => {
    const { start, wait, note, options } = setUp()
    const made = await planOperations([{ name: 'go', parallel: 2, operations: [start('a', { process: 'a', port: 1 }), start('b', { process: 'b', port: 2 }), start('c', { process: 'c', port: 3 }), wait('w', {}, { dependsOn: ['start/a', 'start/b', 'start/c'] })] }, { name: 'tell', operations: [note('n', {})] }], { ...options, operation: 'deploy' })
    expect(made.actions[0]).toMatchObject({ address: 'start/a', phase: 'go', description: 'start a on port 1', expects: [{ subject: 'process a', action: 'start', after: { port: 1 } }], guarantee: 'interrupted' })
    // Two at once: three seconds and a half of work; no way through is longer than one and a half.
    expect(made.phases?.[0]?.estimate).toEqual({ durationMs: 1_750, memoryBytes: 300, processes: { local: 3 }, ports: { local: [1, 2, 3] }, basis: ['the last run'] })
    expect(made.estimate).toEqual({ ...made.phases?.[0]?.estimate, basis: ['the last run', 'without 1 of 2, of which nothing is known'] })
    expect(made).toMatchObject({ operation: 'deploy', summary: { operation: 5 }, validation: { valid: true, errors: [] } })
    expect(made.validation?.warnings).toHaveLength(3)
    expect(made.validation?.checks[1]).toEqual({ check: 'memory', status: 'warning', message: 'little is left', details: { required: 100, available: 120 }, step: 'run:start/a', durationMs: 0 })
    expect(await planFromText(await planToText(made))).toEqual(made)
  })
  it('is not valid where a required check fails, and then no run takes it', async () => {
    const { start, options, log } = setUp()
    const made = await planOperations([{ name: 'go', operations: [start('a', { process: 'a', port: 80 })] }], { ...options, checks: [{ name: 'disk', run: () => { throw new Error('unreadable') } }] })
    expect(made.validation).toMatchObject({ valid: false, errors: [{ code: 'disk', message: 'Error: unreadable' }, { code: 'port', message: 'port 80 is taken', step: 'run:start/a' }] })
    expect(await refusal(apply(made, options).result)).toBe(`plan ${made.id} is not valid:\n  - Error: unreadable\n  - run:start/a: port 80 is taken\nput that right, and plan again`)
    expect(log).toEqual([])
  })
  it('is refused with every issue at once', async () => {
    const { start, note, options } = setUp()
    const message = await refusal(planOperations([{ name: 'go', operations: [start('a', { process: 1, prot: 1 } as never), { ...note('x', {}), type: 'nite' }] }], options))
    expect(message).toContain('unknown field; did you mean "port"?')
    expect(message).toContain('the provider has no operation "nite"; did you mean "note"?')
    const other = await refusal(planOperations([{ name: 'one', operations: [note('a', {}, { dependsOn: ['note/b', 'note/z'] }), note('c', {}, { dependsOn: ['note/d'] }), note('d', {}, { dependsOn: ['note/c'] })] }, { name: 'one', parallel: 0, operations: [note('b', {}), note('a', {})] }], options))
    for (const part of ['two phases are called one', 'parallel is 0', 'note/a: is in the plan twice', 'depends on note/b, which is of the later phase', 'depends on "note/z", which is not in the plan', 'note/c → note/d → note/c']) expect(other).toContain(part)
    expect(await refusal(planOperations([{ name: 'go', before: ['drian'], operations: [] }], { ...options, hooks: [{ name: 'drain', run: () => undefined }] }))).toContain('names the hook "drian", which was not given; did you mean "drain"?')
  })
  it('is refused where its type cannot describe it', async () => {
    const { options } = setUp()
    const operations = defineOperations({ odd: { describe: () => { throw new Error('no name') }, run: async () => {} } })
    const { odd } = declareOperations(operations)
    const provider = defineProvider({ name: 'odd', types: {}, operations })
    expect(await refusal(planOperations([{ name: 'go', operations: [odd('a', {})] }], { ...options, provider }))).toContain('odd/a: describe of its type threw: no name')
  })
  it('mixes with what is to change of resources, in phases', async () => {
    const { note, named, options, log, backend } = setUp()
    const desired = [named('base', { name: 'base' }), named('top', { name: 'top' })]
    const changes = await plan(desired, { ...options, mode: 'sync' })
    const made = await planOperations([{ name: 'before', operations: [note('first', {})] }, { name: 'resources', changes }, { name: 'after', operations: [note('last', {}, { dependsOn: ['named/top'] })] }], options)
    const order: string[] = []
    const run = apply(made, options)
    run.on('action:succeeded', ({ action }) => void order.push(action.address))
    expect(await run).toMatchObject({ outcome: 'succeeded', counts: { succeeded: 4 } })
    expect([order[0], order.at(-1)]).toEqual(['note/first', 'note/last'])
    expect(log).toEqual(['first', 'last'])
    expect(backend.objects()).toHaveLength(2)
    expect((await plan(desired, { ...options, mode: 'sync' })).actions).toEqual([])
  })
  it('is cut down to chosen phases, with what they need', async () => {
    const { note, options, log } = setUp()
    const made = await planOperations([{ name: 'one', operations: [note('a', {}), note('b', {})] }, { name: 'two', operations: [note('c', {}, { dependsOn: ['note/a'] })] }, { name: 'three', operations: [note('d', {})] }], options)
    const part = subsetPlan(made, { phases: ['two'] }, 'part')
    expect([part.phases?.map(({ name }) => name), part.actions.map(({ address }) => address)]).toEqual([['one', 'two'], ['note/a', 'note/c']])
    await apply(part, options)
    expect(log).toEqual(['a', 'c'])
    expect(() => subsetPlan(made, { phases: ['tow'] }, 'part')).toThrow('has no phase "tow"; did you mean "two"?')
  })
  it('is refused when it has expired, or somebody else changes the stack', async () => {
    const { note, options } = setUp()
    const made = await planOperations([{ name: 'one', operations: [note('a', {})] }], { ...options, expiresInMs: -1 })
    expect(await refusal(apply(made, options).result)).toContain('expired at')
    await options.store.claim('default', 'somebody')
    const other = await planOperations([{ name: 'one', operations: [note('a', {})] }], options)
    expect(await refusal(apply(other, options).result)).toContain('is being changed by somebody')
  })
})

describe('rolling', () => {
  it('waits for each batch and its check', () => {
    const { note } = setUp()
    const all = rolling(['a', 'b', 'c'], { size: 2, each: (name) => note(name, {}, { dependsOn: ['note/z'] }) })
    expect(all.map(({ dependsOn }) => dependsOn)).toEqual([['note/z'], ['note/z'], ['note/z', 'note/a', 'note/b']])
    expect(() => rolling([], { size: 0, each: () => note('a', {}) })).toThrow('size is 0')
  })
})

describe('a dry run', () => {
  it('passes phases, operations and hooks in their order, and does nothing', async () => {
    const { note, options, log } = setUp()
    const hooks = [{ name: 'tell', on: ['beforeApply', 'beforePhase', 'afterPhase', 'onSuccess'], run: () => void log.push('hook') }] as const
    const made = await planOperations([{ name: 'one', operations: [note('a', {})] }, { name: 'two', after: ['tell'], operations: [note('b', {})] }], { ...options, hooks: [...hooks] })
    const told: string[] = []
    const run = apply(made, { ...options, hooks: [...hooks], dryRun: true })
    for await (const event of run) {
      if (event.name === 'phase:started' || event.name === 'phase:finished') told.push(`${event.name} ${event.phase}`)
      if (event.name === 'hook:finished') told.push(`${event.result.on} ${event.result.hook}: ${event.result.message}`)
      if (event.name === 'action:succeeded') told.push(event.action.address)
    }
    expect(told).toEqual(['beforeApply tell: not run', 'beforePhase tell: not run', 'phase:started one', 'note/a', 'afterPhase tell: not run', 'phase:finished one', 'beforePhase tell: not run', 'phase:started two', 'note/b', 'afterPhase tell: not run', 'phase:finished two', 'onSuccess tell: not run'])
    expect(log).toEqual([])
  })
})

describe('what must not compile', () => {
  it('is a misspelt type or parameter', () => {
    const operations = defineOperations({ start: { schema: z.strictObject({ port: z.number() }), run: async ({ port }) => void port.toFixed() }, stop: { run: async () => {} } })
    const declared = declareOperations(operations)
    // @ts-expect-error a parameter of another type
    declared.start('a', { port: 'http' })
    // @ts-expect-error a parameter that is not there
    declared.start('a', { prot: 1 })
    // @ts-expect-error a type that is not there
    expect(declared.strat).toBeUndefined()
    // @ts-expect-error a parameter that is not there, in a definition
    defineOperations({ start: { schema: z.strictObject({ port: z.number() }), run: async ({ prot }) => void prot } })
    expect(declareOperations(defineOperations({ only: { run: async () => {} } })).only('x', {}).address).toBe('only/x')
  })
  it('nor runs: a type without run, a name that is no name, two checks of one name', () => {
    expect(() => defineOperations({ start: {} as never })).toThrow('run is missing')
    expect(() => defineOperations({ 'a/b': { run: async () => {} } })).toThrow('holds no "/"')
    expect(() => defineOperations({ a: { run: async () => {}, checks: [{ name: 'x', run: () => {} }, { name: 'x', run: () => {} }] } })).toThrow('two checks that are called x')
  })
})

describe('hooks at planning', () => {
  it('run before and after a plan of resources too, and fail it', async () => {
    const { named, options, log } = setUp()
    const note = (fails: boolean) => [{ name: 'note', on: ['beforePlan', 'afterPlan'], run: ({ on, planId }: { on: string; planId?: string }) => { log.push(`${on} ${planId === undefined ? 'nothing yet' : 'a plan'}`); if (fails) throw new Error('no') } }] as const
    await plan([named('a', { name: 'a' })], { ...options, hooks: [...note(false)] })
    expect(log).toEqual(['beforePlan nothing yet', 'afterPlan a plan'])
    expect(await refusal(plan([named('a', { name: 'a' })], { ...options, hooks: [...note(true)] }))).toBe('the hook note (beforePlan) failed: Error: no')
  })
})
