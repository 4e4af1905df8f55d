import type { Snapshot } from '../../examples/opnsense/server/config.ts'
import type { Chance } from '../soak/chance.ts'
import type { HostProcesses } from '../soak/crew.ts'
import { subsystems, type Subsystem } from '../../examples/opnsense/server/live-state.ts'
import type { HostJob } from './messages.ts'
import { Neighbour } from './neighbour.ts'
import { checkRun } from './run-check.ts'
import { findRuns, openStore, type Kill, type Scene } from './scene.ts'
import { Tap } from './tap.ts'
import { WAYS, type Way } from './ways.ts'

/** What happened in a round. */
export interface RoundReport {
  readonly way: Way
  readonly kills: readonly Kill[]
  readonly faults: readonly string[]
  /** What was done, a line each, for who looks for a fault. */
  readonly story: readonly string[]
  readonly total: Scene['total'] & { readonly late: number; readonly runs: number; readonly resumes: number; readonly adopted: number; readonly torn: number; readonly steps: number }
}

/** What a round is. */
export interface RoundOptions {
  readonly hosts: HostProcesses<HostJob>
  readonly dir: string
  readonly chance: Chance
  readonly seed: number
  readonly number: number
}

/** What a firewall needs to make something effective, where it takes time. */
const READY_AFTER_MS = 25

/** Declares, changes what is declared, and takes that back or not, with deaths on the way; compares the firewall with what it should be after each. */
export async function playRound({ hosts, dir, chance, seed, number }: RoundOptions): Promise<RoundReport> {
  const readiness = { afterMs: chance() < 0.5 ? READY_AFTER_MS : 0 }
  const tap = new Tap({ readiness })
  await tap.listen()
  const names = Object.keys(WAYS) as Way[]
  const way = names[number % names.length] as Way
  const settles = Object.fromEntries(subsystems.map((name) => [name, 0])) as Record<Subsystem, number>
  const scene: Scene = { tap, hosts, dir, chance, turn: { next: number * 5 }, neighbour: new Neighbour(tap, readiness), kills: [], faults: [], story: [], total: { hosts: 0, writes: 0, requests: 0, wireFaults: 0, settles } }
  const total = { runs: 0, resumes: 0, adopted: 0, torn: 0, steps: 0 }
  try {
    await makeNeighbour(scene)
    await WAYS[way](scene, { seed, round: number, generation: 0 })
    const dirty = new Set<string>()
    for (const run of scene.faults.length > 0 ? [] : await findRuns(scene)) {
      const check = await checkRun(openStore(scene), run, dirty)
      scene.faults.push(...check.faults)
      total.runs++
      total.resumes += check.resumes
      total.adopted += check.adopted
      total.torn += check.torn
      total.steps += check.plan.actions.reduce((sum, action) => sum + action.steps.length, 0)
    }
  } catch (error) {
    scene.faults.push(`the round broke: ${(error as Error).stack ?? String(error)}`)
  } finally {
    await tap.close()
  }
  return { way, kills: scene.kills, faults: scene.faults, story: [...scene.story, ...(scene.faults.length > 0 ? [describeSnapshot(tap.firewall.saved())] : [])], total: { ...scene.total, ...total, late: tap.lateCount } }
}

/** What is there before anything is declared, and has to stay. */
async function makeNeighbour({ neighbour }: Scene): Promise<void> {
  await neighbour.make('alias', { name: 'theirs', type: 'host', content: '203.0.113.7' })
  await neighbour.make('rule', { description: 'Somebody else', interface: 'wan', source_net: 'theirs' })
  await neighbour.make('vlan', { if: 'ix0', tag: '900', descr: 'Somebody else' })
}

function describeSnapshot(saved: Snapshot): string {
  return `saved: ${JSON.stringify(saved)}`
}
