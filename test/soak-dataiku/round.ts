import { join } from 'node:path'
import { checkRun } from '../soak-opnsense/run-check.ts'
import type { RoundPlace, RoundReport } from '../soak-parts/play-rounds.ts'
import { ServerHandle } from '../soak-parts/server-handle.ts'
import { findRuns } from '../soak-parts/stage.ts'
import type { Break } from './breaks.ts'
import type { Bundle } from './bundle.ts'
import { DataWatch } from './data-watch.ts'
import { checkFutures } from './future-check.ts'
import type { HostJob } from './messages.ts'
import { Neighbour } from './neighbour.ts'
import { editAll, look, openStore, type Figure, type Scene } from './scene.ts'
import { FUTURE_MS } from './times.ts'
import { makeStage, WAYS, type Way } from './ways.ts'

/** What is counted in a round. */
export type RoundFigure = Figure | 'runs' | 'resumes' | 'adopted' | 'torn' | 'steps' | 'destroyed'

/** Declares, changes what is declared, and takes that back or not, with deaths on the way; compares the server with what it should be after each. */
export async function playRound({ bundle, hosts, dir, chance, seed, number }: RoundPlace<Bundle, HostJob>, broken: Break | undefined): Promise<RoundReport<Way, RoundFigure>> {
  const names = Object.keys(WAYS) as Way[]
  const way = names[number % names.length] as Way
  const scene: Scene = {
    server: new ServerHandle(bundle.server, { file: join(dir, 'dataiku.json'), futureMs: FUTURE_MS }),
    hosts,
    dir,
    chance,
    turn: { next: number * 5 },
    neighbour: new Neighbour(chance),
    data: new DataWatch(),
    broken,
    futures: { polled: new Set(), repeated: new Map() },
    stand: { isShared: true },
    kills: [],
    faults: [],
    story: [],
    figures: { hosts: 0, serverKills: 0, faults: 0, freed: 0, persons: 0, interrupted: 0, failedRuns: 0, write: 0, poll: 0, read: 0, polled: 0, repeated: 0 },
  }
  const { server, neighbour, faults, figures, futures } = scene
  const total = { runs: 0, resumes: 0, adopted: 0, torn: 0, steps: 0, destroyed: 0 }
  const last: string[] = []
  try {
    await server.listen()
    await editAll(server, neighbour.begin())
    await WAYS[way](makeStage(scene), { seed, round: number, generation: 0 }, scene)
    const store = openStore(scene)
    const runs = await findRuns({ openStore: () => store })
    for (const run of faults.length > 0 ? [] : runs) {
      const check = await checkRun(store, run, new Set())
      faults.push(...check.faults)
      total.runs++
      total.resumes += check.resumes
      total.adopted += check.adopted
      total.torn += check.torn
      total.steps += check.plan.actions.reduce((sum, action) => sum + action.steps.length, 0)
    }
    if (faults.length === 0) faults.push(...(await checkFutures(store, runs, futures)))
    if (faults.length > 0) last.push(...(await look(scene)).futures.map((future) => `future ${JSON.stringify(future)}`))
  } catch (error) {
    faults.push(`the round broke: ${(error as Error).stack ?? String(error)}`)
  } finally {
    await server.end()
  }
  const { kills, story, data } = scene
  return { way, kills, faults, story: [...story, ...last], figures: { ...figures, ...total, destroyed: data.destroyedCount, polled: futures.polled.size, repeated: futures.repeated.size } }
}
