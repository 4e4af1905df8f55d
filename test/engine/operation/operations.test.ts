import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { Choice, PlanPhase } from '../../../src/core/operation.ts'
import { apply } from '../../../src/engine/apply.ts'
import type { Decide } from '../../../src/engine/decision.ts'
import { readJournal } from '../../../src/engine/history.ts'
import { planOperations } from '../../../src/engine/operation/plan-operations.ts'
import type { Hook } from '../../../src/engine/operation/hook.ts'
import { rolling } from '../../../src/engine/operation/rolling.ts'
import type { ApplyOptions } from '../../../src/engine/options.ts'
import { resume } from '../../../src/engine/resume.ts'
import { rollback } from '../../../src/engine/rollback.ts'
import { declareOperations } from '../../../src/provider/declare-operations.ts'
import { defineOperations } from '../../../src/provider/define-operations.ts'
import { defineProvider } from '../../../src/provider/define.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'

/** Services of this process, and a record of what was done with them. */
function setUp() {
  const versions = new Map(['a', 'b', 'c', 'd'].map((name) => [name, 1]))
  const log: string[] = []
  const broken = new Set<string>()
  const operations = defineOperations({
    release: {
      schema: z.strictObject({ service: z.string(), version: z.number() }),
      describe: ({ service, version }) => `release ${version} on ${service}`,
      isDone: async ({ service, version }) => versions.get(service) === version,
      run: async ({ service, version }, { print }) => {
        print(`releasing ${version}\n`)
        log.push(`release ${service}`)
        if (broken.has(service)) throw new Error(`${service} does not start`)
        const before = versions.get(service)
        versions.set(service, version)
        return { value: { before }, changes: [{ subject: `service ${service}`, action: 'update', before, after: version }] }
      },
      undo: async ({ service }, { result }) => {
        log.push(`undo ${service}`)
        versions.set(service, (result.value as { before: number }).before)
      },
      checks: [{ name: 'known', run: ({ service }) => (versions.has(service) ? undefined : `there is no service ${service}`) }],
    },
    verify: { schema: z.strictObject({ services: z.array(z.string()) }), run: async ({ services }) => void log.push(`verify ${services.join(' ')}`), idempotent: true },
    announce: { run: async () => void log.push('announce') },
  })
  const clock = manualClock({ auto: true })
  const options = { provider: defineProvider({ name: 'services', types: {}, operations }), store: memoryStore(), clock, retry: { attempts: 1 } }
  const { release, verify, announce } = declareOperations(operations)
  const phases = (version = 2) => [
    { name: 'release', parallel: 2, operations: rolling(['a', 'b', 'c', 'd'], { size: 2, each: (service) => release(service, { service, version }), verify: (services, batch) => verify(`batch ${batch}`, { services: [...services] }) }) },
    { name: 'announce', operations: [announce('all', {})] },
  ]
  const kinds = async (runId: string): Promise<string[]> => {
    const found: string[] = []
    for (const entry of await readJournal(runId, options)) found.push('step' in entry ? `${entry.kind} ${entry.step}` : 'phase' in entry ? `${entry.kind} ${entry.phase}` : entry.kind === 'hook' ? `hook ${entry.result.on} ${entry.result.hook} ${entry.result.status}` : entry.kind)
    return found
  }
  const run = async (more: Partial<ApplyOptions> = {}, made: readonly (PlanPhase & { readonly operations?: never })[] | ReturnType<typeof phases> = phases()) => apply(await planOperations(made, { ...options, ...(more.hooks && { hooks: more.hooks }) }), { ...options, ...more }).result
  return { versions, log, broken, options, release, verify, announce, phases, kinds, run }
}

/** What a run comes to whose third operation of seven fails. */
const ENDS = {
  skip: { outcome: 'partial', open: false, counts: { succeeded: 6, skipped: 1 }, versions: [2, 2, 1, 2] },
  abort: { outcome: 'partial', open: false, counts: { succeeded: 4, failed: 1, skipped: 2 }, versions: [2, 2, 1, 2] },
  pause: { outcome: 'paused', open: true, counts: { succeeded: 4, pending: 3 }, versions: [2, 2, 1, 2] },
  rollback: { outcome: 'rolled-back', open: false, counts: { succeeded: 1, failed: 1, skipped: 2, 'rolled-back': 3 }, versions: [1, 1, 1, 1] },
} as const

const always = (choice: Choice): Decide => () => choice

