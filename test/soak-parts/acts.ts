import { checkpoint } from '../../src/engine/checkpoint.ts'
import type { Chance } from '../soak/chance.ts'
import { describeLeft } from '../soak/words.ts'
import { carryOut, type TaskEnd } from './carry-out.ts'
import { pick } from './death.ts'
import { STACK, type Declared, type Job, type Stage } from './stage.ts'

/** Brings what is declared about, and compares. */
export async function reach<D extends Declared, V, F>(stage: Stage<D, V, F>, declaration: D, deaths: number): Promise<void> {
  if (stage.faults.length > 0) return
  const end = await carryOut(stage, { first: 'apply', job: jobOf(declaration), deaths })
  if (end !== undefined) await checkReached(stage, declaration, `generation ${declaration.generation}`)
}

/** Everything is there as declared, recorded, and nothing is left to do: neither now, nor once everything is over on the server. */
export async function checkReached<D extends Declared, V, F>(stage: Stage<D, V, F>, declaration: D, where: string, isDestroyed = false): Promise<void> {
  const { faults } = stage
  if (faults.length > 0) return
  const compare = async (at: string): Promise<void> => {
    for (const fault of await stage.compareDeclared(await stage.checkRest(at), isDestroyed ? undefined : declaration)) faults.push(`${at}: ${fault}`)
  }
  await compare(where)
  const word = await stage.runHost({ ...jobOf(declaration), work: 'plan', mode: isDestroyed ? 'destroy' : 'sync' })
  for (const fault of describeLeft(word)) faults.push(`${where}: ${fault}`)
  await stage.finishTasks()
  await compare(`${where}, in the end`)
  await stage.useIt?.()
}

/** Takes a run back, and compares with what was before. */
export async function takeBack<D extends Declared, V, F>(stage: Stage<D, V, F>, first: D, { run }: TaskEnd, before: V): Promise<void> {
  await stage.useIt?.()
  const between = await stage.look()
  const end = await carryOut(stage, { first: 'rollback', job: { ...jobOf(first), of: run.id }, deaths: drawDeaths(stage, 0, 2) })
  if (end !== undefined) await checkTakenBack(stage, first, before, between, end.problems)
}

/** What nobody can know is named, and a person looks after it; all else is as before. */
export async function checkTakenBack<D extends Declared, V, F>(stage: Stage<D, V, F>, first: D, before: V, between: V, problems: readonly string[]): Promise<void> {
  const { faults } = stage
  if (faults.length > 0) return
  await stage.finishTasks()
  const named = await stage.removeLeft(problems, first)
  if (named.size === 0) await stage.checkRest('taken back')
  const isNamed = (fault: string): boolean => [...named].some((address) => fault.includes(`${address}:`) || fault.includes(`${address} `))
  for (const fault of stage.compareBefore(before, between, await stage.look())) if (!isNamed(fault)) faults.push(`taken back: ${fault}`)
  if (named.size > 0) return reach(stage, first, 0)
  await checkReached(stage, first, 'taken back')
}

/** Applies what fails; what is done then stays, or is taken back. `fate`: what makes it fail, where that is not what is declared. */
export async function doom<D extends Declared, V, F>(stage: Stage<D, V, F>, first: D, declaration: D, why: string, fate?: F): Promise<void> {
  if (stage.faults.length > 0) return
  const before = await stage.look()
  const onFailure = pick(stage.chance, ['stop', 'continue', 'rollback'] as const)
  const end = await carryOut(stage, { first: 'apply', job: { ...jobOf(declaration), onFailure }, deaths: drawDeaths(stage, 0, 2), isDoomed: true, ...(fate !== undefined && { fate }) })
  if (end === undefined) return
  // Somebody may have come too late, or a host may have died before he came.
  if (end.outcome === 'succeeded' && fate === undefined) stage.faults.push(`it succeeded in spite of "${why}"`)
  // What a host that died has heard is not heard, and another failure may have come first.
  stage.story.push(`it came to ${end.outcome}${end.problems.some((problem) => problem.includes(why)) ? ` since "${why}"` : ''}`)
  if (end.outcome === 'succeeded') return
  if (onFailure === 'rollback') return checkTakenBack(stage, first, before, await stage.look(), end.problems)
  await stage.finishTasks()
  await stage.checkRest(`after a failure, with ${onFailure}`, true)
}

