import type { Entry } from '../../src/core/entry.ts'
import { planFromText } from '../../src/store/plan-text.ts'
import type { RunInfo, Store } from '../../src/store/store.ts'

/** What a host heard of as recorded. */
export interface Heard {
  readonly run: string
  readonly host: string
  /** Its kind and address. */
  readonly action: string
}

/** What the journals of a fight say. */
export interface FightCheck {
  readonly faults: readonly string[]
  readonly steps: number
  readonly resumes: number
  readonly adopted: number
}

/** Reads all journals: claims follow upon each other, no step was done twice, and what a host heard of is there. */
export async function checkFight(store: Store, runs: readonly RunInfo[], heard: readonly Heard[]): Promise<FightCheck> {
  const faults: string[] = []
  const total = { steps: 0, resumes: 0, adopted: 0 }
  const done = new Set<string>()
  const starters = new Map<number, string>()
  for (const { stack, id, plan: planId, ended } of runs) {
    const plan = await planFromText((await store.get(stack, 'plan', planId)) ?? '')
    const succeeded = new Set<string>()
    const known = new Set(plan.actions.flatMap(({ steps }) => steps.map(({ key }) => key)))
    const entries: Entry[] = []
    for await (const entry of store.entries(stack, id)) entries.push(entry)
    let fence = 0
    entries.forEach((entry, at) => {
      const fault = (what: string): void => void faults.push(`run ${id}, entry ${at + 1}: ${what}`)
      if (at === 0 && entry.kind !== 'run-started') fault(`the first entry is ${entry.kind}`)
      if ('fence' in entry) {
        if (entry.fence < fence) fault(`${entry.kind} has the fence ${entry.fence}, which is older than ${fence}`)
        fence = entry.fence
        if (starters.get(fence) !== undefined && starters.get(fence) !== entry.holder) fault(`the fence ${fence} is ${entry.holder}'s and ${starters.get(fence)}'s`)
        starters.set(fence, entry.holder)
        if (entry.kind === 'run-resumed') total.resumes++
      }
      if (!('step' in entry)) return
      if (!known.has(entry.step)) fault(`names ${entry.step}, which the plan does not have`)
      if (succeeded.has(entry.step)) fault(`${entry.kind} of ${entry.step}, which has succeeded before`)
      if (entry.kind !== 'succeeded') return
      succeeded.add(entry.step)
      total.steps++
      if (entry.adopted === true) total.adopted++
    })
    if (!ended) faults.push(`run ${id} is still open`)
    for (const { kind, address, steps } of plan.actions) if (steps.every(({ key }) => succeeded.has(key))) done.add(`${id} ${kind} ${address}`)
  }
  for (const { run, action, host } of heard) if (!done.has(`${run} ${action}`)) faults.push(`${host} heard that ${action} of run ${run} is done, and its journal does not have it`)
  return { ...total, faults }
}
