import { parseAddress } from '../core/address.ts'
import type { ErrorRecord } from '../core/errors.ts'
import { ABSENT_FINGERPRINT } from '../core/fingerprint.ts'
import type { Plan } from '../core/plan.ts'
import type { SignalOf } from '../core/run/signal.ts'
import { collectReferences } from '../core/reference.ts'
import type { ResourceType } from '../provider/provider.ts'
import { makeRead } from './read-call.ts'
import { ResourceWorker, type WorkerTools } from './resource-worker.ts'
import type { CallLoan } from './call-context.ts'
import type { Work, Worker } from './worker.ts'

/**
 * Rehearses: reads what an apply would read and checks what it would check, and makes no call that changes anything.
 * What depends on ids that are not there yet is checked as far as it can be.
 */
export class DryWorker implements Worker {
  readonly #worker: ResourceWorker
  readonly #tools: WorkerTools
  readonly #made: ReadonlySet<string>

  constructor(tools: WorkerTools, plan: Plan) {
    this.#tools = tools
    this.#worker = new ResourceWorker(tools)
    this.#made = new Set(plan.actions.filter(({ kind, blocked }) => blocked === undefined && (kind === 'create' || kind === 'replace')).map(({ address }) => address))
  }

  async inspect(work: Work, mayHaveHappened: boolean): Promise<SignalOf<'inspected' | 'moved'>> {
    const { action, step, index } = work
    const waitsForIds = action.inputs !== undefined && step.call !== 'delete' && collectReferences(action.inputs).some((address) => this.#made.has(address))
    if (!waitsForIds && !(action.kind === 'replace' && step.call === 'create')) return this.#worker.inspect(work, mayHaveHappened)
    if (action.fingerprint === ABSENT_FINGERPRINT || action.id === undefined || action.kind === 'replace') return { kind: 'inspected', step: index }
    // Its inputs are not whole yet, so only that the object is still there can be checked.
    const type = this.#tools.reader.provider.types[parseAddress(action.address).type] as ResourceType
    const target = { id: action.id, ...(action.parentId !== undefined && { parentId: action.parentId }) }
    const found = await makeRead(this.#tools.reader, type, (context) => type.read(target, context), 1)
    return found === undefined ? { kind: 'moved', step: index, message: `it is gone (id ${action.id}); plan again` } : { kind: 'inspected', step: index }
  }

  perform({ index, action }: Work, _loan: CallLoan): Promise<SignalOf<'done'>> {
    return Promise.resolve({ kind: 'done', step: index, ...(action.id !== undefined && { id: action.id }) })
  }

  redact(error: ErrorRecord): ErrorRecord {
    return this.#worker.redact(error)
  }

  probe({ index }: Work): Promise<SignalOf<'probed'>> {
    return Promise.resolve({ kind: 'probed', step: index, answer: 'absent' })
  }
}
