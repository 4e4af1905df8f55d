import { loadRecorded } from '../../src/engine/recorded.ts'
import { fileStore } from '../../src/node/file-store.ts'
import type { Plan } from '../../src/core/plan.ts'
import { planFromText } from '../../src/store/plan-text.ts'
import type { Store } from '../../src/store/store.ts'
import type { Chance } from '../soak/chance.ts'
import type { HostProcesses } from '../soak/crew.ts'
import type { Kill } from '../soak-parts/play-rounds.ts'
import type { ServerHandle } from '../soak-parts/server-handle.ts'
import { STACK, findRuns } from '../soak-parts/stage.ts'
import type { Break } from './breaks.ts'
import { makeByHand } from './by-hand.ts'
import type { DataWatch } from './data-watch.ts'
import { declareResources, type Declaration } from './declaration.ts'
import type { HandEdit, HostJob, Repeated, ServerAsk, ServerSetup, ServerWord } from './messages.ts'
import { SHARED, type Neighbour } from './neighbour.ts'
import { compareDeclared, compareRecorded, viewState, type View } from './oracle.ts'

/** A local Dataiku in a process of its own. */
export type Server = ServerHandle<ServerSetup, ServerAsk, ServerWord>

/** What is counted. `freed`: futures that were stuck; `persons`: objects that a host left to a person. */
export type Figure = 'hosts' | 'serverKills' | 'faults' | 'freed' | 'persons' | 'interrupted' | 'failedRuns' | 'write' | 'poll' | 'read' | 'polled' | 'repeated'

/** What the parts of a round share. */
export interface Scene {
  readonly server: Server
  readonly hosts: HostProcesses<HostJob>
  readonly dir: string
  readonly chance: Chance
  /** Grows with each death that is drawn. */
  readonly turn: { next: number }
  readonly neighbour: Neighbour
  readonly data: DataWatch
  readonly broken: Break | undefined
  /** Those that a host has asked for, and those that came while another one for the same was not over. */
  readonly futures: { readonly polled: Set<string>; readonly repeated: Map<string, Repeated> }
  /** What stood last, and what is to go with it; `isShared`: somebody else keeps something in a project of ours. */
  readonly stand: { last?: Declaration | undefined; isShared: boolean }
  readonly kills: Kill[]
  readonly faults: string[]
  readonly story: string[]
  readonly figures: Record<Figure, number>
}

/** The store of a round, as it is now. */
export function openStore({ dir }: Pick<Scene, 'dir'>): Store {
  return fileStore(dir)
}

/** Everything that is there. */
export function look({ server }: Scene): Promise<Extract<ServerWord, { readonly said: 'look' }>> {
  return server.ask({ ask: 'look' }, 'look')
}

/** What is there, without what is somebody else's. */
export async function lookView(scene: Scene): Promise<View> {
  const { state, ids } = await look(scene)
  return viewState(state, ids)
}

/** When nobody works and no run is open: all is recorded as it is there, nobody else's has changed, and no data is gone that nobody had announced. Gives what is there. */
export async function checkRest(scene: Scene, where: string, isHalfway = false): Promise<View> {
  const { state, ids } = await look(scene)
  const view = viewState(state, ids)
  const { state: recorded } = await loadRecorded(openStore(scene), STACK)
  const found = [...compareRecorded(view, recorded, isHalfway), ...scene.neighbour.check(state, view), ...scene.data.check(state, await readPlans(scene))]
  for (const fault of found) scene.faults.push(`${where}: ${fault}`)
  return view
}

/** What stands is what is declared, and what was to go with what stood before is gone. */
export async function checkDeclared(scene: Scene, view: View, declaration: Declaration | undefined): Promise<readonly string[]> {
  const desired = declaration === undefined ? [] : declareResources(declaration)
  const { stand, data } = scene
  // One that is called otherwise now is replaced, and its new declaration says what becomes of the data.
  const moved = new Set(desired.map(({ movedFrom }) => movedFrom))
  const doomed = stand.last === undefined ? [] : declareResources(stand.last).filter(({ type, inputs }) => type === 'Dataset' && inputs['dropData'] === true).map(({ name }) => `Dataset/${name}`).filter((address) => !moved.has(address))
  const faults = [...compareDeclared(view, viewState(await makeByHand(desired))), ...data.checkGone((await look(scene)).state, doomed)]
  stand.last = declaration
  return faults
}

/** Waits until every future is over. What is stuck is brought to its end. */
export async function finishFutures({ server, figures, chance, story }: Scene): Promise<void> {
  const free = chance() < 0.5 ? 'carry-out' : 'fail'
  const { freed } = await server.ask({ ask: 'finish', free }, 'finished')
  figures.freed += freed
  if (freed > 0) story.push(`${freed} stuck futures: ${free}`)
}

/** Data in every dataset, and somebody else's fields and dataset in what is ours. */
export async function useAll(scene: Scene): Promise<void> {
  const { server, neighbour, data, stand, faults } = scene
  if (faults.length > 0) return
  const { state, ids } = await look(scene)
  const view = viewState(state, ids)
  const fields = Array.from({ length: 4 }, () => neighbour.drawField(view)).filter((edit) => edit !== undefined)
  await editAll(server, [...fields, ...(stand.isShared ? neighbour.share(SHARED, state) : [])])
  await editAll(server, data.build((await look(scene)).state))
  const after = await look(scene)
  faults.push(...neighbour.check(after.state, viewState(after.state, after.ids)))
}

/** Lets somebody do something by hand. */
export async function editAll(server: Server, edits: readonly HandEdit[]): Promise<void> {
  if (edits.length > 0) await server.ask({ ask: 'edit', edits }, 'edited')
}

async function readPlans(scene: Scene): Promise<readonly Plan[]> {
  const store = openStore(scene)
  const runs = await findRuns({ openStore: () => store })
  return Promise.all(runs.map(async ({ plan }) => planFromText((await store.get(STACK, 'plan', plan)) ?? '')))
}
