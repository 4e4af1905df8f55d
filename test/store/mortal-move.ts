import type { Lease, Store } from '../../src/store/store.ts'
import { copyOf } from '../../src/testing/intercept.ts'

/** A process that dies at its k-th operation on any of its stores: before it, or right after it. */
export interface MortalStores {
  readonly wrap: (store: Store) => Store
  /** True: it died. */
  readonly isDead: () => boolean
  /** What it does, or undefined when it dies over that. */
  readonly outlive: <T>(work: Promise<T>) => Promise<T | undefined>
  /** Frees what the dead one had claimed, as its stores would find out. */
  readonly bury: () => Promise<void>
}

export function createMortalStores(at: 'before' | 'after', operation: number): MortalStores {
  let operations = 0
  let isDead = false
  let tell!: () => void
  const death = new Promise<undefined>((resolve) => (tell = () => resolve(undefined)))
  const held = new Map<Lease, Store>()
  const die = (): Promise<never> => {
    isDead = true
    tell()
    return new Promise<never>(() => undefined)
  }
  const wrap = (store: Store): Store => {
    const copy = copyOf(store)
    for (const [name, member] of Object.entries(copy)) {
      if (typeof member !== 'function' || name === 'entries') continue
      copy[name] = async (...args: readonly unknown[]) => {
        const mine = ++operations
        if (isDead || (mine === operation && at === 'before')) return die()
        const result = (await (member as (...args: readonly unknown[]) => Promise<unknown>)(...args)) as Lease
        if (name === 'claim') held.set(result, store)
        if (name === 'release') held.delete(args[0] as Lease)
        return isDead || (mine === operation && at === 'after') ? die() : result
      }
    }
    return copy as unknown as Store
  }
  return {
    wrap,
    isDead: () => isDead,
    outlive: (work) => Promise.race([work, death]),
    bury: async () => {
      for (const [lease, store] of held) await store.release(lease)
    },
  }
}
