import { parseAddress } from '../../core/address.ts'
import { findSecretPlaces } from '../../core/comparable.ts'
import { DeclarationError, ProviderError, type ErrorRecord } from '../../core/errors.ts'
import type { Fields } from '../../core/json.ts'
import type { OperationOutput, OperationResult } from '../../core/operation.ts'
import type { SignalOf } from '../../core/run/signal.ts'
import type { OperationContext, OperationReply, OperationType } from '../../provider/operation.ts'
import { attemptCall } from '../call.ts'
import { createCallContext, type CallLoan } from '../call-context.ts'
import { listSecretTexts, redactError, redactText } from '../concealment.ts'
import { gateOf } from '../gates.ts'
import { makeRead } from '../read-call.ts'
import type { WorkerTools } from '../resource-worker.ts'
import { checkResolved } from '../validate.ts'
import type { Work, Worker } from '../worker.ts'
import { OutputRecorder } from './output.ts'
import { runChecks } from './run-checks.ts'

/** Keeps what an attempt printed beyond what fits into the journal, and says under which name. */
export type KeepOutput = (step: string, attempt: number, text: string) => Promise<string>

/** Carries out the steps of operations: asks whether they are done, checks, runs them, and takes them back. */
export class OperationWorker implements Worker {
  readonly #tools: WorkerTools
  readonly #keepOutput: KeepOutput
  readonly #isDryRun: boolean
  readonly #outputs = new Map<number, OperationOutput>()
  readonly #params = new Map<number, Fields>()
  /** What this run has given to operations and nobody may read. */
  readonly #secretTexts = new Set<string>()

  constructor(tools: WorkerTools, keepOutput: KeepOutput, isDryRun: boolean) {
    this.#tools = tools
    this.#keepOutput = keepOutput
    this.#isDryRun = isDryRun
  }

  async inspect(work: Work, mayHaveHappened: boolean): Promise<SignalOf<'inspected' | 'refused'>> {
    const { step, index } = work
    const type = this.#typeOf(work)
    const params = await this.#resolve(work, type)
    const isUndo = step.call === 'undo'
    // What it asks may rest on what a rehearsal has not done: a process that would have been started by then.
    const isDone = await this.#isDone(work, type, params).catch((error: unknown) => {
      if (!this.#isDryRun) throw error
      return isUndo
    })
    // Whoever saved a handle is called with it: it alone knows what is left to do, and what to return.
    if (isDone === !isUndo && work.handle === undefined) return { kind: 'inspected', step: index, adapted: mayHaveHappened ? 'it had happened' : isUndo ? 'it was taken back already' : 'it was done already' }
    if (isUndo) return { kind: 'inspected', step: index }
    // What is asked only right before it may rest on what a rehearsal has not done.
    const checks = await runChecks(this.#tools.reader, type, (type.checks ?? []).filter(({ at }) => at !== (this.#isDryRun ? 'run' : 'plan')), params)
    const told = checks.length === 0 ? {} : { checks }
    const failed = checks.filter(({ status }) => status === 'failed')
    if (failed.length > 0) return { kind: 'refused', step: index, message: failed.map(({ check, message }) => `${check}: ${message ?? 'it failed'}`).join('; '), checks }
    const unneeded = checks.find(({ status }) => status === 'unneeded')
    if (unneeded !== undefined) return { kind: 'inspected', step: index, ...told, adapted: `left out, ${unneeded.check} says: ${unneeded.message ?? 'it is not needed'}` }
    return { kind: 'inspected', step: index, ...told }
  }

