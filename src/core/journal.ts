import type { BeforeImage, Entry } from './entry.ts'
import type { ErrorRecord } from './errors.ts'
import { nameHook, type OperationResult } from './operation.ts'
import type { StateChange } from './state.ts'

/** What a journal says of one step. */
export interface StepRecord {
  readonly step: string
  /** `started`: begun, and no outcome was recorded. */
  status: 'started' | 'succeeded' | 'failed' | 'skipped' | 'stale' | 'cancelled' | 'interrupted'
  attempts: number
  idempotencyKey: string | undefined
  before: BeforeImage | undefined
  /** True: a read right before the call proved absence. */
  absent: boolean
  handle: string | undefined
  error: ErrorRecord | undefined
  /** What a succeeded step changed in the state. */
  change: StateChange | undefined
  /** Of what a succeeded step made or changed. */
  id: string | undefined
  /** How often it failed for good. */
  definiteFailures: number
  /** What it printed, changed and returned. */
  result: OperationResult | undefined
  /** Somebody said that it is to be left out. */
  isLeftOut: boolean
  /** Nothing had to be done. */
  isAdapted: boolean
  /** A call of it was lost, and left no handle to ask for it: it may have happened, whatever was answered since. */
  isLost: boolean
  /** A call of it was begun, and neither its outcome nor a handle is recorded. */
  isUnderWay: boolean
  /** Of those that succeeded: grows with each. */
  order: number
}

/** What a journal says of its run. */
export interface RunRecord {
  readonly header: Extract<Entry, { readonly kind: 'run-started' }> | undefined
  readonly steps: ReadonlyMap<string, StepRecord>
  /** How far each phase is; absent: it has not begun. */
  readonly phases: ReadonlyMap<string, 'started' | 'ended'>
  /** Events whose hooks have all run, by {@link nameHook}. */
  readonly hooks: ReadonlySet<string>
  /** What succeeded steps changed in the state, in order. */
  readonly changes: readonly StateChange[]
  readonly ended: Extract<Entry, { readonly kind: 'run-ended' }> | undefined
}

/** Folds the entries of a run as they are read, so that they need not be kept. Nothing is derived that was not recorded. */
export class JournalReplay implements RunRecord {
  readonly steps = new Map<string, StepRecord>()
  readonly changes: StateChange[] = []
  readonly phases = new Map<string, 'started' | 'ended'>()
  readonly hooks = new Set<string>()
  header: RunRecord['header']
  ended: RunRecord['ended']
  #succeeded = 0

  add(entry: Entry): void {
    const change = changeOf(entry)
    if (change !== undefined) this.changes.push(change)
    switch (entry.kind) {
      case 'run-started':
        this.header = entry
        break
      case 'run-resumed':
        this.ended = undefined
        // What it comes to this time is another end.
        for (const on of ['afterApply', 'onError', 'onSuccess']) this.hooks.delete(on)
        break
      case 'run-taken':
        break
      case 'run-ended':
        this.ended = entry
        break
      case 'started': {
        const step = this.#stepOf(entry.step)
        // The call before it was cut off before it could save a handle.
        if (step.isUnderWay && step.handle === undefined) step.isLost = true
        step.isUnderWay = true
        step.status = 'started'
        step.attempts = entry.attempt
        step.idempotencyKey = entry.idempotencyKey
        // Who only asks for a task has seen what that has changed by then.
        if (entry.before !== undefined || step.handle === undefined) step.before = entry.before
        step.absent = entry.absent ?? false
        break
      }
      case 'handle':
        Object.assign(this.#stepOf(entry.step), { handle: entry.handle, isUnderWay: false })
        break
      case 'attempted': {
        const step = this.#stepOf(entry.step)
        step.error = entry.error
        step.isUnderWay = false
        if (entry.error.kind === 'ambiguous' && step.handle === undefined) step.isLost = true
        break
      }
      case 'succeeded': {
        const step = this.#stepOf(entry.step)
        step.status = 'succeeded'
        step.order = ++this.#succeeded
        step.result = entry.result
        step.isAdapted = entry.adapted !== undefined && entry.adopted !== true
        if (entry.change === undefined) break
        step.change = entry.change
        if ('put' in entry.change) step.id = entry.change.put.id
        break
      }
      case 'decided':
        this.#stepOf(entry.step).isLeftOut = entry.choice === 'skip'
        break
      case 'checked':
      case 'dirtied':
      case 'cleaned':
        break
      case 'phase-started':
        this.phases.set(entry.phase, 'started')
        break
      case 'phase-ended':
        this.phases.set(entry.phase, 'ended')
        break
      case 'hook': {
        const { on, phase, action, status } = entry.result
        if (action !== undefined) break
        if (status === 'failed') this.hooks.delete(nameHook(on, phase))
        else this.hooks.add(nameHook(on, phase))
        break
      }
      default: {
        const step = this.#stepOf(entry.step)
        step.status = entry.kind
        if (entry.kind !== 'failed') break
        step.error = entry.error
        step.definiteFailures++
        // What it was given is of no use to another call.
        step.handle = undefined
        step.isLost = step.isUnderWay = false
      }
    }
  }

  #stepOf(step: string): StepRecord {
    const known = this.steps.get(step)
    if (known !== undefined) return known
    const fresh: StepRecord = { step, status: 'started', attempts: 0, idempotencyKey: undefined, before: undefined, absent: false, handle: undefined, error: undefined, change: undefined, id: undefined, definiteFailures: 0, result: undefined, isLeftOut: false, isAdapted: false, isLost: false, isUnderWay: false, order: 0 }
    this.steps.set(step, fresh)
    return fresh
  }
}

/** What an entry changes in the state. */
export function changeOf(entry: Entry): StateChange | undefined {
  if (entry.kind === 'succeeded') return entry.change
  if (entry.kind === 'dirtied') return { dirtied: entry.group }
  return entry.kind === 'cleaned' ? { settled: entry.group } : undefined
}

/** Folds the entries of a run, in order. */
export function replayEntries(entries: Iterable<Entry>): RunRecord {
  const replay = new JournalReplay()
  for (const entry of entries) replay.add(entry)
  return replay
}

/** Steps that were begun and whose outcome nobody knows. */
export function listUnknown(record: RunRecord): readonly StepRecord[] {
  return [...record.steps.values()].filter(isUnknown)
}

/** True for a step that was begun and whose outcome nobody knows. */
export function isUnknown({ status, attempts }: StepRecord): boolean {
  return status === 'interrupted' || (status === 'started' && attempts > 0)
}
