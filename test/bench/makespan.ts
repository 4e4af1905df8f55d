import { ref } from '../../src/core/reference.ts'
import { apply } from '../../src/engine/apply.ts'
import { systemClock, type Clock } from '../../src/engine/clock.ts'
import { plan } from '../../src/engine/plan.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createBackend } from './backend.ts'
import { firstCome, levelBarriers, longestPathFirst } from './list-schedule.ts'
import { boundOf, drawNetworks, type Network } from './network.ts'
import { nameOf, TYPE } from './shape.ts'
import { createVirtualClock } from './virtual-clock.ts'

/** How long everything takes, as multiples of the bound. */
export interface Makespan {
  readonly network: string
  readonly concurrency: number
  readonly boundMs: number
  readonly levelBarriers: number
  readonly firstCome: number
  /** With durations known beforehand. */
  readonly longestPath: number
  readonly engine: number
  /** The same once more after everything was taken down again: the journals of the store have the durations. */
  readonly engineAgain: number
}

/** How long everything takes by the real clock, as a multiple of the bound. */
export type RealTime = Pick<Makespan, 'network' | 'concurrency' | 'boundMs' | 'engine'>

/** Compares schedules in virtual time. */
export async function compareSchedules(size: number, concurrency: number, seed: number): Promise<readonly Makespan[]> {
  const rows: Makespan[] = []
  for (const network of drawNetworks(size, seed)) {
    const boundMs = boundOf(network, concurrency)
    const clock = createVirtualClock(seed)
    const runs = await runTwice(network, concurrency, clock, clock.sleep)
    rows.push({
      network: network.name,
      concurrency,
      boundMs,
      levelBarriers: levelBarriers(network, concurrency) / boundMs,
      firstCome: firstCome(network, concurrency) / boundMs,
      longestPath: longestPathFirst(network, concurrency) / boundMs,
      engine: runs[0].makespanMs / boundOf({ ...network, durationsMs: runs[0].durationsMs }, concurrency),
      engineAgain: runs[1].makespanMs / boundOf({ ...network, durationsMs: runs[1].durationsMs }, concurrency),
    })
  }
  return rows
}

/** The engine in real time, against the bound of the durations that occurred. */
export async function runInRealTime(size: number, concurrency: number, seed: number): Promise<readonly RealTime[]> {
  const rows: RealTime[] = []
  for (const network of drawNetworks(size, seed).slice(0, 2)) {
    const sleep = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs))
    const { durationsMs, makespanMs } = await createSite(network, concurrency, systemClock, sleep).raise()
    const boundMs = boundOf({ ...network, durationsMs }, concurrency)
    rows.push({ network: `${network.name}, real time`, concurrency, boundMs, engine: makespanMs / boundMs })
  }
  return rows
}

interface Ran {
  /** As they occurred. */
  readonly durationsMs: readonly number[]
  /** From the first call to the end of the last. */
  readonly makespanMs: number
}

async function runTwice(network: Network, concurrency: number, clock: Clock, sleep: (delayMs: number) => Promise<void>): Promise<readonly [Ran, Ran]> {
  const site = createSite(network, concurrency, clock, sleep)
  const first = await site.raise()
  await site.raze()
  return [first, await site.raise()]
}

/** A network that can be made to be, and taken down again. */
interface Site {
  raise(): Promise<Ran>
  raze(): Promise<void>
}

function createSite(network: Network, concurrency: number, clock: Clock, sleep: (delayMs: number) => Promise<void>): Site {
  const durationsMs: number[] = []
  let firstMs = Number.POSITIVE_INFINITY
  let lastMs = 0
  const backend = createBackend(async (name) => {
    const at = Number(name.slice(1))
    const startedMs = clock.monotonic()
    firstMs = Math.min(firstMs, startedMs)
    await sleep(network.durationsMs[at] as number)
    lastMs = clock.monotonic()
    durationsMs[at] = lastMs - startedMs
  })
  const options = { provider: backend.provider, store: memoryStore(), clock, concurrency }
  const desired = network.dependencies.map((before, at) => ({
    type: TYPE,
    name: nameOf(at),
    inputs: { size: 1, ...(before.length > 0 && { from: before.map((each) => ref(`${TYPE}/${nameOf(each)}`)) }) },
  }))
  const carryOut = async (mode: 'apply' | 'destroy'): Promise<void> => {
    const { success } = await apply(await plan(mode === 'apply' ? desired : [], { ...options, mode }), options)
    if (!success) throw new Error(`${mode} of ${network.name} did not succeed`)
  }
  return {
    async raise(): Promise<Ran> {
      durationsMs.length = 0
      firstMs = Number.POSITIVE_INFINITY
      await carryOut('apply')
      return { durationsMs: [...durationsMs], makespanMs: lastMs - firstMs }
    },
    raze: () => carryOut('destroy'),
  }
}