/** Ways that are the same on every stage. All begin with a declaration that is applied, and end with one that is there, or with nothing. */
export const ACTS = {
  sync: async <D extends Declared, V, F>(stage: Stage<D, V, F>, first: D): Promise<void> => {
    await reach(stage, first, drawDeaths(stage, 0, 2))
    await disturb(stage)
    await reach(stage, next(first), drawDeaths(stage, 1, 3))
    await disturb(stage)
    await reach(stage, next(next(first)), drawDeaths(stage, 0, 2))
  },
  rollback: async <D extends Declared, V, F>(stage: Stage<D, V, F>, first: D): Promise<void> => {
    await reach(stage, first, drawDeaths(stage, 0, 1))
    const before = await stage.look()
    // Whatever it came to: another plan after it would have to be taken back as well.
    const changed = await carryOut(stage, { first: 'apply', job: jobOf(next(first)), deaths: drawDeaths(stage, 1, 2), isLeft: stage.chance() < 0.6, isDoomed: true })
    if (changed !== undefined) await takeBack(stage, first, changed, before)
  },
  fail: async <D extends Declared, V, F>(stage: Stage<D, V, F>, first: D): Promise<void> => {
    await reach(stage, first, drawDeaths(stage, 0, 1))
    const before = await stage.look()
    const fate = stage.drawFailure()
    const end = await carryOut(stage, { first: 'apply', job: { ...jobOf(next(first)), onFailure: 'rollback' }, deaths: drawDeaths(stage, 0, 2), fate })
    if (end === undefined) return
    if (end.outcome === 'succeeded') return checkReached(stage, next(first), 'nothing failed')
    await checkTakenBack(stage, first, before, await stage.look(), end.problems)
  },
  restore: async <D extends Declared, V, F>(stage: Stage<D, V, F>, first: D): Promise<void> => {
    await reach(stage, first, drawDeaths(stage, 0, 1))
    const { id } = await checkpoint('before', { store: stage.openStore(), stack: STACK })
    await reach(stage, next(first), drawDeaths(stage, 0, 1))
    await carryOut(stage, { first: 'restore', job: { ...jobOf(first), of: id }, deaths: drawDeaths(stage, 1, 2) })
    await checkReached(stage, first, 'restored')
  },
  abandon: async <D extends Declared, V, F>(stage: Stage<D, V, F>, first: D): Promise<void> => {
    await reach(stage, first, drawDeaths(stage, 0, 1))
    const left = await carryOut(stage, { first: 'apply', job: jobOf(next(first)), deaths: drawDeaths(stage, 1, 2), isLeft: true })
    if (left?.open === true) {
      const word = await stage.runHost({ ...jobOf(next(first)), work: 'abandon' })
      await stage.finishTasks()
      if (word?.said === 'ended') await stage.removeLeft(word.problems, next(first))
    }
    await reach(stage, next(first), drawDeaths(stage, 0, 2))
  },
  destroy: async <D extends Declared, V, F>(stage: Stage<D, V, F>, first: D): Promise<void> => {
    await reach(stage, first, drawDeaths(stage, 0, 1))
    await carryOut(stage, { first: 'apply', job: { ...jobOf(first), mode: 'destroy' }, deaths: drawDeaths(stage, 1, 3) })
    await checkReached(stage, first, 'destroyed', true)
  },
} as const

/** A job that brings a declaration about. */
export function jobOf<D extends Declared>(declaration: D): Omit<Job<D>, 'work'> {
  return { declaration, mode: 'sync', onFailure: 'stop' }
}

/** The declaration after this one. */
export function next<D extends Declared>(declaration: D): D {
  return { ...declaration, generation: declaration.generation + 1 }
}

/** How many hosts die. */
export function drawDeaths({ chance }: { readonly chance: Chance }, least: number, most: number): number {
  return least + Math.floor(chance() * (most - least + 1))
}

async function disturb<D extends Declared, V, F>({ faults, disturb: act }: Stage<D, V, F>): Promise<void> {
  if (faults.length === 0) await act?.()
}
