import { parseAddress } from '../core/address.ts'
import { ABSENT_FINGERPRINT } from '../core/fingerprint.ts'
import { applyPatch, buildPatch } from '../core/patch.ts'
import { DeclarationError, ProviderError, type ErrorRecord } from '../core/errors.ts'
import { formatPath, type Fields, type Path } from '../core/json.ts'
import { Ledger } from '../core/ledger.ts'
import type { Observed } from '../core/observed.ts'
import type { SignalOf } from '../core/run/signal.ts'
import { fingerprintObserved } from '../core/staleness.ts'
import type { RecordedResource, StateChange } from '../core/state.ts'
import type { CallContext } from '../provider/context.ts'
import type { ResourceType } from '../provider/provider.ts'
import { Batches } from './batches.ts'
import { attemptCall, type CallBounds } from './call.ts'
import { classifyFault } from './classify.ts'
import { createCallContext, type CallLoan } from './call-context.ts'
import { findForgotten, hasUnset, isAsDesired, missesSecret, showsUpdate } from './evidence.ts'
import { gateOf } from './gates.ts'
import { findSecrets, listSecretTexts, omitPlaces, redactError } from './concealment.ts'
import { checkObserved, makeRead, type Reader } from './read-call.ts'
import { readVisible } from './read-visible.ts'
import type { Sealer } from './sealer.ts'
import { sealInputs, type Digest } from './secrets.ts'
import { checkResolved } from './validate.ts'
import type { RunValues } from './values.ts'
import type { Work, Worker } from './worker.ts'

/** What a resource worker works with. */
export interface WorkerTools {
  readonly reader: Reader
  readonly bounds: CallBounds
  readonly values: RunValues
  readonly digest: Digest
  readonly sealer: Sealer | undefined
  readonly recorded: ReadonlyMap<string, RecordedResource>
}

/** What an inspection saw, kept for the call right after it. */
interface Seen {
  readonly inputs: Fields | undefined
  readonly observed: Observed | undefined
  readonly parentId: string | undefined
}

/** Carries out the steps of resources through the provider. */
export class ResourceWorker implements Worker {
  readonly #tools: WorkerTools
  readonly #seen = new Map<number, Seen>()
  /** What this run has sent and nobody may read. */
  readonly #secretTexts = new Set<string>()
  readonly #ledger: Ledger
  readonly #batches = new Batches()
  /** By step. */
  readonly #types: ResourceType[] = []

  constructor(tools: WorkerTools) {
    this.#tools = tools
    this.#ledger = new Ledger(tools.recorded)
  }

