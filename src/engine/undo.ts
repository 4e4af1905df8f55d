import pLimit from 'p-limit'
import { typeOf } from '../core/address.ts'
import { PlanRefusedError } from '../core/errors.ts'
import type { RunRecord } from '../core/journal.ts'
import type { Observed } from '../core/observed.ts'
import type { Plan } from '../core/plan.ts'
import { endsPortion } from '../core/portion.ts'
import type { RunResult } from '../core/result.ts'
import { createRollbackPlan } from '../core/rollback/plan-rollback.ts'
import { foldInPortions, type RecordedResource, type State } from '../core/state.ts'
import type { ResourceType } from '../provider/provider.ts'
import type { Lease, RunInfo } from '../store/store.ts'
import { nextTurn, runInTurns } from '../store/turn.ts'
import { beginRun } from './begin-run.ts'
import type { Clock } from './clock.ts'
import type { RunEmitter } from './emitter.ts'
import { settleUnknown, type Settlement } from './inquiry.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import { serialKeyOf } from './limits.ts'
import { loadPlan, storePlan } from './plan-document.ts'
import { checkObserved, makeRead, type Reader } from './read-call.ts'
import { readRun } from './recorded.ts'
import type { ResumeOptions } from './options.ts'
import { listKnownFields } from './validate.ts'

/** How much of a run is taken back. */
export type RollbackScope = 'all' | 'creates'

/** The plan that takes a run back, and what it was derived from. */
export interface Undo {
  readonly plan: Plan
  readonly record: RunRecord
  readonly settlement: Settlement
  /** As it is stored. */
  readonly stored: State
  /** With all that the run did folded in. */
  readonly folded: State
}

/** Derives the plan that takes a run back: asks about what is unknown, and reads what the run left. Changes nothing. Throws `plan-refused` where an update or a delete goes on in the backend. */
export async function deriveUndo(run: RunInfo, options: ResumeOptions, clock: Clock, scope: RollbackScope): Promise<Undo> {
  const { store, provider } = options
  const record = await readRun(store, run.stack, run.id)
  const applied = await loadPlan(store, run.stack, run.plan)
  if (applied === undefined) throw new PlanRefusedError('truncated', `plan ${run.plan} of run ${run.id} is not in the store any more, so nobody knows what its steps were about; abandon the run, and plan again`)
  const state = await store.load(run.stack)
  const stored: State = state ?? { stack: run.stack, serial: 0, lineage: record.header?.lineage ?? clock.id(), salt: record.header?.salt ?? '', resources: new Map() }
  const isFolded = record.ended !== undefined && !record.ended.open
  const before = isFolded ? stored : await runInTurns(foldInPortions(stored, record.changes))
  const settlement = await settleUnknown(options, run.plan, record, before)
  if (settlement.underWay.length > 0) throw new PlanRefusedError('under-way', `run ${run.id} cannot be taken back while it may still change things: ${settlement.underWay.join('; ')}. Resume it, which waits for that, or abandon it`)
  const folded = settlement.changes.length === 0 ? before : await runInTurns(foldInPortions(before, settlement.changes))
  for (const entry of settlement.entries) record.add(entry)
  const plan = await runInTurns(createRollbackPlan({
    plan: applied,
    run: run.id,
    steps: record.steps,
    recorded: folded,
    types: provider.types,
    ...(provider.settleGroups && { settleGroups: provider.settleGroups }),
    serialKeyOf: (action) => serialKeyOf(provider, action),
    groupOfOperation: (type) => provider.operations?.[type]?.settleGroup,
    undoable: new Set(Object.entries(provider.operations ?? {}).flatMap(([name, type]) => (type.undo === undefined ? [] : [name]))),
    knownFields: (type) => {
      const schema = provider.types[type]?.schema
      return schema === undefined ? [] : listKnownFields(schema)
    },
    observed: await readLeft(applied, record, options, clock),
    scope,
    id: clock.id(),
    now: new Date(clock.now()).toISOString(),
  }))
  return { plan, record, settlement, stored, folded }
}

/** Takes a run back, under a lease: records what was unknown, runs the inverse plan with a journal of its own, and closes the run. */
export async function carryOutUndo(run: RunInfo, undo: Undo, options: ResumeOptions, emitter: RunEmitter, runId: string, clock: Clock, keeper: LeaseKeeper): Promise<RunResult> {
  const { store } = options
  const { lease } = keeper
  const { plan, record, settlement, stored, folded } = undo
  if (settlement.entries.length > 0) await store.append(lease, run.id, settlement.entries)
  const planHash = await storePlan(store, plan)
  const isChanged = folded !== stored
  const base: State = isChanged ? { ...folded, serial: stored.serial + 1 } : folded
  if (isChanged) await store.commit(base, { expectedSerial: stored.serial, lease })
  // All that it did is in the state now: whoever dies from here on must not find it open, and count that twice.
  if (record.ended === undefined || record.ended.open) await store.append(lease, run.id, [{ kind: 'run-ended', outcome: record.ended?.outcome ?? 'interrupted', open: false, message: `run ${runId} takes it back`, at: new Date(clock.now()).toISOString() }])
  const { result } = await beginRun({ plan, planHash, undoes: run.id, options: { ...options, onFailure: 'continue' }, emitter, runId, clock, base, commit: 'each', keeper })
  if (!result.open) await closeUndone(run.id, record, options, clock, lease)
  return result
}

/** The run that was taken back is over. */
export async function closeUndone(runId: string, record: RunRecord, { store }: ResumeOptions, clock: Clock, lease: Lease): Promise<void> {
  if (record.ended?.outcome === 'rolled-back') return
  await store.append(lease, runId, [{ kind: 'run-ended', outcome: 'rolled-back', open: false, at: new Date(clock.now()).toISOString() }])
}

/** What is there now of what the run made or changed. What cannot be read is not there for anybody: it stays as it is. */
async function readLeft(plan: Plan, record: RunRecord, options: ResumeOptions, clock: Clock): Promise<ReadonlyMap<string, Observed>> {
  const { provider } = options
  const bounds = { timeoutMs: 30_000, abortGraceMs: 1_000, clock, signal: options.signal ?? new AbortController().signal }
  const reader: Reader = { provider, bounds, trace: () => undefined }
  const limit = pLimit(options.concurrency ?? 10)
  const found = new Map<string, Observed>()
  const read = async (address: string, { id, parentId }: RecordedResource, name: string, type: ResourceType): Promise<void> => {
    const observed = await limit(() => makeRead(reader, type, (context) => type.read({ id, ...(parentId !== undefined && { parentId }) }, context))).catch(() => undefined)
    if (observed !== undefined) found.set(`${name}\0${id}`, checkObserved(observed, `read of ${address}`))
  }
  const reads: Promise<void>[] = []
  for (const [index, { address, steps }] of plan.actions.entries()) {
    if (endsPortion(index)) await nextTurn()
    const name = typeOf(address)
    const type = provider.types[name]
    for (const { key } of steps) {
      const change = record.steps.get(key)?.change
      if (change !== undefined && 'put' in change && type !== undefined) reads.push(read(address, change.put, name, type))
    }
  }
  await Promise.all(reads)
  return found
}
