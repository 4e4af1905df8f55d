import type { ServerClock } from '../../parts/server-clock.ts'
import { createConfig, listConfig, type Config, type Kind, type Snapshot } from './config.ts'

/** What is made effective on its own, by its own apply or reconfigure. */
export const subsystems = ['alias', 'filter', 'vlan', 'haproxy'] as const
/** One of them. */
export type Subsystem = (typeof subsystems)[number]

const KINDS: Readonly<Record<Subsystem, readonly Kind[]>> = { alias: ['alias'], filter: ['rule'], vlan: ['vlan'], haproxy: ['server', 'backend'] }

/** How long it takes from an apply that has answered until its effect is there. */
export interface Readiness {
  /** Default: 0. */
  readonly afterMs?: number
  /** Questions about the live state that still show the old one. Default: 0. */
  readonly afterPolls?: number
}

interface Pending {
  readonly config: Config
  readonly dueMs: number
  pollsLeft: number
}

/**
 * What runs. A subsystem takes over what was saved when it was told to, and nothing before: a rule may name an alias
 * that is not live yet, and then matches nobody.
 */
export class LiveState {
  readonly #live = createConfig()
  readonly #pending = new Map<Subsystem, Pending>()
  readonly #settles: Record<Subsystem, number> = { alias: 0, filter: 0, vlan: 0, haproxy: 0 }
  readonly #clock: ServerClock
  #readiness: Readiness

  constructor(clock: ServerClock, readiness: Readiness) {
    this.#clock = clock
    this.#readiness = readiness
  }

  /** From the next settle on. */
  delay(readiness: Readiness): void {
    this.#readiness = readiness
  }

  /** Takes over what is saved, now or when it is ready. */
  settle(subsystem: Subsystem, saved: Config): void {
    const { afterMs = 0, afterPolls = 0 } = this.#readiness
    if (afterMs === 0 && afterPolls === 0) {
      this.#pending.delete(subsystem)
      this.#takeOver(subsystem, saved)
    } else this.#pending.set(subsystem, { config: saved, dueMs: this.#clock.monotonic() + afterMs, pollsLeft: afterPolls })
  }

  /** One more settle was asked for, whatever came of it. */
  count(subsystem: Subsystem): void {
    this.#settles[subsystem]++
  }

  /** How often each was settled. */
  settles(): Readonly<Record<Subsystem, number>> {
    return { ...this.#settles }
  }

  /** What a client gets to see, which counts as a question. */
  look(subsystem: Subsystem): { readonly config: Config; readonly isReady: boolean } {
    const pending = this.#pending.get(subsystem)
    this.#advance(subsystem)
    if (pending !== undefined) pending.pollsLeft--
    return { config: this.#live, isReady: !this.#pending.has(subsystem) }
  }

  /** What is live, without asking. */
  list(): Snapshot {
    for (const subsystem of subsystems) this.#advance(subsystem)
    return listConfig(this.#live)
  }

  #advance(subsystem: Subsystem): void {
    const pending = this.#pending.get(subsystem)
    if (pending === undefined || pending.pollsLeft > 0 || this.#clock.monotonic() < pending.dueMs) return
    this.#pending.delete(subsystem)
    this.#takeOver(subsystem, pending.config)
  }

  #takeOver(subsystem: Subsystem, from: Config): void {
    for (const kind of KINDS[subsystem]) {
      this.#live[kind].clear()
      for (const [uuid, row] of from[kind]) this.#live[kind].set(uuid, row)
    }
  }
}
