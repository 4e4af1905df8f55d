import { ProviderError, recordError, type ErrorRecord } from '../core/errors.ts'
import type { SignalOf } from '../core/run/signal.ts'
import type { SettleGroup } from '../provider/settle-group.ts'
import { attemptCall } from './call.ts'
import { createCallContext, type CallLoan } from './call-context.ts'
import { classifyFault } from './classify.ts'
import { gateOf } from './gates.ts'
import { pause } from './pause.ts'
import { makeRead, type Reader } from './read-call.ts'
import type { Work, Worker } from './worker.ts'

const READY_WITHIN_MS = 60_000
const POLL_EVERY_MS = 1_000

/** Makes effective what was written, and waits until it is. */
export class SettleWorker implements Worker {
  readonly #reader: Reader
  readonly #isDryRun: boolean

  constructor(reader: Reader, isDryRun: boolean) {
    this.#reader = reader
    this.#isDryRun = isDryRun
  }

  inspect({ index }: Work): Promise<SignalOf<'inspected'>> {
    return Promise.resolve({ kind: 'inspected', step: index })
  }

  async perform({ index, action }: Work, loan: CallLoan): Promise<SignalOf<'done'>> {
    if (this.#isDryRun) return { kind: 'done', step: index }
    const { provider, bounds } = this.#reader
    const { clock } = bounds
    const group = provider.settleGroups?.[action.settles as string] as SettleGroup
    const timeoutMs = Math.min(group.timeoutMs ?? bounds.timeoutMs, loan.remainingMs)
    const endsMs = clock.monotonic() + loan.remainingMs
    await attemptCall((attempt) => group.settle(createCallContext(loan, gateOf(provider, group, clock), attempt)), { ...bounds, timeoutMs })
    await this.#awaitReady(group, action.settles as string, Math.max(0, endsMs - clock.monotonic()), loan.progress)
    return { kind: 'done', step: index }
  }

  /** To settle again does no harm, so nobody is asked whether it happened. */
  probe({ index }: Work): Promise<SignalOf<'probed'>> {
    return Promise.resolve({ kind: 'probed', step: index, answer: 'absent' })
  }

  redact(error: ErrorRecord): ErrorRecord {
    return error
  }

  async #awaitReady(group: SettleGroup, name: string, leftMs: number, tell: CallLoan['progress']): Promise<void> {
    if (group.isReady === undefined) return
    const { bounds } = this.#reader
    const { clock } = bounds
    const withinMs = Math.min(group.readyWithinMs ?? READY_WITHIN_MS, leftMs)
    const endsMs = clock.monotonic() + withinMs
    for (;;) {
      const found = await this.#ask(group, Math.max(1, endsMs - clock.monotonic()))
      if (found === true) return
      const why = found === false ? '' : `: ${found}`
      const restMs = endsMs - clock.monotonic()
      if (restMs <= 0) throw new ProviderError('fatal', `${name} was told to settle and is not ready after ${Math.round(withinMs)} ms${why}; look at the backend, and resume: it is settled once more`)
      tell(`waits for ${name} to be ready${why}`)
      await pause(clock, Math.min(group.pollEveryMs ?? POLL_EVERY_MS, restMs), bounds.signal, () => new ProviderError('ambiguous', 'the run was aborted while it waited for the backend to be ready'))
    }
  }

  /** What cannot be asked now is not ready yet, and neither is what does not answer; a refusal says that asking again is no use. */
  async #ask(group: SettleGroup, leftMs: number): Promise<boolean | string> {
    const { bounds, provider } = this.#reader
    const reader = { ...this.#reader, bounds: { ...bounds, timeoutMs: Math.min(bounds.timeoutMs, leftMs) } }
    try {
      return await makeRead(reader, group, async (context) => group.isReady?.(context) ?? true, 1)
    } catch (error) {
      const { status, message } = recordError(error)
      if (classifyFault(error, group, provider).kind === 'fatal' && status !== undefined) throw error
      return message
    }
  }
}
