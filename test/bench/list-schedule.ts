import type { Network } from './network.ts'

/** What of the ready ones starts next: the position in the list of ready ones. */
type Choice = (ready: readonly number[]) => number

/** Plays a schedule through: whenever a place is free, one of those that are ready takes it. */
function play({ dependencies, durationsMs }: Network, concurrency: number, choose: Choice, among: readonly number[] = dependencies.map((_, at) => at)): number {
  const isIn = new Set(among)
  const waiting = new Map(among.map((at) => [at, (dependencies[at] as readonly number[]).filter((each) => isIn.has(each)).length]))
  const dependents = new Map<number, number[]>(among.map((at) => [at, []]))
  for (const at of among) for (const before of dependencies[at] as readonly number[]) dependents.get(before)?.push(at)
  const ready = among.filter((at) => waiting.get(at) === 0)
  const running: { readonly at: number; readonly endMs: number }[] = []
  let nowMs = 0
  while (ready.length > 0 || running.length > 0) {
    while (ready.length > 0 && running.length < concurrency) {
      const [at] = ready.splice(choose(ready), 1)
      running.push({ at: at as number, endMs: nowMs + (durationsMs[at as number] as number) })
    }
    const first = running.reduce((best, each, place) => (each.endMs < (running[best] as { endMs: number }).endMs ? place : best), 0)
    const [ended] = running.splice(first, 1)
    nowMs = (ended as { endMs: number }).endMs
    for (const next of dependents.get((ended as { at: number }).at) as number[]) {
      waiting.set(next, (waiting.get(next) as number) - 1)
      if (waiting.get(next) === 0) ready.push(next)
    }
  }
  return nowMs
}

/** Whatever became ready first starts first, as plain limiters do. */
export function firstCome(network: Network, concurrency: number): number {
  return play(network, concurrency, () => 0)
}

/** All of a level before any of the next, as Ansible and Helm hooks do. */
export function levelBarriers(network: Network, concurrency: number): number {
  const levels: number[] = []
  for (const before of network.dependencies) levels.push(1 + Math.max(-1, ...before.map((each) => levels[each] as number)))
  const members: number[][] = []
  for (const [at, level] of levels.entries()) (members[level] ??= []).push(at)
  return members.reduce((sum, among) => sum + play(network, concurrency, () => 0, among), 0)
}

/** The longest remaining path first, with every duration known beforehand: what a scheduler that has seen it all can reach. */
export function longestPathFirst(network: Network, concurrency: number): number {
  const { dependencies, durationsMs } = network
  const remaining = [...durationsMs]
  for (let at = dependencies.length - 1; at >= 0; at--) {
    for (const before of dependencies[at] as readonly number[]) remaining[before] = Math.max(remaining[before] as number, (durationsMs[before] as number) + (remaining[at] as number))
  }
  return play(network, concurrency, (ready) => ready.reduce((best, at, place) => ((remaining[at] as number) > (remaining[ready[best] as number] as number) ? place : best), 0))
}
