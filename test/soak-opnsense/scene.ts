import type { Snapshot } from '../../examples/opnsense/server/config.ts'
import type { Subsystem } from '../../examples/opnsense/server/live-state.ts'
import { loadRecorded } from '../../src/engine/recorded.ts'
import { fileStore } from '../../src/node/file-store.ts'
import type { RunInfo, Store } from '../../src/store/store.ts'
import type { Chance } from '../soak/chance.ts'
import type { HostProcesses } from '../soak/crew.ts'
import { compareRecorded, leaveOut, listDirty, listDoubled } from './oracle.ts'
import { STACK, type HostJob } from './messages.ts'
import type { Neighbour } from './neighbour.ts'
import type { Tap } from './tap.ts'

/** One kill. */
export interface Kill {
  readonly instant: string
  readonly work: HostJob['work']
  /** What was saved and not live when it came. */
  readonly between: readonly Subsystem[]
}

/** What the parts of a round share. */
export interface Scene {
  readonly tap: Tap
  readonly hosts: HostProcesses<HostJob>
  readonly dir: string
  readonly chance: Chance
  /** Grows with each death that is drawn. */
  readonly turn: { next: number }
  readonly neighbour: Neighbour
  readonly kills: Kill[]
  readonly faults: string[]
  /** What was done, a line each, for who looks for a fault. */
  readonly story: string[]
  readonly total: { hosts: number; writes: number; requests: number; wireFaults: number; settles: Record<Subsystem, number> }
}

/** The store of a round, as it is now. */
export function openStore({ dir }: Scene): Store {
  return fileStore(dir)
}

/** Every run of a round, oldest first. */
export function findRuns(scene: Scene): Promise<readonly RunInfo[]> {
  return openStore(scene).runs(STACK)
}

/** What is saved, without what is somebody else's. */
export function lookSaved({ tap, neighbour }: Scene): Snapshot {
  return leaveOut(tap.firewall.saved(), neighbour.ids())
}

/** After a death: what is saved and not live is recorded, and the next plan has it, whatever that is about. */
export async function checkDeath(scene: Scene, job: Omit<HostJob, 'host' | 'work' | 'disk'>): Promise<readonly Subsystem[]> {
  const { tap, hosts, faults } = scene
  const dirty = listDirty(tap.firewall.saved(), tap.firewall.live())
  const { state } = await loadRecorded(openStore(scene), STACK)
  for (const name of dirty) if (state?.unsettled?.includes(name) !== true) faults.push(`after a death, ${name} is saved and not live, and recorded as unsettled is ${state?.unsettled?.join(', ') ?? 'nothing'}`)
  if (dirty.length === 0) return dirty
  tap.arm(undefined, false, async () => undefined)
  const word = await hosts.finish({ ...job, work: 'look' })
  const planned = word?.said === 'planned' ? word.actions : []
  for (const name of dirty) if (!planned.some((action) => action.startsWith(`settle settle/${name}`))) faults.push(`after a death, ${name} is saved and not live, and a plan of nothing has ${planned.join('; ') || JSON.stringify(word)}`)
  return dirty
}

/** When nobody works and no run is open: all that is saved is live, all of it is recorded, nothing is doubled, and no two writes overlapped. */
export async function checkRest(scene: Scene, where: string): Promise<void> {
  const { tap, neighbour, faults } = scene
  const [saved, live] = [tap.firewall.saved(), tap.firewall.live()]
  const { state } = await loadRecorded(openStore(scene), STACK)
  const found = [
    ...listDirty(saved, live).map((name) => `${name}: what is live is not what is saved`),
    ...(state?.unsettled ?? []).map((name) => `${name} is recorded as unsettled`),
    ...compareRecorded(leaveOut(saved, neighbour.ids()), state),
    ...listDoubled(saved),
    ...neighbour.check(saved),
    ...(tap.firewall.state().overlaps > 0 ? [`${tap.firewall.state().overlaps} writes overlapped another one`] : []),
  ]
  for (const fault of found) faults.push(`${where}: ${fault}`)
}
