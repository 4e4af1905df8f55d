import { loadRecorded } from '../../src/engine/recorded.ts'
import { fileStore } from '../../src/node/file-store.ts'
import type { RunInfo, Store } from '../../src/store/store.ts'
import type { Chance } from '../soak/chance.ts'
import type { HostProcesses } from '../soak/crew.ts'
import type { Break } from './breaks.ts'
import type { DirectorHandle } from './director-handle.ts'
import { STACK, type HostJob, type Repeated, type Traffic } from './messages.ts'
import type { Neighbour } from './neighbour.ts'
import { compareRecorded, viewState, writeBuiltIns, type View } from './oracle.ts'

/** One kill of a host. */
export interface Kill {
  readonly instant: string
  readonly work: HostJob['work']
}

/** What is counted. `lockouts`: tokens that nobody had any more; `freed`: orders that were stuck; `persons`: objects that a host left to a person; `doubled`: orders for what was there already. */
export type Figures = Record<'hosts' | 'serverKills' | 'faults' | 'lockouts' | 'freed' | 'persons' | 'interrupted' | 'failedRuns' | 'doubled' | keyof Traffic, number>

/** What the parts of a round share. */
export interface Scene {
  readonly director: DirectorHandle
  readonly hosts: HostProcesses<HostJob>
  readonly dir: string
  readonly nodes: readonly string[]
  readonly chance: Chance
  /** Grows with each death that is drawn. */
  readonly turn: { next: number }
  readonly neighbour: Neighbour
  /** What a person has given the hosts. */
  readonly pair: { token: string; secret: string }
  /** Of the nodes' own objects. */
  readonly builtIns: { text: string }
  readonly broken: Break | undefined
  /** Those that a host has asked for, and those that came while another one for the same was not over. */
  readonly orders: { readonly polled: Set<string>; readonly repeated: Map<string, Repeated> }
  readonly kills: Kill[]
  readonly faults: string[]
  /** What was done, a line each, for who looks for a fault. */
  readonly story: string[]
  readonly figures: Figures
}

/** The store of a round, as it is now. */
export function openStore({ dir }: Scene): Store {
  return fileStore(dir)
}

/** Every run of a round, oldest first. */
export function findRuns(scene: Scene): Promise<readonly RunInfo[]> {
  return openStore(scene).runs(STACK)
}

/** What is there, without what is somebody else's. */
export async function lookView({ director, nodes }: Scene): Promise<View> {
  return viewState((await director.ask({ ask: 'look' }, 'look')).state, nodes)
}

/** When nobody works and no run is open: all is recorded as it is there, and nobody else's has changed. Gives what is there. */
export async function checkRest(scene: Scene, where: string, isHalfway = false): Promise<View> {
  const { state } = await scene.director.ask({ ask: 'look' }, 'look')
  const view = viewState(state, scene.nodes)
  const { state: recorded } = await loadRecorded(openStore(scene), STACK)
  for (const fault of [...compareRecorded(view, recorded, isHalfway), ...scene.neighbour.check(state)]) scene.faults.push(`${where}: ${fault}`)
  if (writeBuiltIns(state) !== scene.builtIns.text) scene.faults.push(`${where}: a node's own objects have changed: ${writeBuiltIns(state)}`)
  return view
}

/** Waits until every order is over. What is stuck is brought to its end. */
export async function finishOrders({ director, figures, chance, story }: Scene): Promise<void> {
  const free = chance() < 0.5 ? 'carry-out' : 'fail'
  const { freed } = await director.ask({ ask: 'finish', free }, 'finished')
  figures.freed += freed
  if (freed > 0) story.push(`${freed} stuck orders: ${free}`)
}
