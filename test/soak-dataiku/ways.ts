import { ACTS, checkReached, doom, drawDeaths, jobOf, next, reach } from '../soak-parts/acts.ts'
import { carryOut } from '../soak-parts/carry-out.ts'
import { drawDeath, pick } from '../soak-parts/death.ts'
import type { Stage } from '../soak-parts/stage.ts'
import { PROJECTS, type Declaration } from './declaration.ts'
import type { HandEdit, TimedEdit } from './messages.ts'
import { drawFaults, drawServerDeath, MORTALITY } from './moment.ts'
import { compareBefore, type View } from './oracle.ts'
import { removeLeft } from './person.ts'
import { runHost, type Fate } from './run-host.ts'
import { checkDeclared, checkRest, editAll, finishFutures, look, lookView, openStore, useAll, type Scene } from './scene.ts'

/** How a round goes on once its first declaration stands. */
export type Way = keyof typeof ACTS | 'refuse' | 'hold'

type DataikuStage = Stage<Declaration, View, Fate>

/** What each does. */
export const WAYS: Readonly<Record<Way, (stage: DataikuStage, first: Declaration, scene: Scene) => Promise<void>>> = {
  ...ACTS,
  destroy: async (stage, first, scene) => {
    // A project with something of somebody else in it stays: that is another way.
    scene.stand.isShared = false
    await ACTS.destroy(stage, first)
  },
  refuse: async (stage, first) => {
    await reach(stage, first, drawDeaths(stage, 0, 1))
    await doom(stage, first, { ...next(first), trouble: 'refused' }, 'Nonsense')
    await reach(stage, next(first), drawDeaths(stage, 0, 1))
  },
  hold: async (stage, first, scene) => {
    const { neighbour, server } = scene
    const [, second] = PROJECTS
    await reach(stage, first, drawDeaths(stage, 0, 1))
    if (stage.faults.length > 0) return
    const without = { ...next(first), trouble: 'without-second' } as const
    await editAll(server, neighbour.share(second, (await look(scene)).state))
    const hasSecond = (await look(scene)).state.projects[second] !== undefined
    if (hasSecond) await doom(stage, first, without, 'still holds')
    await editAll(server, neighbour.leave(second))
    await reach(stage, without, drawDeaths(stage, 0, 1))
    if (stage.faults.length > 0) return
    // The same, of all that is left.
    await carryOut(stage, { first: 'apply', job: { ...jobOf(without), mode: 'destroy', onFailure: 'continue' }, deaths: drawDeaths(stage, 0, 1), isDoomed: true })
    if (stage.faults.length > 0) return
    scene.stand.isShared = false
    await editAll(server, neighbour.leave(PROJECTS[0]))
    await carryOut(stage, { first: 'apply', job: { ...jobOf(without), mode: 'destroy' }, deaths: drawDeaths(stage, 0, 1) })
    await checkReached(stage, without, 'destroyed', true)
  },
}

/** What a round is played on. */
export function makeStage(scene: Scene): DataikuStage {
  const { chance, faults, story, figures, turn, neighbour, server } = scene
  const drawEdits = async (): Promise<readonly TimedEdit[]> => {
    const edits: (readonly [TimedEdit['on'], HandEdit | undefined])[] = []
    if (chance() < 0.5) edits.push(['write', neighbour.drawField(await lookView(scene))])
    if (chance() < 0.1) edits.push(['poll', { does: pick(chance, ['abort', 'forget'] as const) }])
    return edits.flatMap(([on, edit]) => (edit === undefined ? [] : [{ on, nth: 1 + Math.floor(chance() * 12), edit }]))
  }
  return {
    chance,
    faults,
    story,
    figures,
    openStore: () => openStore(scene),
    runHost: (job, fate) => runHost(scene, job, fate),
    drawFate: async (dies, isFaulty) => ({
      death: dies ? drawDeath(chance, turn.next++, MORTALITY) : undefined,
      faults: isFaulty ? drawFaults(chance, await isIdle(scene)) : [],
      edits: await drawEdits(),
      serverDeath: isFaulty ? drawServerDeath(chance) : undefined,
    }),
    addFate: (drawn, own) => ({ ...drawn, ...own, faults: [...(drawn.faults ?? []), ...(own.faults ?? [])], edits: [...(drawn.edits ?? []), ...(own.edits ?? [])] }),
    drawFailure: () => ({ faults: [{ fault: pick(chance, ['fail', 'fail-late'] as const), afterMs: 300, method: 'DELETE', path: '/(projects/[^/]+|datasets/[^/]+)$', skip: Math.floor(chance() * 4) }] }),
    finishTasks: () => finishFutures(scene),
    look: () => lookView(scene),
    checkRest: (where, isHalfway) => checkRest(scene, where, isHalfway),
    compareDeclared: (view, declaration) => checkDeclared(scene, view, declaration),
    compareBefore: (before, between, after) => {
      // What was to go with what stood is no longer known.
      scene.stand.last = undefined
      return compareBefore(before, between, after)
    },
    removeLeft: (problems, declaration) => removeLeft(scene, problems, declaration),
    useIt: () => useAll(scene),
    disturb: async () => {
      const view = await lookView(scene)
      const edits = Array.from({ length: 3 }, () => neighbour.drawDrift(view)).filter((edit) => edit !== undefined)
      await editAll(server, edits)
      scene.stand.last = undefined
      story.push(`changed by hand: ${edits.map((edit) => JSON.stringify(edit)).join(' ')}`)
    },
  }
}

async function isIdle(scene: Scene): Promise<boolean> {
  const { futures } = await look(scene)
  return futures.every(({ outcome, endAtMs }) => outcome !== undefined || endAtMs === null)
}
