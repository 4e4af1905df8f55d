import type { Observed } from '../core/observed.ts'
import type { ResourceType } from '../provider/provider.ts'
import { readUntil, type Pauses } from '../provider/read-until.ts'
import type { CallBounds } from './call.ts'
import { pause } from './pause.ts'

/** What nobody heard of may take its time. */
const DOUBT_PAUSES: Pauses = { firstMs: 1_000, longestMs: 10_000 }

/** Reads until a write shows. That it does not counts only after the time that it may take to. */
export function readVisible({ visibleWithinMs = 0 }: ResourceType, { clock, signal }: CallBounds, read: () => Promise<Observed | undefined>, shows: (found: Observed | undefined) => boolean): Promise<Observed | undefined> {
  return readUntil(read, shows, visibleWithinMs, { wait: (ms) => pause(clock, ms, signal), elapsedMs: () => clock.monotonic() }, DOUBT_PAUSES)
}