  async inspect(work: Work, isInDoubt: boolean): Promise<SignalOf<'inspected' | 'moved'>> {
    const { action, step, index } = work
    const mayHaveHappened = isInDoubt || work.handle !== undefined
    const type = this.#typeOf(work)
    if (step.call === 'delete' || step.call === 'forget') {
      const other = this.#otherRecord(work)
      if (other !== undefined) return { kind: 'moved', step: index, message: `another object is recorded there by now (id ${other}); plan again` }
    }
    if (step.call === 'forget') {
      // What was gone when the plan was made may have been made again since, and is ours.
      const isGone = action.fingerprint !== ABSENT_FINGERPRINT || action.restores !== undefined || (await this.#read(work, type, action.parentId)) === undefined
      return isGone ? { kind: 'inspected', step: index, settled: this.#ledger.remove(action, step) } : { kind: 'moved', step: index, message: `it is there again (id ${action.id}); plan again` }
    }
    // Most are known at once: a step that waits for nothing costs no turn of the event loop.
    const resolving = action.inputs === undefined || step.call === 'delete' ? undefined : this.#tools.values.resolve(action.address, action.inputs)
    const inputs = resolving instanceof Promise ? await resolving : resolving
    if (inputs !== undefined) for (const text of listSecretTexts(inputs, this.#secretsOf(work))) this.#secretTexts.add(text)
    const checking = inputs === undefined || type.schema === undefined ? undefined : this.#checkInputs(work, type, inputs)
    if (checking !== undefined) await checking
    const parentId = parentIdOf(type, inputs) ?? action.parentId
    if (step.call === 'create') return this.#inspectCreate(work, type, inputs as Fields, parentId, mayHaveHappened)

    const observed = await this.#read(work, type, parentId, 1)
    if (observed === undefined) {
      if (step.call === 'delete') return { kind: 'inspected', step: index, settled: this.#ledger.remove(action, step) }
      return { kind: 'moved', step: index, message: `it is gone (id ${action.id}); plan again` }
    }
    const declared = action.leftAs ?? (action.kind === 'delete' ? undefined : action.inputs)
    if (fingerprintObserved(type, declared, observed, action.leftAs === undefined ? action : undefined) !== action.fingerprint) {
      const isOurs = mayHaveHappened && inputs !== undefined && isAsDesired(type, inputs, observed) && (work.handle === undefined || (action.unset ?? []).length === 0)
      if (isOurs) return { kind: 'inspected', step: index, settled: await this.#put(work, type, inputs, observed, parentId), id: observed.id }
      if (work.handle !== undefined) {
        // Its task is under way, whoever has changed it since: nothing is sent, it is waited for.
        this.#seen.set(index, { inputs, observed, parentId })
        return { kind: 'inspected', step: index }
      }
      return { kind: 'moved', step: index, message: `it was changed after the plan was made (id ${action.id}); plan again` }
    }
    this.#seen.set(index, { inputs, observed, parentId })
    const recorded = this.#ledger.recordOf(action.movedFrom ?? action.address)
    if (step.call === 'delete' && action.loss !== undefined) {
      // Of an older object nothing is recorded any more once the new one is there.
      const last = recorded?.id === observed.id ? recorded : this.#tools.recorded.get(action.movedFrom ?? action.address)
      const loss = last?.id === observed.id ? type.lossOnDelete?.(last.inputs, observed.outputs) : undefined
      if (loss !== action.loss) return { kind: 'moved', step: index, message: `what would be destroyed with it (${loss ?? 'nothing'}) is not what the plan says (${action.loss}); plan again` }
    }
    if (inputs !== undefined && action.leftAs === undefined && action.restores === undefined && recorded?.id === observed.id) {
      const forgotten = step.call === 'update' ? findForgotten(type, action, inputs, recorded, observed) : undefined
      if (forgotten !== undefined) return { kind: 'moved', step: index, message: `${formatPath(forgotten)} was applied after the plan was made (id ${action.id}); plan again` }
      const sealing = sealInputs(action.inputs as Fields, inputs, type, this.#tools.digest)
      const sealed = sealing instanceof Promise ? await sealing : undefined
      if (sealed !== undefined && missesSecret(type, action, sealed, recorded, observed)) return { kind: 'moved', step: index, message: `a secret of it was changed after the plan was made (id ${action.id}); plan again` }
    }
    return { kind: 'inspected', step: index, before: { id: observed.id, outputs: omitPlaces(observed.outputs, this.#secretsOf(work)), ...(recorded && { recorded }) } }
  }

  async perform(work: Work, loan: CallLoan): Promise<SignalOf<'done'>> {
    const { action, step, index } = work
    const type = this.#typeOf(work)
    const seen = this.#seen.get(index) as Seen
    const { name } = parseAddress(action.address)
    const parent = seen.parentId === undefined ? undefined : { parentId: seen.parentId }
    const { bounds, reader } = this.#tools
    const gate = gateOf(reader.provider, type, bounds.clock)
    const isBounded = Number.isFinite(loan.remainingMs)
    const bound = !isBounded && type.timeoutMs === undefined ? bounds : { ...bounds, timeoutMs: type.timeoutMs ?? bounds.timeoutMs, ...(isBounded && { wholeMs: loan.remainingMs }) }
    const call = <T>(make: (context: CallContext) => Promise<T>): Promise<T> => attemptCall((attempt) => make(createCallContext(loan, gate, attempt)), bound)

    if (step.call === 'delete') {
      const { observed } = seen
      await call((context) => this.#batches.delete(type, { id: action.id as string, name, outputs: (observed as Observed).outputs, ...parent, ...(action.loss !== undefined && { loss: action.loss }) }, context)).catch((error: unknown) => {
        // Deleting what is already gone is success.
        if (classifyFault(error, type, this.#tools.reader.provider).kind !== 'not-found') throw error
      })
      this.#seen.delete(index)
      return { kind: 'done', step: index, change: this.#ledger.remove(action, step) }
    }
    const inputs = seen.inputs as Fields
    const observed = step.call === 'create' ? await this.#create(work, type, () => call((context) => this.#batches.create(type, { name, inputs, ...parent }, context))) : await this.#update(work, type, seen, call)
    this.#seen.delete(index)
    const putting = this.#put(work, type, inputs, observed, seen.parentId)
    return { kind: 'done', step: index, change: putting instanceof Promise ? await putting : putting, id: observed.id }
  }

  async probe(work: Work, attempts = 1, mayBeHalf = false): Promise<SignalOf<'probed'>> {
    const { action, step, index } = work
    const type = this.#typeOf(work)
    // A task that goes on in the backend is polled: to ask what it has come to is to perform it.
    if (work.handle !== undefined) return { kind: 'probed', step: index, answer: 'repeatable', message: `resume goes on with what it began (${work.handle}), and starts nothing twice` }
    const { parentId, inputs } = this.#seen.get(index) ?? (await this.#reconstruct(work, type))
    if (step.call !== 'create') {
      const shows = (observed: Observed | undefined): boolean => (step.call === 'delete' ? observed === undefined : observed !== undefined && (mayBeHalf || showsUpdate(type, action, inputs as Fields, observed)))
      const observed = await readVisible(type, this.#tools.bounds, () => this.#read(work, type, parentId, attempts), shows)
      if (!shows(observed)) return { kind: 'probed', step: index, answer: 'absent' }
      const last = this.#ledger.recordOf(action.movedFrom ?? action.address)
      const change = step.call === 'delete' ? this.#ledger.remove(action, step) : await this.#put(work, type, inputs as Fields, observed as Observed, parentId)
      // What half of it has not unset is still what was applied last.
      const isHalf = mayBeHalf && last !== undefined && 'put' in change && !hasUnset(action, observed as Observed)
      return { kind: 'probed', step: index, answer: 'happened', change: isHalf ? { ...change, put: { ...change.put, inputs: applyPatch(last.inputs, change.put.inputs) as Fields } } : change }
    }
    if (type.find === undefined && type.idempotent === true)
      return { kind: 'probed', step: index, answer: 'repeatable', message: `whether it happened is unknown, and ${parseAddress(action.address).type} has no way to find an object by its natural key; resume makes the same call again, with the same key` }
    if (type.find === undefined)
      return { kind: 'probed', step: index, answer: 'unknown', message: `the reply was lost, and ${parseAddress(action.address).type} has no way to find an object by its natural key; look for it by hand` }
    const observed = await readVisible(type, this.#tools.bounds, () => this.#find(type, work, inputs as Fields, parentId, attempts), (found) => found !== undefined)
    if (observed === undefined) return { kind: 'probed', step: index, answer: 'absent' }
    return { kind: 'probed', step: index, answer: 'happened', change: await this.#put(work, type, inputs as Fields, observed, parentId), id: observed.id }
  }

  /** The id of what is recorded now, where a run after the plan has put another object in the place of the one that goes. */
  #otherRecord({ action }: Work): string | undefined {
    const record = (action.movedFrom === undefined ? undefined : this.#ledger.recordOf(action.movedFrom)) ?? this.#ledger.recordOf(action.address)
    if (record === undefined || record.id === action.id || action.restores !== undefined || action.deposed !== undefined) return undefined
    return record.deposed?.some(({ id }) => id === action.id) === true ? undefined : record.id
  }

  /** What a step of an earlier process would have sent. */
  async #reconstruct({ action, step, index }: Work, type: ResourceType): Promise<Seen> {
    const inputs = action.inputs === undefined || step.call === 'delete' ? undefined : await this.#tools.values.resolve(action.address, action.inputs)
    const seen = { inputs, observed: undefined, parentId: parentIdOf(type, inputs) ?? action.parentId }
    this.#seen.set(index, seen)
    return seen
  }

  redact(error: ErrorRecord): ErrorRecord {
    return redactError(error, this.#secretTexts)
  }

  /** By the declaration, and by the one before it: what is there now came from that one. */
  #secretsOf(work: Work): readonly Path[] {
    const { types } = this.#tools.reader.provider
    const type = this.#typeOf(work)
    const { inputs, address, movedFrom = address } = work.action
    const before = this.#tools.recorded.get(movedFrom)
    const declared = findSecrets(type, inputs, types)
    return before === undefined ? declared : [...declared, ...findSecrets(type, before.inputs, types)]
  }

  async #inspectCreate(work: Work, type: ResourceType, inputs: Fields, parentId: string | undefined, mayHaveHappened: boolean): Promise<SignalOf<'inspected' | 'moved'>> {
    const { index } = work
    this.#seen.set(index, { inputs, observed: undefined, parentId })
    const { action } = work
    const older = mayHaveHappened || action.replaceOrder !== 'create-first' || action.restores !== undefined ? undefined : this.#ledger.recordOf(action.movedFrom ?? action.address)
    if (older !== undefined && older.id !== action.id) return { kind: 'moved', step: index, message: `another object is recorded there by now (id ${older.id}); plan again` }
    const recorded = mayHaveHappened || action.kind !== 'create' || action.restores !== undefined ? undefined : this.#ledger.recordOf(action.address)
    const other = recorded && (await this.#readRecorded(work, type, recorded))
    if (other !== undefined) return { kind: 'moved', step: index, message: `another object is recorded there by now (id ${other}); plan again` }
    if (type.find === undefined || work.handle !== undefined) return { kind: 'inspected', step: index, ...this.#imageOfOlder(work) }
    const found = await this.#find(type, work, inputs, parentId, 1)
    if (found === undefined) return { kind: 'inspected', step: index, absent: true, ...this.#imageOfOlder(work) }
    if (mayHaveHappened) return { kind: 'inspected', step: index, settled: await this.#put(work, type, inputs, found, parentId), id: found.id }
    return { kind: 'moved', step: index, message: `an object of this natural key exists by now (id ${found.id}); plan again` }
  }

  /** The id of what is recorded and exists, where the plan knew of nothing: a create would put itself in its place. */
  async #readRecorded(work: Work, type: ResourceType, { id, parentId }: RecordedResource): Promise<string | undefined> {
    const there = await this.#read({ ...work, action: { ...work.action, id } }, type, parentId)
    return there && id
  }

  /** A create-first replace: what is recorded of the older object is overwritten by this step. */
  #imageOfOlder({ action }: Work): Pick<SignalOf<'inspected'>, 'before'> {
    const recorded = action.replaceOrder === 'create-first' ? this.#ledger.recordOf(action.movedFrom ?? action.address) : undefined
    return recorded === undefined || action.id === undefined ? {} : { before: { id: action.id, outputs: recorded.outputs, recorded } }
  }

  async #create(work: Work, type: ResourceType, call: () => Promise<unknown>): Promise<Observed> {
    const reply = await call()
    try {
      return await this.#checkReply(work, type, reply)
    } catch (error) {
      // It answered, so it may well exist: failing here for good would orphan it.
      throw new ProviderError('ambiguous', (error as Error).message)
    }
  }

  /** Skips the call when what was unknown at planning turns out to be there already. */
  async #update(work: Work, type: ResourceType, { inputs, observed, parentId }: Seen, call: <T>(make: (context: CallContext) => Promise<T>) => Promise<T>): Promise<Observed> {
    const { action } = work
    const [declared, before] = [inputs as Fields, observed as Observed]
    const isThere = (action.unset ?? []).length === 0 && !action.changes.some((change) => change.sensitive === true) && isAsDesired(type, declared, before)
    if (action.changes.length === 0 || isThere) return before
    const patch = buildPatch(action.changes, declared)
    const { name } = parseAddress(action.address)
    const reply = await call((context) => type.update({ id: before.id, name, inputs: declared, patch, before, ...(parentId !== undefined && { parentId }) }, context))
    return this.#checkReply(work, type, reply)
  }

  async #checkReply({ action, step }: Work, type: ResourceType, reply: unknown): Promise<Observed> {
    const observed = checkObserved(reply, `${step.call} of ${action.address}`)
    const checking = type.outputs?.['~standard'].validate(observed.outputs)
    const result = checking instanceof Promise ? await checking : checking
    if (result?.issues !== undefined) throw new ProviderError('fatal', `${step.call} of ${action.address} returned garbage: ${result.issues.map((issue) => issue.message).join('; ')}`)
    return observed
  }

  #put({ action, step }: Work, type: ResourceType, inputs: Fields, observed: Observed, parentId: string | undefined): StateChange | Promise<StateChange> {
    const { values, digest, sealer, reader } = this.#tools
    values.note(action.address, observed.id, observed.outputs)
    const outputs = omitPlaces(observed.outputs, findSecrets(type, action.inputs, reader.provider.types))
    const sealing = sealInputs(action.inputs as Fields, inputs, type, digest, sealer)
    const keep = (sealed: Fields): StateChange => this.#ledger.put(action, step, { id: observed.id, parentId, inputs: sealed, outputs })
    return sealing instanceof Promise ? sealing.then(keep) : keep(sealing)
  }

  async #read({ action }: Work, type: ResourceType, parentId: string | undefined, attempts?: number): Promise<Observed | undefined> {
    const target = { id: action.id as string, ...(parentId !== undefined && { parentId }) }
    const found = await makeRead(this.#tools.reader, type, (context) => this.#batches.read(type, target, context), attempts)
    return found === undefined ? undefined : checkObserved(found, `read of ${action.address}`)
  }

  async #find(type: ResourceType, { action }: Work, inputs: Fields, parentId: string | undefined, attempts?: number): Promise<Observed | undefined> {
    const { name } = parseAddress(action.address)
    const found = await makeRead(this.#tools.reader, type, (context) => (type.find as NonNullable<ResourceType['find']>)({ name, inputs, ...(parentId !== undefined && { parentId }) }, context), attempts)
    return found === undefined ? undefined : checkObserved(found, `find of ${action.address}`)
  }

  #checkInputs({ action }: Work, type: ResourceType, inputs: Fields): void | Promise<void> {
    const explain = (error: unknown): never => {
      if (error instanceof DeclarationError) throw new ProviderError('fatal', `with its references resolved, ${error.message}`)
      throw error
    }
    try {
      return checkResolved(parseAddress(action.address), type.schema as NonNullable<ResourceType['schema']>, inputs)?.catch(explain)
    } catch (error) {
      return explain(error)
    }
  }

  #typeOf({ action, index }: Work): ResourceType {
    return (this.#types[index] ??= this.#tools.reader.provider.types[parseAddress(action.address).type] as ResourceType)
  }
}

function parentIdOf(type: ResourceType, inputs: Fields | undefined): string | undefined {
  const value = type.parent === undefined ? undefined : inputs?.[type.parent.field]
  return typeof value === 'string' ? value : undefined
}
