import { formatAddress, type Address } from '../core/address.ts'
import type { Entry } from '../core/entry.ts'
import { ProviderError } from '../core/errors.ts'
import { systemClock, type Clock } from '../engine/clock.ts'
import type { Provider } from '../provider/provider.ts'
import type { Lease, Store } from '../store/store.ts'
import { createFaultyStore, silence, type StoreFault } from './faulty-store.ts'
import { copyOf, interceptProvider, type ProviderCall } from './intercept.ts'
import { createMortalClock } from './mortal-clock.ts'

/** Which call of a provider is meant. */
export interface CallPoint {
  /** What is asked. */
  readonly call: 'create' | 'update' | 'delete' | 'run' | 'undo' | 'settle'
  /** The resource or operation: `type/name`, or `settle/group`. Default: any. */
  readonly address?: Address
  /** Lets this many matching calls pass first. Default: 0. */
  readonly skip?: number
}

/**
 * Where a process dies. `before-call`: it is recorded that the call begins, and it is never made. `after-effect`: the backend has
 * done it, and nothing of that is recorded. `after-record`: its success is durable, and nothing has come of that yet. `before` and
 * `after`: at the n-th operation, counting from 1 each call of the provider and each operation of the store: with these a test
 * goes through every instant at which a process can die.
 */
export type CrashPoint =
  | (CallPoint & {
      /** Which side of the call. */
      readonly at: 'before-call' | 'after-effect' | 'after-record'
    })
  | {
      /** Which side of the operation. */
      readonly at: 'before' | 'after'
      /** Counts from 1. */
      readonly operation: number
    }

/** One process of a host, which a test can kill. */
export interface MortalProcess<P extends Provider = Provider> {
  /** The provider as this process has it. */
  readonly provider: P
  /** The store as this process has it. */
  readonly store: Store
  /** The clock as this process has it: its timers die with it. */
  readonly clock: Clock
  /** Every call and every operation of the store so far, for people: `create named/a`, `append started create:named/a`. */
  readonly operations: readonly string[]
  /** True: it is dead. Its calls reach no backend, its appends no store, and its promises never settle. */
  readonly isDead: boolean
  /** Says where it dies. */
  crash(point: CrashPoint): void
  /** A call that happens, and whose reply is lost. The process lives. */
  loseReply(point: CallPoint): void
  /** Scripts a fault of the store; what kills the store kills the process. */
  failStore(fault: StoreFault): void
  /** Dies now. */
  kill(): void
  /** Waits for the end of the work or of the process: undefined when it died first. */
  outlive<T>(work: PromiseLike<T>): Promise<T | undefined>
  /** The next process, on the same backend and store. The leases that this one left have expired for it. */
  restart(): MortalProcess<P>
}

/** What a process works with. */
export interface MortalProcessOptions<P extends Provider = Provider> {
  /** The provider that is tested with it. */
  readonly provider: P
  /** What it holds outlives the process. */
  readonly store: Store
  /** Default: the real one. */
  readonly clock?: Clock
}

/**
 * Makes a process that a test can kill at any instant, without a second process: what it does after that has no effect. Give its
 * `provider`, `store` and `clock` to the engine, say where it dies, and go on with `restart()` as the next process would.
 *
 * @example
 * ```ts
 * // Whatever the instant at which my host dies: resumed, everything is there once.
 * import { apply, declare, memoryStore, plan, resume } from 'convergent'
 * import { createFakeBackend, createMortalProcess, manualClock } from 'convergent/testing'
 *
 * const ends: string[] = []
 * for (let operation = 1, hasDied = true; hasDied; operation++) {
 *   const backend = createFakeBackend() // or what stands for your own backend, with your own provider
 *   const first = createMortalProcess({ provider: backend.provider, store: memoryStore(), clock: manualClock({ auto: true }) })
 *   const { named } = declare(first.provider)
 *   const changes = await plan([named('a', { name: 'a' }), named('b', { name: 'b' })], first)
 *   first.crash({ at: 'after', operation: first.operations.length + operation })
 *   await first.outlive(apply(changes, first))
 *   hasDied = first.isDead
 *   const next = first.restart()
 *   const [run] = await next.store.runs('default')
 *   if (hasDied && run === undefined) await apply(changes, next)
 *   else if (hasDied && !run?.ended) await resume(undefined, next)
 *   ends.push(backend.objects().map(({ fields }) => fields.name).sort().join(' '))
 * }
 * ends.length > 10 // => true
 * new Set(ends) // => new Set(['a b'])
 * ```
 */
export function createMortalProcess<P extends Provider>(options: MortalProcessOptions<P>): MortalProcess<P> {
  return startProcess(options, [])
}

