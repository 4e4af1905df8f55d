import { checkpoint } from '../../src/engine/checkpoint.ts'
import { describeLeft } from '../soak/words.ts'
import { carryOut, type TaskEnd } from './carry-out.ts'
import { declareObjects, type Declaration } from './declaration.ts'
import { STACK } from './messages.ts'
import { compareBefore, compareDeclared, type View } from './oracle.ts'
import { removeLeft } from './person.ts'
import { runHost, type Fate, type Job } from './run-host.ts'
import { checkRest, finishOrders, lookView, openStore, type Scene } from './scene.ts'

/** How a round goes on once its first declaration stands. */
export type Way = 'sync' | 'rollback' | 'fail' | 'restore' | 'refuse' | 'use' | 'abandon' | 'destroy'

/** What each does. All begin with a declaration that is applied, and end with one that is there, or with nothing. */
export const WAYS: Readonly<Record<Way, (scene: Scene, first: Declaration) => Promise<void>>> = {
  sync: async (scene, first) => {
    await reach(scene, first, drawDeaths(scene, 0, 2))
    await reach(scene, next(first), drawDeaths(scene, 1, 3))
    await reach(scene, next(next(first)), drawDeaths(scene, 0, 2))
  },
  rollback: async (scene, first) => {
    await reach(scene, first, drawDeaths(scene, 0, 1))
    const before = await lookView(scene)
    const changed = await carryOut(scene, { first: 'apply', job: jobOf(next(first)), deaths: drawDeaths(scene, 1, 2), isLeft: scene.chance() < 0.6 })
    if (changed !== undefined) await takeBack(scene, first, changed, before)
  },
  fail: async (scene, first) => {
    await reach(scene, first, drawDeaths(scene, 0, 1))
    const before = await lookView(scene)
    const fault = { fault: scene.chance() < 0.5 ? 'fail' : 'fail-late', afterMs: 300, path: '^/configapi/', skip: Math.floor(scene.chance() * 12) } as const
    const end = await carryOut(scene, { first: 'apply', job: { ...jobOf(next(first)), onFailure: 'rollback' }, deaths: drawDeaths(scene, 0, 2), fate: { faults: [fault] } })
    if (end === undefined) return
    if (end.outcome === 'succeeded') return checkReached(scene, next(first), 'nothing failed')
    await checkTakenBack(scene, first, before, await lookView(scene), end.problems)
  },
  restore: async (scene, first) => {
    await reach(scene, first, drawDeaths(scene, 0, 1))
    const { id } = await checkpoint('before', { store: openStore(scene), stack: STACK })
    await reach(scene, next(first), drawDeaths(scene, 0, 1))
    await carryOut(scene, { first: 'restore', job: { ...jobOf(first), of: id }, deaths: drawDeaths(scene, 1, 2) })
    await checkReached(scene, first, 'restored')
  },
  refuse: async (scene, first) => {
    await reach(scene, first, drawDeaths(scene, 0, 1))
    await doom(scene, first, { ...next(first), trouble: 'refused' }, '/nowhere/')
    await reach(scene, next(first), drawDeaths(scene, 0, 1))
  },
  use: async (scene, first) => {
    await reach(scene, first, drawDeaths(scene, 0, 1))
    const { chance, director, neighbour, nodes } = scene
    const node = nodes[0] as string
    const edit = neighbour.use(node, true)
    const without = { ...next(first), trouble: 'without-spare' } as const
    // A plan sees what is used already, and leaves it.
    if (chance() < 0.3) {
      await director.ask({ ask: 'edit', edits: [edit] }, 'edited')
      await carryOut(scene, { first: 'apply', job: jobOf(without), deaths: drawDeaths(scene, 0, 1) })
      await checkRest(scene, 'with what somebody uses')
    } else await doom(scene, first, without, 'in use', { edits: [{ nth: 1, edit }] })
    await director.ask({ ask: 'edit', edits: [neighbour.use(node, false)] }, 'edited')
    await reach(scene, without, drawDeaths(scene, 0, 1))
  },
  abandon: async (scene, first) => {
    await reach(scene, first, drawDeaths(scene, 0, 1))
    const left = await carryOut(scene, { first: 'apply', job: jobOf(next(first)), deaths: drawDeaths(scene, 1, 2), isLeft: true })
    if (left?.open === true) {
      const word = await runHost(scene, { ...jobOf(next(first)), work: 'abandon' })
      await finishOrders(scene)
      if (word?.said === 'ended') await removeLeft(scene, word.problems, declareObjects(next(first)))
    }
    await reach(scene, next(first), drawDeaths(scene, 0, 2))
  },
  destroy: async (scene, first) => {
    await reach(scene, first, drawDeaths(scene, 0, 1))
    await carryOut(scene, { first: 'apply', job: { ...jobOf(first), mode: 'destroy' }, deaths: drawDeaths(scene, 1, 3) })
    await checkReached(scene, first, 'destroyed', true)
  },
}

