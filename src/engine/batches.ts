import { ProviderError, recordError } from '../core/errors.ts'
import type { Observed } from '../core/observed.ts'
import type { CallContext, ReadContext } from '../provider/context.ts'
import type { BatchContext, BatchItem, CreateRequest, DeleteRequest, ItemOutcome, ResourceType, Target } from '../provider/provider.ts'
import { nextTurn } from '../store/turn.ts'

/** The most items of a call for several of a type. */
export function batchSizeOf({ batchSize = 100 }: ResourceType): number {
  return Math.max(1, batchSize)
}

/** Items in their order, at most so many at a time. */
export function* sliceBatches<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}

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
  /** What it comes to for each item when the call for all of them throws. */
  readonly explain: (error: unknown) => unknown
}

/** Undefined: the type does one at a time. */
type ByType<Item, Reply, Context> = Map<ResourceType, Batch<Item, Reply, Context> | undefined>

/** Calls of a run that come in one turn of the event loop, and go out together where their type can do several at once. */
export class Batches {
  readonly #creates: ByType<BatchItem<CreateRequest<object>>, Observed, CallContext> = new Map()
  readonly #deletes: ByType<BatchItem<DeleteRequest>, void, CallContext> = new Map()
  readonly #reads: ByType<Target, Observed | undefined, ReadContext> = new Map()

  create(type: ResourceType, request: CreateRequest<object>, context: CallContext): Promise<Observed> {
    const batch = openBatch(this.#creates, type, planCreates)
    return batch === undefined ? type.create(request, context) : batch.add({ ...request, idempotencyKey: context.idempotencyKey }, context)
  }

  delete(type: ResourceType, request: DeleteRequest, context: CallContext): Promise<void> {
    const batch = openBatch(this.#deletes, type, planDeletes)
    return batch === undefined ? type.delete(request, context) : batch.add({ ...request, idempotencyKey: context.idempotencyKey }, context)
  }

  read(type: ResourceType, target: Target, context: ReadContext): Promise<Observed | undefined> {
    const batch = openBatch(this.#reads, type, planReads)
    return batch === undefined ? type.read(target, context) : batch.add(target, context)
  }
}

/** The batch of a type; undefined where the type does one at a time. */
function openBatch<Item, Reply, Context>(batches: ByType<Item, Reply, Context>, type: ResourceType, callsOf: (type: ResourceType) => Calls<Item, Reply, Context> | undefined): Batch<Item, Reply, Context> | undefined {
  const known = batches.get(type)
  if (known !== undefined || batches.has(type)) return known
  const calls = callsOf(type)
  const batch = calls && new Batch(calls, batchSizeOf(type))
  batches.set(type, batch)
  return batch
}

function planCreates(type: ResourceType): Calls<BatchItem<CreateRequest<object>>, Observed, CallContext> | undefined {
  const { createMany } = type
  if (createMany === undefined) return undefined
  return { one: (item, context) => type.create(item, context), many: (items, contexts) => createMany.call(type, items, joinContexts(contexts)), explain: doubt }
}

function planDeletes(type: ResourceType): Calls<BatchItem<DeleteRequest>, void, CallContext> | undefined {
  const { deleteMany } = type
  if (deleteMany === undefined) return undefined
  return { one: (item, context) => type.delete(item, context), many: (items, contexts) => deleteMany.call(type, items, joinContexts(contexts)), explain: doubt }
}

function planReads(type: ResourceType): Calls<Target, Observed | undefined, ReadContext> | undefined {
  const { readMany } = type
  if (readMany === undefined) return undefined
  // A read changes nothing, so it may be made again whatever became of it.
  return { one: (item, context) => type.read(item, context), many: (items, contexts) => readMany.call(type, items, joinReadContexts(contexts)), explain: (error) => error }
}

/** Calls of one kind and type that wait for the end of this turn. */
class Batch<Item, Reply, Context> {
  readonly #calls: Calls<Item, Reply, Context>
  readonly #size: number
  #waiting: Waiting<Item, Reply, Context>[] = []

  constructor(calls: Calls<Item, Reply, Context>, size: number) {
    this.#calls = calls
    this.#size = size
  }

  add(item: Item, context: Context): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ item, context, resolve, reject }) === 1) void nextTurn().then(() => this.#flush())
    })
  }

  #flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const some of sliceBatches(waiting, this.#size)) void this.#send(some)
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
  const { trace, admit, refused, hold, elapsedMs } = contexts[0] as ReadContext
  const controller = new AbortController()
  let left = contexts.length
  const giveUp = (signal: AbortSignal): void => {
    if (--left === 0) controller.abort(signal.reason)
  }
  for (const { signal } of contexts) {
    if (signal.aborted) giveUp(signal)
    else signal.addEventListener('abort', () => giveUp(signal), { once: true })
  }
  // For each of them the time does not count.
  const wait = async (ms: number): Promise<void> => {
    await Promise.allSettled(contexts.map((context) => context.wait(ms)))
    controller.signal.throwIfAborted()
  }
  return { signal: controller.signal, trace, admit, refused, wait, elapsedMs, ...(hold && { hold }) }
}

function joinContexts(contexts: readonly CallContext[]): BatchContext {
  return { ...joinReadContexts(contexts), fence: (contexts[0] as CallContext).fence }
}
