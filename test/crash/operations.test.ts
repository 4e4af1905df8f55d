import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entry } from '../../src/core/entry.ts'
import type { Plan } from '../../src/core/plan.ts'
import type { RunResult } from '../../src/core/result.ts'
import { apply } from '../../src/engine/apply.ts'
import type { Hook } from '../../src/engine/operation/hook.ts'
import { planOperations } from '../../src/engine/operation/plan-operations.ts'
import type { ApplyOptions } from '../../src/engine/options.ts'
import { resume } from '../../src/engine/resume.ts'
import { rollback } from '../../src/engine/rollback.ts'
import { declareOperations } from '../../src/provider/declare-operations.ts'
import { defineOperations } from '../../src/provider/define-operations.ts'
import { defineProvider } from '../../src/provider/define.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { createMortalProcess, type MortalProcess } from '../../src/testing/mortal-process.ts'
import { readEntries } from '../../src/testing/store-sample.ts'

/** What outlives every process: how often each operation was done and taken back. */
interface World {
  readonly done: Map<string, number>
  readonly undone: Map<string, number>
  /** In the order in which it happened. */
  readonly effects: string[]
  readonly hooks: string[]
}

const count = (counts: Map<string, number>, name: string): number => counts.set(name, (counts.get(name) ?? 0) + 1).get(name) as number

/** Operations of every kind: one that can be asked, one that cannot, one that may be run again. `doubts`: how often its check says no first. */
function createOperations({ done, undone, effects }: World, doubts: number) {
  let asked = 0
  const take = async (name: string): Promise<void> => {
    effects.push(name)
    count(done, name)
  }
  const isThere = (name: string): boolean => (done.get(name) ?? 0) > (undone.get(name) ?? 0)
  const undo = async (_: object, { name }: { readonly name: string }): Promise<void> => {
    effects.push(`undo ${name}`)
    count(undone, name)
  }
  return defineOperations({
    asked: {
      isDone: async (params) => isThere((params as { readonly of: string }).of),
      run: (_, { name }) => take(name),
      undo,
      checks: [{ name: 'moody', at: 'run', run: () => (asked++ < doubts ? 'not yet' : undefined) }],
    },
    blind: { run: (_, { name }) => take(name), undo },
    again: { run: (_, { name }) => take(name), idempotent: true },
  })
}

interface History {
  readonly deaths: readonly number[]
  readonly doubts: number
  readonly takesBack: boolean
}

/** A person who looks whether an interrupted operation happened, and has no patience with anything else. */
const look = (world: World): NonNullable<ApplyOptions['decide']> => ({ kind, action }) => {
  if (kind !== 'interrupted') return 'retry'
  const name = action.address.slice(action.address.indexOf('/') + 1)
  const counts = action.steps[0]?.call === 'undo' ? world.undone : world.done
  return (counts.get(name) ?? 0) > 0 ? 'skip' : 'retry'
}

async function live({ deaths, doubts, takesBack }: History): Promise<{ readonly world: World; readonly plan: Plan; readonly entries: readonly Entry[]; readonly result: RunResult | undefined; readonly died: number; readonly taken: RunResult | undefined }> {
  const world: World = { done: new Map(), undone: new Map(), effects: [], hooks: [] }
  const operations = createOperations(world, doubts)
  const provider = defineProvider({ name: 'crash', types: {}, operations })
  const store = memoryStore()
  const clock = manualClock({ auto: true })
  const { asked, blind, again } = declareOperations(operations)
  const hook: Hook = { name: 'note', on: ['beforePhase', 'afterPhase'], run: ({ on, phase }) => void world.hooks.push(`${on} ${phase}`) }
  const first = asked('one', { of: 'one' })
  const plan = await planOperations(
    [
      { name: 'early', operations: [first, { ...blind('two', {}), dependsOn: [first.address] }, again('three', {})] },
      { name: 'late', parallel: 1, operations: [asked('four', { of: 'four' }), blind('five', {})] },
    ],
    { provider, store, clock },
  )
  let process: MortalProcess<typeof provider> = createMortalProcess({ provider, store, clock })
  const options = (): ApplyOptions => ({ provider: process.provider, store: process.store, clock: process.clock, hooks: [hook], decide: look(world), retry: { attempts: 1 } })
  const goOn = async (): Promise<RunResult | undefined> => {
    const [run] = await store.runs('default')
    if (run === undefined) return process.outlive(apply(plan, options()))
    return run.ended ? undefined : process.outlive(resume(run.id, options()))
  }
  let died = 0
  let result: RunResult | undefined
  for (const operation of deaths) {
    process.crash({ at: 'after', operation })
    result = (await goOn()) ?? result
    if (process.isDead) died++
    process = process.restart()
  }
  result = (await goOn()) ?? result
  const [run] = await store.runs('default')
  const entries = await readEntries(store, 'default', run?.id ?? '')
  let taken: RunResult | undefined
  if (takesBack) {
    process.crash({ at: 'after', operation: process.operations.length + (deaths[0] ?? 1) })
    taken = await process.outlive(rollback(run?.id, options()))
    process = process.restart()
    const open = (await store.runs('default')).find(({ ended }) => !ended)
    if (open !== undefined) taken = await process.outlive(resume(open.id, options()))
    else if (taken === undefined && (await store.runs('default')).length === 1) taken = await process.outlive(rollback(run?.id, options()))
  }
  return { world, plan, entries, result, died, taken }
}

