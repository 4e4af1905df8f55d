import type { Action, Step } from '../../../src/core/action.ts'
import type { Address } from '../../../src/core/address.ts'
import type { ErrorRecord, FaultKind } from '../../../src/core/errors.ts'
import { addSettles } from '../../../src/core/planning/settles.ts'
import { runWhole } from '../../../src/core/portion.ts'
import { groupOfStep, isSettler, layOutFlow, type Flow } from '../../../src/core/run/flow.ts'
import type { Effect, Signal } from '../../../src/core/run/signal.ts'
import { createRandom } from '../../../src/testing/manual-clock.ts'

/** Chance out of a seed. */
export class Chance {
  readonly #random: () => number

  constructor(seed: number) {
    this.#random = createRandom(seed)
  }

  happens(probability: number): boolean {
    return this.#random() < probability
  }

  pick<const T>(choices: readonly T[]): T {
    return choices[Math.floor(this.#random() * choices.length)] as T
  }

  /** One of them, as often as its weight says. */
  draw<const K extends string>(weights: Readonly<Record<K, number>>): K {
    const all = Object.entries(weights) as [K, number][]
    let left = this.#random() * all.reduce((sum, [, weight]) => sum + weight, 0)
    return (all.find(([, weight]) => (left -= weight) < 0) ?? (all[0] as [K, number]))[0]
  }
}

/** A plan of some writes, and the groups to which earlier runs have written. */
export interface Sketch {
  readonly flow: Flow
  readonly leftOver: readonly string[]
}

/** Types are groups, but for `none`; `b` is settled after `a`. */
export function drawPlan(chance: Chance, hasPhases: boolean): Sketch {
  const phases = hasPhases ? ['one', 'two', 'three'].slice(0, chance.pick([1, 2, 3])) : []
  const leftOver = ['a', 'b'].filter(() => chance.happens(0.25))
  const writes: Action[] = []
  let phase = 0
  for (let left = chance.pick([0, 1, 2, 3, 4, 5, 6, 7]); left > 0; left--) {
    if (chance.happens(0.3)) phase = Math.min(phase + 1, phases.length - 1)
    writes.push(drawWrite(chance, writes, phases[phase]))
  }
  const groupOf = (type: string): string | undefined => (type === 'none' ? undefined : type)
  const actions = runWhole(addSettles(writes, { groups: { a: {}, b: { after: ['a'] }, c: {} }, groupOf, unsettled: leftOver, phases }))
  return { flow: runWhole(layOutFlow(actions, phases.map((name) => ({ name })))), leftOver }
}

function drawWrite(chance: Chance, before: readonly Action[], phase: string | undefined): Action {
  const address: Address = `${chance.pick(['a', 'b', 'c', 'none'])}/${before.length}`
  const others = before.filter(() => chance.happens(0.3))
  const call = chance.draw({ create: 3, update: 3, delete: 1, run: 1, forget: 1, replace: 2 })
  const after = others.map(({ steps }) => (steps.at(-1) as Step).key)
  const steps: Step[] = call === 'replace' ? [{ key: `delete:${address}`, call: 'delete', after }, { key: `create:${address}`, call: 'create', after: [`delete:${address}`] }] : [{ key: `${call}:${address}`, call, after }]
  const dependsOn = [...others.map((other) => other.address), ...(chance.happens(0.3) ? ['a/old' as const] : [])]
  return { address, kind: call === 'run' ? 'operation' : call, changes: [], steps, fingerprint: 'x', dependsOn, ...(chance.happens(0.3) && { settleBefore: true }), ...(phase !== undefined && { phase }) }
}

/** Something that was written, and that a settle makes effective. `step`: -1 for what earlier runs wrote. */
interface Landing {
  readonly step: number
  readonly group: string
}

/** The backend, and all who answer: what is true, whatever the run knows of it. */
export class SettleWorld {
  /** What is written and not effective. */
  readonly ineffective = new Set<Landing>()
  readonly #flow: Flow
  readonly #chance: Chance
  /** Steps that have happened. */
  readonly #happened = new Set<number>()
  /** Calls that nobody waits for any more, and that may happen yet. */
  readonly #late = new Set<number>()

  constructor({ flow, leftOver }: Sketch, chance: Chance) {
    this.#flow = flow
    this.#chance = chance
    for (const group of leftOver) this.ineffective.add({ step: -1, group })
  }

  /** Says what somebody answers, once it does; undefined: nobody is asked. */
  answer(effect: Effect): (() => Signal) | undefined {
    const chance = this.#chance
    switch (effect.kind) {
      case 'inspect':
        return () => this.#inspect(effect.step)
      case 'perform':
        return isSettler(this.#flow, effect.step) ? this.#settle(effect.step) : this.#write(effect.step)
      case 'probe':
        return () => this.#probe(effect.step)
      case 'wait':
        return () => ({ kind: 'waited', step: effect.step })
      case 'rest':
        return () => ({ kind: 'rested' })
      case 'decide':
        return () => ({ kind: 'decided', step: effect.step, choice: chance.pick(['retry', 'skip', 'abort', 'pause', 'rollback']), by: 'somebody' })
      case 'hook':
        return () => ({ kind: 'hooked', awaited: true, results: [{ hook: 'h', on: effect.on, ...(effect.phase !== undefined && { phase: effect.phase }), status: chance.happens(0.2) ? 'failed' : 'succeeded', durationMs: 0 }] })
      default:
        return undefined
    }
  }

  /** A call that nobody waits for any more happens after all, or never will. */
  resolveLate(only = [...this.#late]): void {
    for (const step of only) if (this.#late.delete(step) && this.#chance.happens(0.5)) this.#land(step)
  }

  #land(step: number): void {
    this.#happened.add(step)
    const group = groupOfStep(this.#flow, step)
    if (group !== undefined) this.ineffective.add({ step, group })
  }

  #inspect(step: number): Signal {
    this.resolveLate([step])
    if (isSettler(this.#flow, step)) return { kind: 'inspected', step }
    const nothing = this.#callOf(step) === 'run' ? ({ kind: 'inspected', step, adapted: 'done already' } as const) : ({ kind: 'inspected', step, settled: { remove: 'x/y' } } as const)
    if (this.#happened.has(step) && this.#chance.happens(0.9)) return nothing
    const kind = this.#chance.draw({ fine: 80, moved: 5, nothing: 5, refused: 3, fatal: 4, retryable: 3 })
    if (kind === 'moved') return { kind, step, message: 'moved' }
    if (kind === 'refused') return { kind, step, message: 'refused', checks: [] }
    if (kind === 'fine') return { kind: 'inspected', step }
    return kind === 'nothing' ? nothing : this.#fail(step, kind, 400)
  }

  #probe(step: number): Signal {
    this.resolveLate([step])
    const answer = this.#chance.draw({ truth: 60, unknown: 30, repeatable: 5, silence: 5 })
    if (answer === 'silence') return this.#fail(step, 'retryable', undefined)
    return { kind: 'probed', step, answer: answer !== 'truth' ? answer : this.#happened.has(step) ? 'happened' : 'absent' }
  }

  #settle(step: number): () => Signal {
    const group = groupOfStep(this.#flow, step)
    const made = [...this.ineffective].filter((landing) => landing.group === group)
    return () => {
      const end = this.#chance.draw({ done: 75, refused: 8, busy: 4, silent: 5, ambiguous: 5, hung: 3 })
      const hasSettled = end === 'done' || ((end === 'ambiguous' || end === 'hung') && this.#chance.happens(0.5))
      if (hasSettled) for (const landing of made) this.ineffective.delete(landing)
      if (end === 'done' || end === 'hung') return { kind: end, step }
      return end === 'refused' ? this.#fail(step, 'fatal', 400) : end === 'busy' ? this.#fail(step, 'retryable', 429) : this.#fail(step, end === 'silent' ? 'retryable' : 'ambiguous', undefined, true)
    }
  }

  #write(step: number): () => Signal {
    const end = this.#chance.draw({ done: 55, refused: 10, threw: 8, busy: 4, silent: 5, ambiguous: 13, hung: 5 })
    // An operation may have done something before it fails, and what throws may have thrown at the reply.
    const mayLand = end === 'threw' || end === 'ambiguous' || (end === 'refused' && this.#callOf(step) === 'run')
    const lands = end === 'done' || (mayLand && this.#chance.happens(0.5))
    const isEarly = this.#chance.happens(0.5)
    if (lands && isEarly) this.#land(step)
    else this.#late.add(step)
    return () => {
      const wasOpen = end !== 'hung' && this.#late.delete(step)
      if (lands && wasOpen) this.#land(step)
      if (end === 'done' || end === 'hung') return { kind: end, step }
      return end === 'refused' ? this.#fail(step, 'fatal', 400) : end === 'threw' ? this.#fail(step, 'fatal', undefined) : end === 'busy' ? this.#fail(step, 'retryable', 429) : this.#fail(step, end === 'silent' ? 'retryable' : 'ambiguous', this.#chance.pick([418, undefined]), this.#chance.happens(0.5))
    }
  }

  #callOf(step: number): Step['call'] | undefined {
    return this.#flow.steps[step]?.call
  }

  #fail(step: number, fault: FaultKind, status: number | undefined, repeatable = true): Signal {
    const error: ErrorRecord = { code: 'provider', message: 'no', kind: fault, ...(status !== undefined && { status }) }
    return { kind: 'failed', step, error, fault, repeatable }
  }
}
