import { checkpoint } from '../../src/engine/checkpoint.ts'
import { describeLeft } from '../soak/words.ts'
import { carryOut, type TaskEnd } from './carry-out.ts'
import { SPARE, declareResources, type Declaration } from './declaration.ts'
import { STACK, type HostJob } from './messages.ts'
import { compareBefore, compareDeclared, compareRecorded } from './oracle.ts'
import { runHost, type Meanwhile } from './run-host.ts'
import { checkDeath, checkRest, lookSaved, openStore, type Scene } from './scene.ts'
import type { RequestMoment } from './tap.ts'

/** How a round goes on once its first declaration stands. */
export type Way = 'sync' | 'rollback' | 'restore' | 'cancel' | 'refuse' | 'use' | 'abandon' | 'destroy'

type Play = (scene: Scene, first: Declaration) => Promise<void>
type Job = Omit<HostJob, 'host' | 'work' | 'disk'>

/** What each does. All begin with a declaration that is applied, and end with one that is there, or with nothing. */
export const WAYS: Readonly<Record<Way, Play>> = {
  sync: async (scene, first) => {
    await reach(scene, first, drawDeaths(scene, 0, 2))
    await reach(scene, next(first), drawDeaths(scene, 1, 3))
  },
  rollback: async (scene, first) => {
    await reach(scene, first, drawDeaths(scene, 0, 1))
    const before = lookSaved(scene)
    const changed = await carryOut(scene, { first: 'apply', job: jobOf(scene, next(first)), deaths: drawDeaths(scene, 1, 2), isLeft: scene.chance() < 0.5 })
    if (changed !== undefined) await takeBack(scene, first, changed, before)
  },
  restore: async (scene, first) => {
    await reach(scene, first, drawDeaths(scene, 0, 1))
    const { id } = await checkpoint('before', { store: openStore(scene), stack: STACK })
    await reach(scene, next(first), drawDeaths(scene, 0, 1))
    await carryOut(scene, { first: 'restore', job: { ...jobOf(scene, first), of: id }, deaths: drawDeaths(scene, 1, 2) })
    await checkReached(scene, first, 'restored')
  },
  cancel: async (scene, first) => {
    await reach(scene, first, drawDeaths(scene, 0, 1))
    const before = lookSaved(scene)
    const cancelled = await carryOut(scene, { first: 'apply', job: jobOf(scene, next(first)), deaths: drawDeaths(scene, 0, 1), meanwhile: { at: drawCancel(scene), act: 'cancel' } })
    if (cancelled === undefined) return
    if (!cancelled.open) await checkRest(scene, `after it was cancelled (${cancelled.outcome})`)
    const then = scene.chance()
    if (cancelled.outcome === 'succeeded') await checkReached(scene, next(first), 'cancelled too late')
    else if (cancelled.open || then < 0.4) {
      await carryOut(scene, { first: 'resume', job: jobOf(scene, next(first)), deaths: drawDeaths(scene, 1, 2) })
      await checkReached(scene, next(first), 'resumed after it was cancelled')
    } else if (then < 0.7) await reach(scene, next(first), drawDeaths(scene, 1, 2))
    else await takeBack(scene, first, cancelled, before)
  },
  refuse: async (scene, first) => {
    await reach(scene, first, drawDeaths(scene, 0, 1))
    await fail(scene, first, { ...next(first), trouble: 'refused' }, 'the firewall refuses it')
    if (scene.faults.length === 0) await reach(scene, next(first), drawDeaths(scene, 0, 1))
  },
  use: async (scene, first) => {
    await reach(scene, first, drawDeaths(scene, 0, 1))
    let theirs: string | undefined
    const come = async (): Promise<void> => void (theirs = await scene.neighbour.make('rule', { description: 'Uses what goes', interface: 'wan', source_net: SPARE }))
    const leave = async (): Promise<void> => (theirs === undefined ? undefined : scene.neighbour.remove('rule', theirs))
    const without = { ...next(first), trouble: 'without-spare' } as const
    if (scene.chance() < 0.3) {
      await come()
      const end = await carryOut(scene, { first: 'apply', job: jobOf(scene, without), deaths: drawDeaths(scene, 0, 1) })
      if (end !== undefined && end.outcome !== 'succeeded') scene.faults.push(`what somebody uses was not left alone: ${end.outcome}: ${end.problems.join('; ')}`)
      await checkRest(scene, 'with what somebody uses')
      await leave()
      return reach(scene, without, drawDeaths(scene, 0, 1))
    }
    const failed = await fail(scene, first, without, 'Alias in use', { at: { on: 'write', nth: 1, point: 'before' }, act: come })
    if (failed === undefined || scene.faults.length > 0) return
    await leave()
    if (failed.outcome === 'rolled-back') return reach(scene, without, drawDeaths(scene, 0, 1))
    await carryOut(scene, { first: 'resume', job: jobOf(scene, without), deaths: drawDeaths(scene, 0, 2) })
    await checkReached(scene, without, 'resumed once nothing used it')
  },
  abandon: async (scene, first) => {
    await reach(scene, first, drawDeaths(scene, 0, 1))
    const job = jobOf(scene, next(first))
    const left = await carryOut(scene, { first: 'apply', job, deaths: drawDeaths(scene, 1, 2), isLeft: true })
    if (left?.open === true) {
      await runHost(scene, { ...job, work: 'abandon' })
      await checkDeath(scene, job)
    }
    await reach(scene, next(first), drawDeaths(scene, 0, 2))
  },
  destroy: async (scene, first) => {
    await reach(scene, first, drawDeaths(scene, 0, 1))
    await carryOut(scene, { first: 'apply', job: { ...jobOf(scene, first), mode: 'destroy' }, deaths: drawDeaths(scene, 1, 3) })
    await checkReached(scene, first, 'destroyed', true)
  },
}

