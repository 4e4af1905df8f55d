import type { BeforeImage, Entry } from './entry.ts'
import type { ErrorRecord } from './errors.ts'
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
}

/** What a journal says of its run. */
export interface RunRecord {
  readonly header: Extract<Entry, { readonly kind: 'run-started' }> | undefined
  readonly steps: ReadonlyMap<string, StepRecord>
  /** What succeeded steps changed in the state, in order. */
  readonly changes: readonly StateChange[]
  readonly ended: Extract<Entry, { readonly kind: 'run-ended' }> | undefined
}

/** Folds the entries of a run, in order. Nothing is derived that was not recorded. */
export function replayEntries(entries: Iterable<Entry>): RunRecord {
  const steps = new Map<string, StepRecord>()
  const changes: StateChange[] = []
  let header: RunRecord['header']
  let ended: RunRecord['ended']
  const stepOf = (step: string): StepRecord => {
    const known = steps.get(step)
    if (known !== undefined) return known
    const fresh: StepRecord = { step, status: 'started', attempts: 0, idempotencyKey: undefined, before: undefined, absent: false, handle: undefined, error: undefined, change: undefined, id: undefined, definiteFailures: 0 }
    steps.set(step, fresh)
    return fresh
  }
  for (const entry of entries) {
    switch (entry.kind) {
      case 'run-started':
        header = entry
        break
      case 'run-resumed':
        ended = undefined
        break
      case 'run-taken':
        break
      case 'run-ended':
        ended = entry
        break
      case 'started':
        Object.assign(stepOf(entry.step), { status: 'started', attempts: entry.attempt, idempotencyKey: entry.idempotencyKey, before: entry.before, absent: entry.absent ?? false })
        break
      case 'handle':
        stepOf(entry.step).handle = entry.handle
        break
      case 'attempted':
        stepOf(entry.step).error = entry.error
        break
      case 'succeeded':
        stepOf(entry.step).status = 'succeeded'
        if (entry.change === undefined) break
        changes.push(entry.change)
        stepOf(entry.step).change = entry.change
        if ('put' in entry.change) stepOf(entry.step).id = entry.change.put.id
        break
      default: {
        const record = stepOf(entry.step)
        record.status = entry.kind
        if (entry.kind !== 'failed') break
        record.error = entry.error
        record.definiteFailures++
        // What it was given is of no use to another call.
        record.handle = undefined
      }
    }
  }
  return { header, steps, changes, ended }
}

/** Steps that were begun and whose outcome nobody knows. */
export function listUnknown(record: RunRecord): readonly StepRecord[] {
  return [...record.steps.values()].filter(isUnknown)
}

/** True for a step that was begun and whose outcome nobody knows. */
export function isUnknown({ status, attempts }: StepRecord): boolean {
  return status === 'interrupted' || (status === 'started' && attempts > 0)
}
