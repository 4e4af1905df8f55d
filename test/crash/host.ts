import { foldState, type State, type StateChange } from '../../src/core/state.ts'
import { apply } from '../../src/engine/apply.ts'
import type { ApplyOptions } from '../../src/engine/options.ts'
import { readRun } from '../../src/engine/recorded.ts'
import { readEntries } from '../../src/testing/store-sample.ts'
import { replayEntries } from '../../src/core/journal.ts'
import { resume } from '../../src/engine/resume.ts'
import type { RunResult } from '../../src/core/result.ts'
import type { Plan } from '../../src/core/plan.ts'
import type { Store } from '../../src/store/store.ts'
import type { FakeBackend } from '../../src/testing/fake-backend.ts'
import type { MortalProcess } from '../../src/testing/mortal-process.ts'

const STACK = 'default'

/** Does what a host does when it starts: applies the plan where no run has begun, goes on with a run that has not succeeded. Undefined: it died, or there was nothing to do. */
export async function goOn(plan: Plan, process: MortalProcess, options: Partial<ApplyOptions>): Promise<RunResult | undefined> {
  const runs = await process.outlive(process.store.runs(STACK))
  const run = runs?.find((each) => each.plan === plan.id)
  if (process.isDead) return undefined
  const all = { ...options, provider: process.provider, store: process.store, clock: process.clock }
  if (run === undefined) return process.outlive(apply(plan, all))
  const record = await process.outlive(readRun(process.store, STACK, run.id))
  if (record === undefined || record.ended?.outcome === 'succeeded') return undefined
  return process.outlive(resume(run.id, all))
}

/** The same for a plan that is taken back when it fails: goes on with the last run, the plan's own or the one that takes it back, until one of them is over. */
export async function goOnOrBack(plan: Plan, process: MortalProcess, options: Partial<ApplyOptions>): Promise<RunResult | undefined> {
  const last = (await process.outlive(process.store.runs(STACK)))?.at(-1)
  if (process.isDead) return undefined
  const all = { ...options, onFailure: 'rollback' as const, provider: process.provider, store: process.store, clock: process.clock }
  if (last === undefined) return process.outlive(apply(plan, all))
  const record = await process.outlive(readRun(process.store, STACK, last.id))
  const outcome = record?.ended?.outcome
  // One that failed and had done nothing has nothing to take back.
  const hasDoneNothing = outcome === 'failed' && record?.header?.undoes === undefined
  if (process.isDead || outcome === 'succeeded' || outcome === 'rolled-back' || hasDoneNothing) return undefined
  return process.outlive(resume(last.id, all))
}

type Objects = ReturnType<FakeBackend['objects']>

/** Values as text, with names instead of ids. */
function nameIds(objects: Objects): (value: unknown) => string {
  const titles = new Map(objects.map(({ id, fields }) => [id, `${String(fields['name'])}/${String(fields['kind'])}`]))
  const nameOne = (value: unknown): unknown => (typeof value === 'string' ? (titles.get(value) ?? value) : value)
  return (value) => JSON.stringify(value, (key, each: unknown) => (key === 'serial' ? undefined : Array.isArray(each) ? (each as unknown[]).map(nameOne).sort() : nameOne(each)))
}

/** Objects and what is recorded of them, with names instead of ids. */
export function describeThings(objects: Objects, resources: State['resources']): string {
  const write = nameIds(objects)
  return [...objects.map(({ fields }) => write(fields)).sort(), ...[...resources.values()].map(write).sort()].join('\n')
}

/** What a backend and a store have come to, with names instead of ids: objects, what is recorded, every call that changes something. */
export async function describeHost(backend: FakeBackend, store: Store, before: State): Promise<string> {
  const objects = backend.objects()
  const write = nameIds(objects)
  const recorded = (resources: State['resources']): string[] => [...resources.values()].map(write).sort()
  const state = (await store.load(STACK))?.resources ?? new Map()
  const [run] = await store.runs(STACK)
  if (run === undefined) throw new Error('there is no run')
  const entries = await readEntries(store, STACK, run.id)
  const record = replayEntries(entries)
  const changes = entries.flatMap((entry): StateChange[] => (entry.kind === 'succeeded' && entry.change !== undefined ? [entry.change] : []))
  const [saved, folded] = [recorded(state), recorded(foldState(before, changes).resources)]
  return [
    ...objects.map(({ fields }) => write(fields)).sort(),
    ...saved,
    ...(saved.join() === folded.join() ? [] : ['the journal folds to another state:', ...folded]),
    ...listWrites(backend).sort(),
    `ended: ${String(record.ended?.outcome)}`,
  ].join('\n')
}

/** Every call that changes something, in order. */
export function listWrites(backend: FakeBackend): string[] {
  return backend.calls.flatMap(({ call, name, id }) => (call === 'create' || call === 'update' || call === 'delete' ? [`${call} ${String(name ?? id)}`] : []))
}
