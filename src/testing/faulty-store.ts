import type { Entry } from '../core/entry.ts'
import { StoreError } from '../core/errors.ts'
import type { Store } from '../store/store.ts'
import { copyOf } from './intercept.ts'

/**
 * What goes wrong with one operation of a store: `reject` (not done, and an error), `reject-after` (done, and an error all the
 * same), `die-before` and `die-after` (the process dies right before or after it), `tear` (only the first entries of an append
 * are kept, then the process dies).
 */
export type StoreFaultKind = 'reject' | 'reject-after' | 'die-before' | 'die-after' | 'tear'

/** A fault that is to happen to a store. */
export interface StoreFault {
  /** What goes wrong. */
  readonly fault: StoreFaultKind
  /** The store's method. Default: `append` for `tear`, else any. */
  readonly operation?: keyof Store
  /** Lets this many matching operations pass first. Default: 0. */
  readonly skip?: number
  /** For `tear`: how many of the entries are kept. Default: all but the last. */
  readonly keep?: number
}

/** A store that fails when it is told to. */
export interface FaultyStore {
  /** For the engine under test. */
  readonly store: Store
  /** Scripts a fault. Several happen in the order in which they were scripted, each once. */
  fault(fault: StoreFault): void
  /** Every operation so far, for people: `claim`, `append started create:named/a`. */
  readonly operations: readonly string[]
  /** True: it died. No operation is answered any more, and none has an effect. */
  readonly isDead: boolean
}

interface Script {
  readonly fault: StoreFault
  left: number
}

/**
 * Wraps a store so that its k-th operation fails or is torn. After `die-before`, `die-after` and `tear` nothing is answered
 * and nothing has an effect: the process is dead. Go on with another handle on what the store holds, as the next process would.
 * `onDeath` is called right then. To kill the provider's calls with it, use `createMortalProcess`.
 *
 * @example
 * ```ts
 * import { apply, declare, memoryStore, plan } from 'convergent'
 * import { createFakeBackend, createFaultyStore } from 'convergent/testing'
 *
 * const backend = createFakeBackend()
 * const faulty = createFaultyStore(memoryStore())
 * const options = { provider: backend.provider, store: faulty.store }
 * const changes = await plan([declare(backend.provider).named('a', { name: 'a' })], options)
 * faulty.fault({ operation: 'append', skip: 1, fault: 'reject' })
 * const problem = await apply(changes, options).result.catch((error: Error) => error.message)
 * problem // => 'scripted fault of the store: append was not done'
 * backend.objects().length // => 0
 * ```
 */
export function createFaultyStore(store: Store, options: { readonly onDeath?: () => void } = {}): FaultyStore {
  const scripts: Script[] = []
  const operations: string[] = []
  let isDead = false
  const die = (): Promise<never> => {
    isDead = true
    options.onDeath?.()
    return silence()
  }
  const take = (operation: string): StoreFault | undefined => {
    const at = scripts.findIndex((script) => (script.fault.operation ?? (script.fault.fault === 'tear' ? 'append' : operation)) === operation && script.left-- <= 0)
    return at < 0 ? undefined : scripts.splice(at, 1)[0]?.fault
  }
  const perform = async (operation: string, args: readonly unknown[], make: (...args: readonly unknown[]) => Promise<unknown>): Promise<unknown> => {
    if (isDead) return silence()
    operations.push(describe(operation, args))
    const fault = take(operation)
    if (fault?.fault === 'reject') throw new StoreError(`scripted fault of the store: ${operation} was not done`)
    if (fault?.fault === 'die-before') return die()
    if (fault?.fault === 'tear') {
      const [lease, run, entries] = args as Parameters<Store['append']>
      const kept = entries.slice(0, fault.keep ?? entries.length - 1)
      if (kept.length > 0) await store.append(lease, run, kept)
      return die()
    }
    const result = await make(...args)
    if (isDead) return silence()
    if (fault?.fault === 'die-after') return die()
    if (fault?.fault === 'reject-after') throw new StoreError(`scripted fault of the store: ${operation} was done, and the answer was lost`)
    return result
  }
  const copy = copyOf(store)
  for (const [name, member] of Object.entries(copy)) {
    if (typeof member !== 'function') continue
    const make = member as (...args: readonly unknown[]) => never
    copy[name] =
      name === 'entries'
        ? (...args: readonly unknown[]) => readAll(() => perform(name, args, async () => make(...args)) as Promise<AsyncIterable<Entry>>)
        : (...args: readonly unknown[]) => perform(name, args, make)
  }
  return {
    store: copy as unknown as Store,
    fault: (fault) => void scripts.push({ fault, left: fault.skip ?? 0 }),
    operations,
    get isDead() {
      return isDead
    },
  }
}

/** What a dead process waits for. */
export function silence(): Promise<never> {
  return new Promise<never>(() => undefined)
}

async function* readAll(open: () => Promise<AsyncIterable<Entry>>): AsyncGenerator<Entry> {
  yield* await open()
}

function describe(operation: string, args: readonly unknown[]): string {
  if (operation !== 'append') return operation
  const entries = args[2] as readonly Entry[]
  return `append ${entries.map((entry) => ('step' in entry ? `${entry.kind} ${entry.step}` : entry.kind)).join(', ')}`
}