/** Throws when anything came twice, too early, or not at all. */
async function check(history: History): Promise<number> {
  const { world, entries, died } = await live(history)
  const problems: string[] = []
  const told = (name: string): string => `${name}: done ${world.done.get(name) ?? 0}, taken back ${world.undone.get(name) ?? 0}`
  for (const name of ['one', 'two', 'four', 'five']) if (world.done.get(name) !== 1) problems.push(told(name))
  if ((world.done.get('three') ?? 0) < 1) problems.push(told('three'))
  if (history.takesBack) {
    // What a person left out as done is nothing that the run knows to take back.
    const leftOut = new Set(entries.flatMap((entry) => (entry.kind === 'decided' && entry.choice === 'skip' ? [entry.step.slice(entry.step.indexOf('/') + 1)] : [])))
    for (const name of ['one', 'four']) if (world.undone.get(name) !== 1) problems.push(told(name))
    for (const name of ['two', 'five']) if (!leftOut.has(name) && (world.undone.get(name) ?? 0) < 1) problems.push(told(name))
  }
  const forward = world.effects.filter((effect) => !effect.startsWith('undo'))
  const positions = (name: string): number => forward.indexOf(name)
  if (positions('two') < positions('one')) problems.push(`two before one: ${forward.join(', ')}`)
  for (const early of ['one', 'two', 'three']) for (const late of ['four', 'five']) if (positions(late) < forward.lastIndexOf(early)) problems.push(`${late} before the end of its phase: ${forward.join(', ')}`)
  const phases = entries.flatMap((entry) => (entry.kind === 'phase-ended' ? [entry.phase] : []))
  if (phases.join() !== 'early,late') problems.push(`phases ended: ${phases.join()}`)
  for (const each of ['beforePhase early', 'afterPhase early', 'beforePhase late', 'afterPhase late']) if (!world.hooks.includes(each)) problems.push(`hook ${each} never ran`)
  if (problems.length > 0) throw new Error(`${JSON.stringify(history)}\n${problems.join('\n')}\n${entries.map((entry) => JSON.stringify(entry)).join('\n')}`)
  return died
}

describe('operations, killed after any instant and resumed, are done once, in order, phase by phase', () => {
  it('once, with a check that changes its mind and without', async () => {
    let tries = 0
    for (const doubts of [0, 2]) for (let operation = 1; (await check({ deaths: [operation], doubts, takesBack: false })) > 0; operation++) tries++
    console.log(`once: ${tries} runs that died`)
    expect(tries).toBeGreaterThan(60)
  })
  it('twice', async () => {
    let tries = 0
    for (let first = 1; (await check({ deaths: [first], doubts: 0, takesBack: false })) === 1; first++) for (let second = 1 + (first % 3); (await check({ deaths: [first, second], doubts: 0, takesBack: false })) === 2; second += 3) tries++
    console.log(`twice: ${tries} runs that died`)
    expect(tries).toBeGreaterThan(150)
  })
  it('at random, and taken back under fire', async () => {
    let died = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 4 }), fc.nat(3), async (deaths, doubts) => {
        died += await check({ deaths, doubts, takesBack: true })
      }),
      { numRuns: Number(process.env['CHAOS_RUNS'] ?? 60), seed: Number(process.env['CHAOS_SEED'] ?? 20261121) },
    )
    expect(died).toBeGreaterThan(20)
  })
})
