import type { Action } from '../core/action.ts'
import type { Entry } from '../core/entry.ts'
import { recordError } from '../core/errors.ts'
import type { Choice } from '../core/operation.ts'
import type { Flow } from '../core/run/flow.ts'
import type { Effect, SignalOf } from '../core/run/signal.ts'
import type { Clock } from './clock.ts'
import { CHOICES, type Decide } from './decision.ts'
import type { RunEmitter } from './emitter.ts'
import type { HookRunner } from './operation/run-hooks.ts'

/** What the host takes part in, beside its provider. */
export interface HostTools {
  readonly flow: Flow
  readonly emitter: RunEmitter
  /** Absent: there are none. */
  readonly hooks: HookRunner | undefined
  /** Absent: nobody is asked. */
  readonly decide: Decide | undefined
  readonly clock: Clock
}

/** Asks the host what a run needs of it: its hooks, and what to do about a failure. Tells it of what only it takes part in. */
export class HostDialog {
  readonly #tools: HostTools
  readonly #isSilent: boolean
  readonly #startedMs = new Map<string, number>()
  readonly #checkpoints = new Map<string, string>()

  constructor(tools: HostTools) {
    this.#tools = tools
    this.#isSilent = tools.flow.phases.length === 0 && tools.hooks === undefined && tools.decide === undefined
  }

  /** Never rejects. */
  async runHooks({ on, phase }: Extract<Effect, { readonly kind: 'hook' }>, problem: string | undefined): Promise<SignalOf<'hooked'>> {
    const error = on === 'onError' ? problem : undefined
    const results = await (this.#tools.hooks as HookRunner).run(on, { ...(phase !== undefined && { phase }), ...(error !== undefined && { error }) })
    return { kind: 'hooked', results, awaited: true }
  }

  /** Whoever answers may take days. Never rejects. */
  async ask({ step, question }: Extract<Effect, { readonly kind: 'decide' }>): Promise<SignalOf<'decided'>> {
    const { decide, emitter } = this.#tools
    const action = this.#actionOf(step)
    emitter.emit('decision:awaited', { action, message: question.message })
    const answer = (choice: Choice, by: string): SignalOf<'decided'> => ({ kind: 'decided', step, choice, by })
    try {
      const made = await (decide as Decide)({ ...question, action, choices: CHOICES })
      const { choice, by } = typeof made === 'string' ? { choice: made, by: 'host' } : made
      return CHOICES.includes(choice) ? answer(choice, by) : answer('abort', `host, which answered ${JSON.stringify(choice)}`)
    } catch (error) {
      return answer('abort', `host, whose decide threw: ${recordError(error).message}`)
    }
  }

  /** To be told when the phase has ended. */
  noteCheckpoint(phase: string, id: string): void {
    this.#checkpoints.set(phase, id)
  }

  /** Tells of what is durable now; what every run has is announced by its machine. */
  tell(entries: readonly Entry[]): void {
    if (this.#isSilent) return
    const { emitter, flow } = this.#tools
    for (const entry of entries) {
      if (entry.kind === 'phase-started') this.#tellStart(entry.phase)
      else if (entry.kind === 'phase-ended') this.#tellEnd(entry.phase)
      else if (entry.kind === 'hook') emitter.emit('hook:finished', { result: entry.result })
      else if (entry.kind === 'checked') emitter.emit('action:checked', { action: this.#actionOf(flow.indexOf.get(entry.step) as number), checks: entry.checks })
      else if (entry.kind === 'decided') emitter.emit('decision:made', { action: this.#actionOf(flow.indexOf.get(entry.step) as number), choice: entry.choice, by: entry.by })
    }
  }

  #tellStart(phase: string): void {
    const { emitter, clock } = this.#tools
    this.#startedMs.set(phase, clock.monotonic())
    emitter.emit('phase:started', { phase })
  }

  #tellEnd(phase: string): void {
    const { emitter, clock } = this.#tools
    const nowMs = clock.monotonic()
    const checkpoint = this.#checkpoints.get(phase)
    emitter.emit('phase:finished', { phase, durationMs: nowMs - (this.#startedMs.get(phase) ?? nowMs), ...(checkpoint !== undefined && { checkpoint }) })
  }

  #actionOf(step: number): Action {
    const { flow } = this.#tools
    return flow.actions[flow.actionOf[step] as number] as Action
  }
}