/** Brings what is declared about, and compares. */
async function reach(scene: Scene, declaration: Declaration, deaths: number): Promise<void> {
  if (scene.faults.length > 0) return
  const end = await carryOut(scene, { first: 'apply', job: jobOf(scene, declaration), deaths })
  if (end !== undefined && end.outcome !== 'succeeded') scene.faults.push(`apply came to ${end.outcome}: ${end.problems.slice(0, 8).join('; ')}`)
  await checkReached(scene, declaration, `generation ${declaration.generation}`)
}

/** Everything is there as declared, live, recorded, and nothing is left to do. */
async function checkReached(scene: Scene, declaration: Declaration, where: string, isDestroyed = false): Promise<void> {
  if (scene.faults.length > 0) return
  await checkRest(scene, where)
  const saved = lookSaved(scene)
  const { faults, ids } = compareDeclared(saved, isDestroyed ? [] : declareResources(declaration))
  for (const fault of [...faults, ...compareRecorded(saved, await openStore(scene).load(STACK), ids)]) scene.faults.push(`${where}: ${fault}`)
  const word = await runHost(scene, { ...jobOf(scene, declaration), work: 'plan', ...(isDestroyed && { mode: 'destroy' }) })
  for (const fault of describeLeft(word)) scene.faults.push(`${where}: ${fault}`)
}

/** Takes a run back, and compares with what was before. */
async function takeBack(scene: Scene, first: Declaration, { run }: TaskEnd, before: ReturnType<typeof lookSaved>): Promise<void> {
  const between = lookSaved(scene)
  const end = await carryOut(scene, { first: 'rollback', job: { ...jobOf(scene, first), of: run.id }, deaths: drawDeaths(scene, 1, 2) })
  if (end !== undefined && end.outcome !== 'succeeded') scene.faults.push(`rollback came to ${end.outcome}: ${end.problems.slice(0, 8).join('; ')}`)
  await checkTakenBack(scene, first, before, between)
}

async function checkTakenBack(scene: Scene, first: Declaration, before: ReturnType<typeof lookSaved>, between: ReturnType<typeof lookSaved>): Promise<void> {
  if (scene.faults.length > 0) return
  await checkRest(scene, 'taken back')
  for (const fault of compareBefore(before, between, lookSaved(scene))) scene.faults.push(`taken back: ${fault}`)
  await checkReached(scene, first, 'taken back')
}

/** Applies what fails; what is done then is live all the same, or taken back. */
async function fail(scene: Scene, first: Declaration, declaration: Declaration, why: string, meanwhile?: Meanwhile): Promise<TaskEnd | undefined> {
  if (scene.faults.length > 0) return undefined
  const before = lookSaved(scene)
  const onFailure = (['stop', 'continue', 'rollback'] as const)[Math.floor(scene.chance() * 3)] as HostJob['onFailure']
  const end = await carryOut(scene, { first: 'apply', job: { ...jobOf(scene, declaration), onFailure }, deaths: drawDeaths(scene, 0, 2), ...(meanwhile && { meanwhile }) })
  if (end === undefined) return undefined
  // What a host that died has heard is not heard.
  if (end.problems.length > 0 && onFailure !== 'rollback' && !end.problems.some((problem) => problem.includes(why))) scene.faults.push(`it failed, and not since "${why}": ${end.problems.join('; ')}`)
  const expected = onFailure === 'rollback' ? ['rolled-back', 'succeeded'] : ['failed', 'partial']
  if (!expected.includes(end.outcome) || end.open) scene.faults.push(`with ${onFailure} on a failure it came to ${end.outcome}${end.open ? ' (open)' : ''}: ${end.problems.slice(0, 8).join('; ')}`)
  if (onFailure === 'rollback') {
    await checkTakenBack(scene, first, before, lookSaved(scene))
    return { ...end, outcome: 'rolled-back' }
  }
  await checkRest(scene, `after a failure, with ${onFailure}`)
  return end
}

function jobOf({ tap, dir }: Scene, declaration: Declaration): Job {
  return { url: tap.url, dir, declaration, mode: 'sync', onFailure: 'stop' }
}

function next(declaration: Declaration): Declaration {
  return { ...declaration, generation: declaration.generation + 1 }
}

function drawDeaths({ chance }: Scene, least: number, most: number): number {
  return least + Math.floor(chance() * (most - least + 1))
}

function drawCancel({ chance }: Scene): RequestMoment {
  const isSettle = chance() < 0.25
  return { on: isSettle ? 'settle' : 'write', nth: 1 + Math.floor(chance() * (isSettle ? 3 : 10)), point: (['before', 'after', 'replied'] as const)[Math.floor(chance() * 3)] as RequestMoment['point'] }
}