function startProcess<P extends Provider>({ provider, store, clock = systemClock }: MortalProcessOptions<P>, left: readonly Lease[]): MortalProcess<P> {
  const points: { readonly point: CrashPoint; left: number }[] = []
  const losses: { readonly point: CallPoint; left: number }[] = []
  const operations: string[] = []
  const held = new Set<Lease>()
  let isDead = false
  let tellDeath!: () => void
  const death = new Promise<undefined>((resolve) => (tellDeath = () => resolve(undefined)))
  const mortal = createMortalClock(clock)
  const die = (): Promise<never> => {
    isDead = true
    mortal.stop()
    tellDeath()
    return silence()
  }
  const diesAt = (at: CrashPoint['at'], fits: (point: CrashPoint) => boolean): boolean => points.some((each) => each.point.at === at && fits(each.point) && each.left-- <= 0)
  const diesAtCall = (at: 'before-call' | 'after-effect', call: ProviderCall): boolean => diesAt(at, (point) => 'call' in point && fitsCall(point, call))
  const diesAtOperation = (at: 'before' | 'after', operation: number): boolean => diesAt(at, (point) => 'operation' in point && point.operation === operation)
  const diesOfRecord = (entries: readonly Entry[]): boolean => entries.some((entry) => entry.kind === 'succeeded' && diesAt('after-record', (point) => 'call' in point && fitsStep(point, entry.step)))

  /** Counts an operation, and lets it happen as far as the process lives. */
  const around = async <T>(what: string, make: () => Promise<T>, afterwards: () => boolean): Promise<T> => {
    if (isDead) return silence()
    const operation = operations.push(what)
    if (diesAtOperation('before', operation)) return die()
    try {
      const result = await make()
      if (isDead) return silence()
      if (afterwards() || diesAtOperation('after', operation)) return die()
      return result
    } catch (error) {
      if (isDead) return silence()
      throw error
    }
  }
  const tracked: Store = {
    ...(copyOf(store) as unknown as Store),
    async claim(...args) {
      for (const lease of left) if (lease.stack === args[0]) await store.release(lease)
      const lease = await store.claim(...args)
      held.add(lease)
      return lease
    },
    async release(lease) {
      await store.release(lease)
      held.delete(lease)
    },
  }
  const faulty = createFaultyStore(tracked, { onDeath: () => void die() })
  const watched = {
    ...faulty.store,
    ...Object.fromEntries(
      Object.entries(faulty.store)
        .filter(([name, member]) => typeof member === 'function' && name !== 'entries')
        .map(([name, member]: [string, (...args: readonly unknown[]) => Promise<unknown>]) => [
          name,
          async (...args: readonly unknown[]) => {
            const entries = name === 'append' ? (args[2] as readonly Entry[]) : []
            return around(describeStoreCall(name, entries), () => member(...args), () => diesOfRecord(entries))
          },
        ]),
    ),
  } as Store
  return {
    provider: interceptProvider(provider, (call, make) => {
      if (diesAtCall('before-call', call)) return die()
      return around(
        describeCall(call),
        async () => {
          const result = await make()
          if (!isDead && losses.some((loss) => fitsCall(loss.point, call) && loss.left-- === 0)) throw new ProviderError('ambiguous', 'scripted loss of the reply', { status: 502 })
          return result
        },
        () => diesAtCall('after-effect', call),
      )
    }),
    store: watched,
    clock: mortal.clock,
    operations,
    get isDead() {
      return isDead
    },
    crash: (point) => void points.push({ point, left: 'call' in point ? (point.skip ?? 0) : 0 }),
    loseReply: (point) => void losses.push({ point, left: point.skip ?? 0 }),
    failStore: faulty.fault,
    kill: () => void die(),
    outlive: (work) => Promise.race([work, death]),
    restart: () => {
      if (!isDead) void die()
      return startProcess({ provider, store, clock }, [...left, ...held])
    },
  }
}

function fitsCall({ call, address }: CallPoint, madeCall: ProviderCall): boolean {
  const made = madeCall.call === 'settle' ? { call: madeCall.call, type: 'settle', name: madeCall.type } : madeCall
  return call === made.call && (address === undefined || (made.name !== undefined && address === formatAddress(made.type, made.name)))
}

function fitsStep({ call, address }: CallPoint, step: string): boolean {
  return address === undefined ? step.startsWith(`${call}:`) : step === `${call}:${address}`
}

function describeCall({ call, type, name, id }: ProviderCall): string {
  return `${call} ${name === undefined ? (id ?? type) : `${type}/${name}`}`
}

function describeStoreCall(name: string, entries: readonly Entry[]): string {
  return entries.length === 0 ? name : `${name} ${entries.map((entry) => ('step' in entry ? `${entry.kind} ${entry.step}` : entry.kind)).join(', ')}`
}