describe('operations', () => {
  it('run phase by phase, a few at a time, with a check between', async () => {
    const { run, log, kinds, versions } = setUp()
    const result = await run()
    expect(result).toMatchObject({ outcome: 'succeeded', counts: { succeeded: 7 } })
    expect(log).toEqual(['release a', 'release b', 'verify a b', 'release c', 'release d', 'verify c d', 'announce'])
    expect([...versions.values()]).toEqual([2, 2, 2, 2])
    const entries = await kinds(result.runId)
    expect(entries.filter((entry) => entry.includes('phase'))).toEqual(['phase-started release', 'phase-ended release', 'phase-started announce', 'phase-ended announce'])
    expect(entries.indexOf('phase-ended release')).toBeLessThan(entries.indexOf('started run:announce/all'))
  })
  it('are not run again where they are done', async () => {
    const { run, log, phases, versions } = setUp()
    versions.set('a', 2)
    const result = await run({}, phases())
    expect(log[0]).toBe('release b')
    expect(result.actions[0]).toMatchObject({ address: 'release/a', outcome: 'succeeded', attempts: 0, message: 'it was done already' })
  })
  it('are taken back in reverse, and what cannot be is named', async () => {
    const { run, log, options, versions } = setUp()
    const { runId } = await run()
    log.length = 0
    const result = await rollback(runId, options)
    expect([log.slice(0, 2).toSorted(), log.slice(2).toSorted()]).toEqual([['undo c', 'undo d'], ['undo a', 'undo b']])
    expect([...versions.values()]).toEqual([1, 1, 1, 1])
    expect(result.actions.filter(({ outcome }) => outcome === 'blocked').map(({ address, message }) => [address, message])).toContainEqual(['announce/all', 'it was done, and its type has no undo: take it back by hand'])
  })
})

describe('a failure', () => {
  it('stops the rest where nobody is asked', async () => {
    const { run, log, broken } = setUp()
    broken.add('c')
    const result = await run()
    expect(result).toMatchObject({ outcome: 'partial', counts: { succeeded: 4, failed: 1, skipped: 2 } })
    expect(log).not.toContain('announce')
  })
  it.each(['skip', 'abort', 'pause', 'rollback'] as const)('is answered with %s', async (choice) => {
    const { run, broken, kinds, versions } = setUp()
    broken.add('c')
    const result = await run({ decide: always(choice) })
    expect(await kinds(result.runId)).toContain('decided run:release/c')
    expect({ outcome: result.outcome, open: result.open, counts: Object.fromEntries(Object.entries(result.counts).filter(([, count]) => count > 0)), versions: [...versions.values()] }).toEqual(ENDS[choice])
  })
  it('is answered with retry', async () => {
    const { run, broken, log } = setUp()
    broken.add('c')
    const asked: string[] = []
    const result = await run({ decide: ({ action, message, choices }) => (asked.push(`${action.address}: ${message} ${choices.length}`), broken.clear(), 'retry') })
    expect(asked).toEqual(['release/c: Error: c does not start 5'])
    expect(result.outcome).toBe('succeeded')
    expect(log.filter((line) => line === 'release c')).toHaveLength(2)
  })
  it('of a pause is gone on with in the middle of the phase', async () => {
    const { run, broken, log, options, kinds } = setUp()
    broken.add('c')
    const paused = await run({ decide: always('pause') })
    expect(paused).toMatchObject({ outcome: 'paused', open: true })
    broken.clear()
    log.length = 0
    const result = await resume(paused.runId, options)
    expect(result).toMatchObject({ outcome: 'succeeded', counts: { succeeded: 7 } })
    expect(log).toEqual(['release c', 'verify c d', 'announce'])
    expect((await kinds(paused.runId)).filter((entry) => entry.startsWith('phase'))).toEqual(['phase-started release', 'phase-started release', 'phase-ended release', 'phase-started announce', 'phase-ended announce'])
  })
})

describe('hooks', () => {
  const tell = (log: string[], fails?: string): Hook => ({
    name: 'tell',
    on: ['beforePlan', 'afterPlan', 'beforeApply', 'afterApply', 'beforePhase', 'afterPhase', 'beforeAction', 'afterAction', 'onError', 'onSuccess'],
    run: ({ on, phase, action, error, print }) => {
      const line = [on, phase, action, error].filter((part) => part !== undefined).join(' ')
      log.push(line)
      print(line)
      if (on === fails) throw new Error('no')
    },
  })
  it('run in their order', async () => {
    const { options, announce, log, run } = setUp()
    void options
    const result = await run({ hooks: [tell(log)] }, [{ name: 'one', operations: [announce('x', {})] }, { name: 'two', operations: [announce('y', {})] }])
    expect(result.outcome).toBe('succeeded')
    expect(log).toEqual(['beforePlan', 'afterPlan', 'beforeApply', 'beforePhase one', 'beforeAction one announce/x', 'announce', 'afterAction one announce/x', 'afterPhase one', 'beforePhase two', 'beforeAction two announce/y', 'announce', 'afterAction two announce/y', 'afterPhase two', 'afterApply', 'onSuccess'])
  })
  it.each(['beforeApply', 'beforePhase', 'beforeAction', 'afterAction', 'afterPhase', 'afterApply'] as const)('that fail at %s fail the run', async (fails) => {
    const { announce, log, run, kinds } = setUp()
    const result = await run({ hooks: [tell(log, fails)] }, [{ name: 'one', operations: [announce('x', {})] }, { name: 'two', operations: [announce('y', {})] }])
    expect(result.success).toBe(false)
    expect(log.at(-1)).toMatch(/^onError/)
    await expect([...log, '', ...(await kinds(result.runId)), '', result.outcome].join('\n')).toMatchFileSnapshot(`golden/hook-${fails}.txt`)
  })
})
