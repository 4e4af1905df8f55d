import { ProviderError, type ErrorRecord } from '../../core/errors.ts'
import type { HookResult, OperationOutput } from '../../core/operation.ts'
import type { CallLoan } from '../call-context.ts'
import type { Work, Worker } from '../worker.ts'
import type { HookRunner } from './run-hooks.ts'

/** Runs the hooks around each action: before its call, and once it has happened. */
export class HookedWorker implements Worker {
  readonly #worker: Worker
  readonly #hooks: HookRunner
  readonly #note: (results: readonly HookResult[]) => void

  /** `note`: hears of what has run. */
  constructor(worker: Worker, hooks: HookRunner, note: (results: readonly HookResult[]) => void) {
    this.#worker = worker
    this.#hooks = hooks
    this.#note = note
  }

  inspect(work: Work, mayHaveHappened: boolean): ReturnType<Worker['inspect']> {
    return this.#worker.inspect(work, mayHaveHappened)
  }

  async perform(work: Work, loan: CallLoan): ReturnType<Worker['perform']> {
    const failed = (await this.#run('beforeAction', work)).find(({ status }) => status === 'failed')
    if (failed !== undefined) throw new ProviderError('fatal', `the hook ${failed.hook} before it failed: ${failed.message}`)
    const signal = await this.#worker.perform(work, loan)
    await this.#run('afterAction', work)
    return signal
  }

  async probe(work: Work): ReturnType<Worker['probe']> {
    const signal = await this.#worker.probe(work)
    // It was cut off before they could run, or while they did.
    if (signal.answer === 'happened') await this.#run('afterAction', work)
    return signal
  }

  redact(error: ErrorRecord): ErrorRecord {
    return this.#worker.redact(error)
  }

  outputOf(index: number): OperationOutput | undefined {
    return this.#worker.outputOf?.(index)
  }

  async #run(on: 'beforeAction' | 'afterAction', { action }: Work): Promise<readonly HookResult[]> {
    if (!this.#hooks.has(on)) return []
    const results = await this.#hooks.run(on, { action: action.address, ...(action.phase !== undefined && { phase: action.phase }) })
    this.#note(results)
    return results
  }
}
