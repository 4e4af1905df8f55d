import { ProviderError, recordError } from '../core/errors.ts'
import type { Observed } from '../core/observed.ts'
import type { BatchContext, BatchItem, CallContext, CreateRequest, DeleteRequest, ItemOutcome, ReadContext, ResourceType, Target } from '../provider/provider.ts'
import { nextTurn } from '../store/turn.ts'

const DEFAULT_SIZE = 100

interface Waiting<Item, Reply, Context> {
  readonly item: Item
  readonly context: Context
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: unknown) => void
}

/** How a type does one, and how it does several. */
interface Calls<Item, Reply, Context> {
  readonly one: (item: Item, context: Context) => Promise<Reply>
  readonly many: (items: readonly Item[], contexts: readonly Context[]) => Promise<readonly ItemOutcome<Reply>[]>
  readonly size: number
  /** What it comes to for each item when the call for all of them throws. */
  readonly explain: (error: unknown) => unknown
}

/** Calls of a run that come in one turn of the event loop, and go out together where their type can do several at once. */
export class Batches {
  readonly #creates = new Map<ResourceType, Batch<BatchItem<CreateRequest<object>>, Observed, CallContext>>()
  readonly #deletes = new Map<ResourceType, Batch<BatchItem<DeleteRequest>, void, CallContext>>()
  readonly #reads = new Map<ResourceType, Batch<Target, Observed | undefined, ReadContext>>()

  create(type: ResourceType, request: CreateRequest<object>, context: CallContext): Promise<Observed> {
    const { createMany, batchSize = DEFAULT_SIZE } = type
    if (createMany === undefined) return type.create(request, context)
    const batch = openBatch(this.#creates, type, {
      one: (item, own) => type.create(item, own),
      many: (items, contexts) => createMany.call(type, items, joinContexts(contexts)),
      size: batchSize,
      explain: doubt,
    })
    return batch.add({ ...request, idempotencyKey: context.idempotencyKey }, context)
  }

  delete(type: ResourceType, request: DeleteRequest, context: CallContext): Promise<void> {
    const { deleteMany, batchSize = DEFAULT_SIZE } = type
    if (deleteMany === undefined) return type.delete(request, context)
    const batch = openBatch(this.#deletes, type, {
      one: (item, own) => type.delete(item, own),
      many: (items, contexts) => deleteMany.call(type, items, joinContexts(contexts)),
      size: batchSize,
      explain: doubt,
    })
    return batch.add({ ...request, idempotencyKey: context.idempotencyKey }, context)
  }

  read(type: ResourceType, target: Target, context: ReadContext): Promise<Observed | undefined> {
    const { readMany, batchSize = DEFAULT_SIZE } = type
    if (readMany === undefined) return type.read(target, context)
    const batch = openBatch(this.#reads, type, {
      one: (item, own) => type.read(item, own),
      many: (items, contexts) => readMany.call(type, items, joinReadContexts(contexts)),
      size: batchSize,
      // A read changes nothing, so it may be made again whatever became of it.
      explain: (error) => error,
    })
    return batch.add(target, context)
  }
}

function openBatch<Item, Reply, Context extends ReadContext>(batches: Map<ResourceType, Batch<Item, Reply, Context>>, type: ResourceType, calls: Calls<Item, Reply, Context>): Batch<Item, Reply, Context> {
  let batch = batches.get(type)
  if (batch === undefined) batches.set(type, (batch = new Batch(calls)))
  return batch
}

/** Calls of one kind and type that wait for the end of this turn. */
class Batch<Item, Reply, Context extends ReadContext> {
  readonly #calls: Calls<Item, Reply, Context>
  #waiting: Waiting<Item, Reply, Context>[] = []

  constructor(calls: Calls<Item, Reply, Context>) {
    this.#calls = calls
  }

  add(item: Item, context: Context): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ item, context, resolve, reject }) === 1) void nextTurn().then(() => this.#flush())
    })
  }

  #flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    const size = Math.max(1, this.#calls.size)
    for (let at = 0; at < waiting.length; at += size) void this.#send(waiting.slice(at, at + size))
  }

  async #send(waiting: readonly Waiting<Item, Reply, Context>[]): Promise<void> {
    const [only] = waiting
    if (only !== undefined && waiting.length === 1) return only.resolve(this.#calls.one(only.item, only.context) as Reply)
    try {
      const outcomes = checkOutcomes(await this.#calls.many(waiting.map(({ item }) => item), waiting.map(({ context }) => context)), waiting.length)
      waiting.forEach(({ resolve, reject }, index) => {
        const outcome = outcomes[index] as ItemOutcome<Reply>
        if ('error' in outcome) reject(outcome.error)
        else resolve(outcome.value)
      })
    } catch (error) {
      const explained = this.#calls.explain(error)
      for (const { reject } of waiting) reject(explained)
    }
  }
}

/** Checks that there is one outcome for each item: without that, nobody knows whose is whose. */
export function checkOutcomes<T>(outcomes: readonly ItemOutcome<T>[], count: number): readonly ItemOutcome<T>[] {
  const isOutcome = (each: unknown): boolean => typeof each === 'object' && each !== null && ('value' in each || 'error' in each)
  if (Array.isArray(outcomes) && outcomes.length === count && outcomes.every(isOutcome)) return outcomes
  throw new ProviderError('ambiguous', `a call for ${count} items returned ${Array.isArray(outcomes) ? `${outcomes.length} outcomes` : typeof outcomes}; expected ${count}, each { value } or { error }`)
}

/** Each of them may have happened, unless the provider says that nothing has. */
function doubt(error: unknown): unknown {
  if (error instanceof ProviderError && (error.kind === 'retryable' || error.kind === 'ambiguous')) return error
  const { message, status } = recordError(error)
  return new ProviderError('ambiguous', `the call for several at once failed: ${message}`, { cause: error, ...(status !== undefined && { status }) })
}

/** Given up when each of the items is. The rest is the same for all. */
function joinReadContexts(contexts: readonly ReadContext[]): ReadContext {
  const { trace, admit, refused, hold } = contexts[0] as ReadContext
  const controller = new AbortController()
  let left = contexts.length
  const giveUp = (signal: AbortSignal): void => {
    if (--left === 0) controller.abort(signal.reason)
  }
  for (const { signal } of contexts) {
    if (signal.aborted) giveUp(signal)
    else signal.addEventListener('abort', () => giveUp(signal), { once: true })
  }
  return { signal: controller.signal, trace, admit, refused, ...(hold && { hold }) }
}

function joinContexts(contexts: readonly CallContext[]): BatchContext {
  return { ...joinReadContexts(contexts), fence: (contexts[0] as CallContext).fence }
}