/** Brings what is declared about, and compares. */
async function reach(scene: Scene, declaration: Declaration, deaths: number): Promise<void> {
  if (scene.faults.length > 0) return
  const end = await carryOut(scene, { first: 'apply', job: jobOf(declaration), deaths })
  if (end !== undefined) await checkReached(scene, declaration, `generation ${declaration.generation}`)
}

/** Everything is there as declared, recorded, and nothing is left to do: neither now, nor once every order is over. */
async function checkReached(scene: Scene, declaration: Declaration, where: string, isDestroyed = false): Promise<void> {
  if (scene.faults.length > 0) return
  const desired = isDestroyed ? [] : declareObjects(declaration)
  for (const fault of compareDeclared(await checkRest(scene, where), desired)) scene.faults.push(`${where}: ${fault}`)
  const word = await runHost(scene, { ...jobOf(declaration), work: 'plan', mode: isDestroyed ? 'destroy' : 'sync' })
  for (const fault of describeLeft(word)) scene.faults.push(`${where}: ${fault}`)
  await finishOrders(scene)
  for (const fault of compareDeclared(await checkRest(scene, `${where}, in the end`), desired)) scene.faults.push(`${where}, in the end: ${fault}`)
}

/** Takes a run back, and compares with what was before. */
async function takeBack(scene: Scene, first: Declaration, { run }: TaskEnd, before: View): Promise<void> {
  const between = await lookView(scene)
  const end = await carryOut(scene, { first: 'rollback', job: { ...jobOf(first), of: run.id }, deaths: drawDeaths(scene, 0, 2) })
  if (end !== undefined) await checkTakenBack(scene, first, before, between, end.problems)
}

/** What nobody can know is named, and a person looks after it; all else is as before. */
async function checkTakenBack(scene: Scene, first: Declaration, before: View, between: View, problems: readonly string[]): Promise<void> {
  if (scene.faults.length > 0) return
  await finishOrders(scene)
  const named = await removeLeft(scene, problems, declareObjects(first))
  if (named.size === 0) await checkRest(scene, 'taken back')
  const isNamed = (fault: string): boolean => [...named].some((address) => fault.includes(`${address}:`) || fault.includes(`${address} `))
  for (const fault of compareBefore(before, between, await lookView(scene))) if (!isNamed(fault)) scene.faults.push(`taken back: ${fault}`)
  if (named.size > 0) return reach(scene, first, 0)
  await checkReached(scene, first, 'taken back')
}

/** Applies what fails; what is done then stays, or is taken back. */
async function doom(scene: Scene, first: Declaration, declaration: Declaration, why: string, fate: Fate = {}): Promise<void> {
  if (scene.faults.length > 0) return
  const before = await lookView(scene)
  const onFailure = (['stop', 'continue', 'rollback'] as const)[Math.floor(scene.chance() * 3)] as Job['onFailure']
  const end = await carryOut(scene, { first: 'apply', job: { ...jobOf(declaration), onFailure }, deaths: drawDeaths(scene, 0, 2), isDoomed: true, fate })
  if (end === undefined) return
  // Somebody may have come too late, or a host may have died before he came.
  if (end.outcome === 'succeeded' && fate.edits === undefined) scene.faults.push(`it succeeded in spite of "${why}"`)
  // What a host that died has heard is not heard, and another failure may have come first.
  scene.story.push(`it came to ${end.outcome}${end.problems.some((problem) => problem.includes(why)) ? ` since "${why}"` : ''}`)
  if (end.outcome === 'succeeded') return
  if (onFailure === 'rollback') return checkTakenBack(scene, first, before, await lookView(scene), end.problems)
  await finishOrders(scene)
  await checkRest(scene, `after a failure, with ${onFailure}`, true)
}

function jobOf(declaration: Declaration): Omit<Job, 'work'> {
  return { declaration, mode: 'sync', onFailure: 'stop' }
}

function next(declaration: Declaration): Declaration {
  return { ...declaration, generation: declaration.generation + 1 }
}

function drawDeaths({ chance }: Scene, least: number, most: number): number {
  return least + Math.floor(chance() * (most - least + 1))
}
