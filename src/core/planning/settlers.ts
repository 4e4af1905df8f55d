import { formatAddress, type Address } from '../address.ts'
import type { SettleRules } from '../settle-rules.ts'
import { SETTLE_TYPE } from './settle-group-order.ts'
import { LEFT_OVER } from './settle-waves.ts'

/** One time that a group is settled. */
export interface Settler {
  readonly group: string
  readonly phase: number
  readonly address: Address
  /** Of the step that does so. */
  readonly key: string
  readonly after: readonly Settler[]
  /** True: it settles what earlier runs have written, too. */
  readonly isLeftOver: boolean
}

/** Which times each group is settled: at the end of each phase with writes of it, and after each wave that somebody waits for. */
export class Settlers {
  readonly all: Settler[] = []
  /** Each after those that are settled before it. */
  readonly #names: readonly string[]
  readonly #groups: Readonly<Record<string, SettleRules>>
  /** Waves with writes, by group and phase; true: somebody waits for them to be settled. */
  readonly #waves = new Map<string, Map<number, Map<number, boolean>>>()
  /** By group, phase and wave. */
  readonly #settlers = new Map<string, Settler[][]>()

  constructor(names: readonly string[], groups: Readonly<Record<string, SettleRules>>) {
    this.#names = names
    this.#groups = groups
  }

  noteWrite(group: string, phase: number, wave: number): void {
    const waves = this.#wavesOf(group, phase)
    if (!waves.has(wave)) waves.set(wave, false)
  }

  /** Earlier runs wrote to the group: that comes before the first wave. */
  noteLeftOver(group: string): void {
    this.noteWrite(group, 0, LEFT_OVER)
  }

  noteAwaited(group: string, phase: number, wave: number): void {
    this.#wavesOf(group, phase).set(wave, true)
  }

  /** What nobody waits for is settled together with what comes later. */
  choose(): void {
    for (const group of this.#names.toReversed())
      for (const [phase, waves] of this.#waves.get(group) ?? []) {
        waves.set(lastOf(waves.keys()), true)
        for (const [wave, isNeeded] of waves) if (isNeeded) for (const first of this.#listFirst(group, phase, wave)) this.noteAwaited(first.group, phase, first.wave)
      }
    for (const group of this.#names) this.#addAll(group)
  }

  /** The one that settles a write. */
  find(group: string, phase: number, wave: number): Settler {
    return this.#settlers.get(group)?.[phase]?.[wave] as Settler
  }

  #addAll(group: string): void {
    const phases = [...(this.#waves.get(group) ?? [])].sort(([a], [b]) => a - b)
    const isOnly = phases.flatMap(([, waves]) => [...waves.values()].filter(Boolean)).length === 1
    const settlers: Settler[][] = []
    this.#settlers.set(group, settlers)
    let number = 0
    let earlier: Settler | undefined
    for (const [phase, waves] of phases) {
      const pending: number[] = []
      const ofPhase: Settler[] = (settlers[phase] = [])
      for (const [wave, isNeeded] of [...waves].sort(([a], [b]) => a - b)) {
        pending.push(wave)
        if (!isNeeded) continue
        const address = formatAddress(SETTLE_TYPE, isOnly ? group : `${group}#${++number}`)
        const first = this.#listFirst(group, phase, wave).map((other) => this.find(other.group, phase, other.wave))
        const settler: Settler = { group, phase, address, key: `settle:${address}`, isLeftOver: phase === 0 && pending.includes(LEFT_OVER), after: earlier === undefined ? first : [...first, earlier] }
        for (const each of pending.splice(0)) ofPhase[each] = settler
        this.all.push(settler)
        earlier = settler
      }
    }
  }

  /** What is settled before a group: of each group that comes first, what is written by then. */
  #listFirst(group: string, phase: number, wave: number): readonly { readonly group: string; readonly wave: number }[] {
    return (this.#groups[group]?.after ?? []).flatMap((other) => {
      const waves = [...(this.#waves.get(other)?.get(phase)?.keys() ?? [])].filter((each) => each <= wave)
      return waves.length === 0 ? [] : [{ group: other, wave: lastOf(waves) }]
    })
  }

  #wavesOf(group: string, phase: number): Map<number, boolean> {
    const phases = this.#waves.get(group) ?? new Map<number, Map<number, boolean>>()
    this.#waves.set(group, phases)
    const waves = phases.get(phase) ?? new Map<number, boolean>()
    phases.set(phase, waves)
    return waves
  }
}

function lastOf(waves: Iterable<number>): number {
  let last = 0
  for (const wave of waves) last = Math.max(last, wave)
  return last
}
