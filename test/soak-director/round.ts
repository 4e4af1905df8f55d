import { join } from 'node:path'
import { checkRun } from '../soak-opnsense/run-check.ts'
import type { RoundPlace, RoundReport } from '../soak-parts/play-rounds.ts'
import type { Break } from './breaks.ts'
import type { Bundle } from './bundle.ts'
import { DirectorHandle } from './director-handle.ts'
import type { HostJob } from './messages.ts'
import { Neighbour } from './neighbour.ts'
import { writeBuiltIns } from './oracle.ts'
import { checkOrders } from './order-check.ts'
import { findRuns, openStore, type Figures, type Scene } from './scene.ts'
import { LAG_MS, ORDER_MS } from './times.ts'
import { WAYS, type Way } from './ways.ts'

/** What is counted in a round. */
export type RoundFigure = keyof Figures | 'runs' | 'resumes' | 'adopted' | 'torn' | 'steps' | 'orders' | 'failedOrders'

const POOLS = ['11111111-2222-4333-8444-555555555555', '66666666-7777-4888-9999-aaaaaaaaaaaa'] as const

/** Declares, changes what is declared, and takes that back or not, with deaths on the way; compares the Director with what it should be after each. */
export async function playRound({ bundle, hosts, dir, chance, seed, number, broken }: RoundPlace<Bundle, HostJob> & { readonly broken: Break | undefined }): Promise<RoundReport<Way, RoundFigure>> {
  const nodes = [`${POOLS[0]}/${'a'.repeat(32)}`, `${POOLS[chance() < 0.5 ? 0 : 1]}/${'b'.repeat(32)}`]
  const pair = { token: 'first', secret: 'first-secret' }
  const director = new DirectorHandle(bundle.director, { file: join(dir, 'director.json'), nodes, orderMs: ORDER_MS, lagMs: LAG_MS, ...pair })
  const names = Object.keys(WAYS) as Way[]
  const way = names[number % names.length] as Way
  const figures: Figures = { hosts: 0, serverKills: 0, faults: 0, lockouts: 0, freed: 0, persons: 0, interrupted: 0, failedRuns: 0, doubled: 0, write: 0, poll: 0, read: 0, refresh: 0 }
  const total = { runs: 0, resumes: 0, adopted: 0, torn: 0, steps: 0, orders: 0, failedOrders: 0 }
  const scene: Scene = { director, hosts, dir, nodes, chance, turn: { next: number * 5 }, neighbour: new Neighbour(chance, nodes), pair, builtIns: { text: '' }, broken, orders: { polled: new Set(), repeated: new Map() }, kills: [], faults: [], story: [], figures }
  const last: string[] = []
  try {
    await director.listen()
    await director.ask({ ask: 'edit', edits: scene.neighbour.begin() }, 'edited')
    scene.builtIns.text = writeBuiltIns((await director.ask({ ask: 'look' }, 'look')).state)
    await WAYS[way](scene, { seed, round: number, generation: 0, nodes })
    for (const run of scene.faults.length > 0 ? [] : await findRuns(scene)) {
      const check = await checkRun(openStore(scene), run, new Set())
      scene.faults.push(...check.faults)
      total.runs++
      total.resumes += check.resumes
      total.adopted += check.adopted
      total.torn += check.torn
      total.steps += check.plan.actions.reduce((sum, action) => sum + action.steps.length, 0)
    }
    const { orders } = await director.ask({ ask: 'look' }, 'look')
    total.orders = orders.length
    if (scene.faults.length === 0) scene.faults.push(...(await checkOrders(openStore(scene), await findRuns(scene), scene.orders)))
    total.failedOrders = orders.filter(({ outcome }) => outcome?.isSuccess === false).length
    figures.doubled = orders.filter(({ outcome }) => outcome?.errors.some((error) => error.includes('already exists'))).length
    if (scene.faults.length > 0) last.push(...orders.map(({ node, errand, outcome, startAtMs, endAtMs, isForgotten }) => `order on ${node.at(-1)} at ${startAtMs % 1e6} to ${endAtMs === null ? 'never' : endAtMs % 1e6}: ${JSON.stringify(errand).slice(0, 300)}${isForgotten ? ', forgotten' : ''}: ${JSON.stringify(outcome)}`))
  } catch (error) {
    scene.faults.push(`the round broke: ${(error as Error).stack ?? String(error)}`)
  } finally {
    await director.end()
  }
  return { way, kills: scene.kills, faults: scene.faults, story: [...scene.story, ...last], figures: { ...figures, ...total } }
}
