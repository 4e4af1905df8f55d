import type { Chance } from '../soak/chance.ts'
import type { EngineKind } from './place.ts'

/** When a host program dies: so long after an event of its run. */
export interface Moment {
  /** As `--ndjson` calls it; `spawn`: when it was started. */
  readonly event: string
  /** The operation or phase that it is about. Absent: any. */
  readonly about?: string
  /** Which one of those: 0 is the first. */
  readonly nth: number
  readonly delayMs: number
}

/** The operations of a work: how long each takes, about, in milliseconds, and how many there are. */
type Operations = Readonly<Record<string, readonly [durationMs: number, count: number]>>

const PLANNING_MS = 900
/** The last thing that is heard of a run is not the last that it does. */
const ENDING_MS = 40
const DEPLOY: Readonly<Record<EngineKind, Operations>> = {
  postgres: { createDirectory: [70, 3], writeConfiguration: [150, 3], initialiseData: [1_500, 1], startProcess: [300, 3], waitForProcess: [100, 3], createSlot: [40, 2], cloneData: [800, 2], verifyHealth: [60, 1], saveMetadata: [10, 1] },
  redis: { createDirectory: [120, 6], writeConfiguration: [200, 6], startProcess: [500, 6], waitForProcess: [50, 6], joinCluster: [1_000, 5], assignSlots: [60, 3], followPrimary: [1_500, 3], verifyHealth: [2_000, 1], saveMetadata: [10, 1] },
}
const ROLLBACK: Readonly<Record<EngineKind, Operations>> = {
  postgres: { saveMetadata: [10, 1], startProcess: [150, 3], cloneData: [220, 2], createSlot: [40, 2], initialiseData: [220, 1], writeConfiguration: [80, 3], createDirectory: [50, 3] },
  redis: { saveMetadata: [10, 1], followPrimary: [100, 3], assignSlots: [60, 3], joinCluster: [200, 5], startProcess: [200, 6], writeConfiguration: [120, 6], createDirectory: [90, 6] },
}
/** How often something else is hit than an operation. */
const BETWEEN = 0.2

/** Draws a moment. `turn`: successive ones go through all operations, so that each gets its part. */
export function drawMoment(chance: Chance, engine: EngineKind, work: 'deploy' | 'rollback', turn: number): Moment {
  const operations = (work === 'deploy' ? DEPLOY : ROLLBACK)[engine]
  if (chance() < BETWEEN) return drawBetween(chance)
  const kinds = Object.keys(operations)
  const about = kinds[turn % kinds.length] as string
  const [durationMs, count] = operations[about] as Operations[string]
  const nth = Math.floor(chance() * count)
  const where = chance()
  // The instants around the end are short, and much happens in them.
  if (where < 0.25) return { event: 'action:succeeded', about, nth, delayMs: chance() * 15 }
  return { event: 'action:started', about, nth, delayMs: chance() * durationMs * 1.1 }
}

function drawBetween(chance: Chance): Moment {
  const which = chance()
  if (which < 0.25) return { event: 'spawn', nth: 0, delayMs: chance() * PLANNING_MS }
  if (which < 0.5) return { event: 'run:started', nth: 0, delayMs: chance() * 30 }
  if (which < 0.8) return { event: 'phase:finished', nth: Math.floor(chance() * 5), delayMs: chance() * 20 }
  return { event: 'run:finished', nth: 0, delayMs: chance() * ENDING_MS }
}

/** Draws a moment of a program that goes on: what is left to do is anything. */
export function drawResumeMoment(chance: Chance): Moment {
  const which = chance()
  if (which < 0.2) return { event: 'spawn', nth: 0, delayMs: chance() * PLANNING_MS }
  if (which < 0.4) return { event: 'run:started', nth: 0, delayMs: chance() * 500 }
  return { event: 'action:started', nth: Math.floor(chance() * 4), delayMs: chance() * (chance() < 0.5 ? 20 : 400) }
}

/** A moment in words. */
export function describeMoment({ event, about, nth, delayMs }: Moment): string {
  return `${delayMs.toFixed(1)} ms after ${event}${about === undefined ? '' : ` ${about}`} ${nth + 1}`
}