  async perform(work: Work, loan: CallLoan): Promise<SignalOf<'done'>> {
    const { action, step, index } = work
    if (this.#isDryRun) return { kind: 'done', step: index }
    const type = this.#typeOf(work)
    const params = await this.#resolve(work, type)
    const { bounds, reader } = this.#tools
    const gate = gateOf(reader.provider, type, bounds.clock)
    const secrets = [...this.#secretTexts].sort((a, b) => b.length - a.length)
    const output = new OutputRecorder((text) => redactText(text, secrets))
    const bound = { ...bounds, timeoutMs: type.timeoutMs ?? bounds.timeoutMs, ...(Number.isFinite(loan.remainingMs) && { wholeMs: loan.remainingMs }) }
    const { name } = parseAddress(action.address)
    const finish = async (): Promise<OperationOutput | undefined> => {
      const printed = await output.finish((text) => this.#keepOutput(step.key, loan.attempt, text))
      if (printed !== undefined) this.#outputs.set(index, printed)
      return printed
    }
    try {
      const reply = await attemptCall((attempt) => {
        const context: OperationContext = Object.assign(createCallContext(loan, gate, attempt), { name, print: output.print })
        return step.call === 'undo' ? (type.undo as NonNullable<OperationType<object>['undo']>)(params, { ...context, result: action.takesBack ?? {} }) : type.run(params, context)
      }, bound)
      const printed = await finish()
      const result = describeResult(action.address, printed, reply)
      return { kind: 'done', step: index, ...(result && { result }) }
    } catch (error) {
      await finish()
      throw error
    }
  }

  async probe(work: Work): Promise<SignalOf<'probed'>> {
    const { action, step, index } = work
    const type = this.#typeOf(work)
    if (work.handle !== undefined) return { kind: 'probed', step: index, answer: 'absent' }
    const isDone = await this.#isDone(work, type, await this.#resolve(work, type))
    if (isDone !== undefined) return { kind: 'probed', step: index, answer: isDone === (step.call === 'run') ? 'happened' : 'absent' }
    const { type: name } = parseAddress(action.address)
    if (type.idempotent === true) return { kind: 'probed', step: index, answer: 'repeatable', message: `whether it happened is unknown; ${name} may be run again, and resume does so` }
    return { kind: 'probed', step: index, answer: 'unknown', message: `whether it happened is unknown, and ${name} has no isDone that could tell; look for yourself` }
  }

  redact(error: ErrorRecord): ErrorRecord {
    return redactError(error, this.#secretTexts)
  }

  /** What the last attempt printed. */
  outputOf(index: number): OperationOutput | undefined {
    return this.#outputs.get(index)
  }

  #typeOf({ action }: Work): OperationType<object> {
    const { type } = parseAddress(action.address)
    return this.#tools.reader.provider.operations?.[type] as OperationType<object>
  }

  async #isDone({ action }: Work, type: OperationType<object>, params: Fields): Promise<boolean | undefined> {
    if (type.isDone === undefined) return undefined
    const isDone: unknown = await makeRead(this.#tools.reader, type, (context) => (type.isDone as NonNullable<typeof type.isDone>)(params, context), 1)
    if (typeof isDone !== 'boolean') throw new ProviderError('fatal', `isDone of ${action.address} returned ${typeof isDone}; expected true or false`)
    return isDone
  }

  async #resolve({ action, index }: Work, type: OperationType<object>): Promise<Fields> {
    const known = this.#params.get(index)
    if (known !== undefined) return known
    const params = await this.#tools.values.resolve(action.address, action.inputs ?? {})
    try {
      if (type.schema !== undefined) await checkResolved(parseAddress(action.address), type.schema, params)
    } catch (error) {
      if (error instanceof DeclarationError) throw new ProviderError('fatal', `with its references resolved, ${error.message}`)
      throw error
    }
    for (const text of listSecretTexts(params, findSecretPlaces({}, [], action.inputs))) this.#secretTexts.add(text)
    this.#params.set(index, params)
    return params
  }
}

function describeResult(address: string, output: OperationOutput | undefined, reply: OperationReply | void): OperationResult | undefined {
  const { changes, value } = reply ?? {}
  if (output === undefined && changes === undefined && value === undefined) return undefined
  let kept: unknown
  try {
    kept = value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown)
  } catch {
    throw new ProviderError('ambiguous', `run of ${address} returned a value that JSON cannot carry`)
  }
  return { ...(output && { output }), ...(changes && { changes }), ...(kept !== undefined && { value: kept }) }
}
