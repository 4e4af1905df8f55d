import type { ErrorRecord } from '../core/errors.ts'
import type { OperationOutput } from '../core/operation.ts'
import type { CallLoan } from './call-context.ts'
import type { OperationWorker } from './operation/operation-worker.ts'
import type { SettleWorker } from './settle-worker.ts'
import type { Work, Worker } from './worker.ts'

/** Gives each step to the worker that knows how to carry it out. */
export class PlanWorker implements Worker {
  readonly #resources: Worker
  readonly #operations: OperationWorker
  readonly #settles: SettleWorker

  constructor(resources: Worker, operations: OperationWorker, settles: SettleWorker) {
    this.#resources = resources
    this.#operations = operations
    this.#settles = settles
  }

  inspect(work: Work, mayHaveHappened: boolean): ReturnType<Worker['inspect']> {
    return this.#workerOf(work).inspect(work, mayHaveHappened)
  }

  perform(work: Work, loan: CallLoan): ReturnType<Worker['perform']> {
    return this.#workerOf(work).perform(work, loan)
  }

  probe(work: Work): ReturnType<Worker['probe']> {
    return this.#workerOf(work).probe(work)
  }

  redact(error: ErrorRecord): ErrorRecord {
    return this.#operations.redact(this.#resources.redact(error))
  }

  outputOf(index: number): OperationOutput | undefined {
    return this.#operations.outputOf(index)
  }

  #workerOf({ step }: Work): Worker {
    if (step.call === 'settle') return this.#settles
    return step.call === 'run' || step.call === 'undo' ? this.#operations : this.#resources
  }
}
