import type { Snapshot } from '../../examples/opnsense/server/config.ts'
import type { RoundPlace, RoundReport } from '../soak-parts/play-rounds.ts'
import { subsystems, type Subsystem } from '../../examples/opnsense/server/live-state.ts'
import type { HostJob } from './messages.ts'
import { Neighbour } from './neighbour.ts'
import { checkRun } from './run-check.ts'
import { findRuns, openStore, type Scene } from './scene.ts'
import { Tap } from './tap.ts'
import { WAYS, type Way } from './ways.ts'

/** What is counted in a round. `between`: deaths with something saved that was not live. */
export type RoundFigure = Exclude<keyof Scene['total'], 'settles'> | Subsystem | 'late' | 'between' | 'runs' | 'resumes' | 'adopted' | 'torn' | 'steps'

/** What a firewall needs to make something effective, where it takes time. */
const READY_AFTER_MS = 25

/** Declares, changes what is declared, and takes that back or not, with deaths on the way; compares the firewall with what it should be after each. */
export async function playRound({ hosts, dir, chance, seed, number }: RoundPlace<unknown, HostJob>): Promise<RoundReport<Way, RoundFigure>> {
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
  const { kills, faults, story, total: { settles: settled, ...sums } } = scene
  return {
    way,
    kills: kills.map(({ between, ...kill }) => ({ ...kill, ...(between.length > 0 && { note: between.join(', ') }) })),
    faults,
    story: [...story, ...(faults.length > 0 ? [describeSnapshot(tap.firewall.saved())] : [])],
    figures: { ...sums, ...settled, ...total, between: kills.filter(({ between }) => between.length > 0).length, late: tap.lateCount },
  }
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
