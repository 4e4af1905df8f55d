import { setImmediate } from 'node:timers/promises'
import type { Resource } from '../../src/core/resource.ts'
import type { Clock } from '../../src/engine/clock.ts'
import type { ApplyOptions } from '../../src/engine/options.ts'
import { plan } from '../../src/engine/plan.ts'
import { declare } from '../../src/provider/declare.ts'
import type { CallContext } from '../../src/provider/context.ts'
import type { Provider } from '../../src/provider/provider.ts'
import type { Store } from '../../src/store/store.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

/** A gate that work waits at until it is opened. */
export function createGate(): { readonly passed: Promise<void>; readonly open: () => void; readonly reached: () => boolean; readonly wait: () => Promise<void> } {
  let open!: () => void
  let isReached = false
  const passed = new Promise<void>((resolve) => (open = resolve))
  return { passed, open, reached: () => isReached, wait: () => ((isReached = true), passed) }
}

/** One machine: its own clock, which stands while the machine is suspended. */
export interface Host {
  readonly options: ApplyOptions & { readonly clock: Clock }
  readonly clock: Clock
  /** Calls of its provider, each with the time of this host. */
  readonly calls: readonly { readonly call: string; readonly name: string; readonly atMs: number }[]
  /** Goes on by this much. */
  readonly advance: (ms: number) => Promise<void>
  /** Its clock was standing, and is right again: no timer has had a chance yet. */
  readonly jump: (ms: number) => void
  readonly pendingTimers: () => number
}

/** Several machines that share a backend and a store. */
export function createWorld(shared: Store) {
  const backend = createFakeBackend()
  let busy = 0
  const watch = (store: Store): Store =>
    new Proxy(store, {
      get(target, key) {
        const member: unknown = Reflect.get(target, key, target)
        if (typeof member !== 'function' || key === 'entries') return member
        return async (...given: readonly unknown[]) => {
          busy++
          try {
            return await (member as (...given: readonly unknown[]) => Promise<unknown>).apply(target, [...given])
          } finally {
            busy--
          }
        }
      },
    })
  /** Lets the store end what it is at: its disk knows nothing of the hosts' clocks. */
  const settle = async (): Promise<void> => {
    for (let quiet = 0; quiet < 4; quiet = busy === 0 ? quiet + 1 : 0) await setImmediate()
  }
  const createHost = (holder: string, more: { readonly store?: (store: Store) => Store; readonly onCreate?: (name: string, context: CallContext) => Promise<void>; readonly options?: Partial<ApplyOptions> } = {}): Host => {
    const manual = manualClock()
    let jumpedMs = 0
    const clock: Clock = { ...manual, now: () => manual.now() + jumpedMs, monotonic: () => manual.monotonic() + jumpedMs, id: () => crypto.randomUUID() }
    const calls: { call: string; name: string; atMs: number }[] = []
    const { named } = backend.provider.types
    const note = (call: string, name: string): void => void calls.push({ call, name, atMs: clock.monotonic() })
    const provider: Provider = {
      ...backend.provider,
      types: {
        ...backend.provider.types,
        named: {
          ...named,
          find: (request, context) => (note('find', request.name), named.find!(request as never, context)),
          create: async (request, context) => {
            note('create', request.name)
            await more.onCreate?.(request.name, context)
            return named.create(request as never, context)
          },
        },
      },
    }
    const store = more.store === undefined ? watch(shared) : more.store(watch(shared))
    return {
      options: { provider, store, clock, holder, concurrency: 1, ...more.options },
      clock,
      calls,
      advance: (ms) => manual.advance(ms),
      jump: (ms) => void (jumpedMs += ms),
      pendingTimers: () => manual.pending(),
    }
  }
  /** Time goes by for these hosts alone. */
  const pass = async (ms: number, ...hosts: readonly Host[]): Promise<void> => {
    await settle()
    for (let passedMs = 0; passedMs < ms; passedMs += 1_000) {
      for (const host of hosts) await host.advance(Math.min(1_000, ms - passedMs))
      await settle()
    }
  }
  /** Time goes by for these hosts until it holds. */
  const until = async (holds: () => boolean, ...hosts: readonly Host[]): Promise<void> => {
    for (let tries = 0; !holds(); tries++) {
      if (tries > 2_000) throw new Error('it never came to that')
      await pass(250, ...hosts)
    }
  }
  const { named } = declare(backend.provider)
  return {
    backend,
    createHost,
    pass,
    until,
    settle,
    named: (name: string, after?: Resource & { readonly id: unknown }) => named(name, { name, ...(after !== undefined && { ref: after.id }) } as never),
    planFor: (host: Host, ...resources: readonly Resource[]) => plan(resources, { provider: host.options.provider, store: shared, clock: host.clock }),
    /** What a promise has come to so far. */
    follow: <T>(work: PromiseLike<T>) => {
      const seen: { value?: T; error?: unknown; isOver: boolean } = { isOver: false }
      work.then(
        (value) => Object.assign(seen, { value, isOver: true }),
        (error: unknown) => Object.assign(seen, { error, isOver: true }),
      )
      return seen
    },
  }
}

/** The members of a store as they are, whatever they are bound to. */
export function copyOf(store: Store): Store {
  const members = ['load', 'commit', 'claim', 'renew', 'holding', 'release', 'append', 'entries', 'runs', 'put', 'get', 'list', 'remove', 'backup', 'prune'] as const
  return { name: store.name, capabilities: store.capabilities, ...Object.fromEntries(members.map((name) => [name, store[name]])) } as unknown as Store
}
