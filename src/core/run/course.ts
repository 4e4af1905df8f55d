import { nameHook, type HookEvent } from '../operation.ts'
import type { RunRecord } from '../journal.ts'
import type { Flow } from './flow.ts'

/** One place that a run passes. */
export type Station =
  /** The hooks of an event run here. */
  | { readonly kind: 'hook'; readonly on: HookEvent; readonly phase: string | undefined }
  /** The steps of a phase may start. `isOver`: it needs no telling, since it has no name, or an earlier process has ended it. */
  | { readonly kind: 'open'; readonly phase: number; readonly isOver: boolean }
  /** Every step of a phase has its outcome. */
  | { readonly kind: 'close'; readonly phase: number }

/** Whether anybody wants to run something at an event. */
export type HookTest = (on: HookEvent, phase: string | undefined) => boolean

/**
 * The way of a run through its phases, with the hooks in between: what it passes, in order. What an earlier process has
 * passed is left out. A plan without phases has one, which has no name.
 */
export class Course {
  readonly #stations: readonly Station[]
  readonly #hasEnding: (on: HookEvent) => boolean
  #at = 0
  #ending = 0

  constructor(flow: Flow, hasHook: HookTest, record?: RunRecord) {
    // An end that was come to before is not this one.
    this.#hasEnding = (on) => hasHook(on, undefined) && (record?.ended !== undefined || record?.hooks.has(on) !== true)
    const hook = (on: HookEvent, phase?: string): Station[] => (hasHook(on, phase) && record?.hooks.has(nameHook(on, phase)) !== true ? [{ kind: 'hook', on, phase }] : [])
    const phases = flow.phases.length === 0 ? [undefined] : flow.phases
    this.#stations = [
      ...hook('beforeApply'),
      ...phases.flatMap((name, phase): Station[] => {
        const isOver = name === undefined || record?.phases.get(name) === 'ended'
        return isOver ? [{ kind: 'open', phase, isOver }] : [...hook('beforePhase', name), { kind: 'open', phase, isOver }, ...hook('afterPhase', name), { kind: 'close', phase }]
      }),
    ]
  }

  /** Where the run is; undefined: past its last phase. */
  get station(): Station | undefined {
    return this.#stations[this.#at]
  }

  pass(): void {
    this.#at++
  }

  /** What runs at the end, one event after the other; undefined: nothing more. */
  nextEnding(outcome: 'onSuccess' | 'onError'): HookEvent | undefined {
    const events = ['afterApply', outcome] as const
    while (this.#ending < events.length) {
      const on = events[this.#ending++] as HookEvent
      if (this.#hasEnding(on)) return on
    }
    return undefined
  }
}
