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

/** Folds the entries of a run as they are read, so that they need not be kept. Nothing is derived that was not recorded. */
export class JournalReplay implements RunRecord {
  readonly steps = new Map<string, StepRecord>()
  readonly changes: StateChange[] = []
  header: RunRecord['header']
  ended: RunRecord['ended']

  add(entry: Entry): void {
    switch (entry.kind) {
      case 'run-started':
        this.header = entry
        break
      case 'run-resumed':
        this.ended = undefined
        break
      case 'run-taken':
        break
      case 'run-ended':
        this.ended = entry
        break
      case 'started': {
        const step = this.#stepOf(entry.step)
        step.status = 'started'
        step.attempts = entry.attempt
        step.idempotencyKey = entry.idempotencyKey
        step.before = entry.before
        step.absent = entry.absent ?? false
        break
      }
      case 'handle':
        this.#stepOf(entry.step).handle = entry.handle
        break
      case 'attempted':
        this.#stepOf(entry.step).error = entry.error
        break
      case 'succeeded': {
        const step = this.#stepOf(entry.step)
        step.status = 'succeeded'
        if (entry.change === undefined) break
        this.changes.push(entry.change)
        step.change = entry.change
        if ('put' in entry.change) step.id = entry.change.put.id
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
      }
    }
  }

  #stepOf(step: string): StepRecord {
    const known = this.steps.get(step)
    if (known !== undefined) return known
    const fresh: StepRecord = { step, status: 'started', attempts: 0, idempotencyKey: undefined, before: undefined, absent: false, handle: undefined, error: undefined, change: undefined, id: undefined, definiteFailures: 0 }
    this.steps.set(step, fresh)
    return fresh
  }
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
