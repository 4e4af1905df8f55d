import type { FaultRequest } from '../../examples/dataiku/server/test-door.ts'
import type { Chance } from '../soak/chance.ts'
import { pick, type Mortality } from '../soak-parts/death.ts'
import type { Moment } from './messages.ts'
import { LATE_MS } from './times.ts'

/** When a host may die: around a future is where most can go wrong. */
export const MORTALITY: Mortality<Moment> = {
  lifeMs: 900,
  diskCalls: 80,
  instants: [
    ['write', 'after', 30],
    ['write', 'replied', 30],
    ['poll', 'before', 12],
    ['poll', 'replied', 16],
    ['write', 'before', 30],
    ['read', 'replied', 80],
    ['poll', 'after', 16],
    ['write', 'replied', 30],
    ['read', 'before', 80],
  ],
}

const METHODS = ['POST', 'PUT', 'DELETE', 'DELETE'] as const
const FUTURES = '/(projects/[^/]+|datasets/[^/]+)$'
const RECIPES = '/recipes$'
/** Longer than a call may take, and shorter. */
const SLOW_MS = [3_200, 200] as const

/** Draws when the server dies beside that, if at all. */
export function drawServerDeath(chance: Chance): Moment | undefined {
  if (chance() > 0.12) return undefined
  return { on: pick(chance, ['write', 'poll', 'read', 'write'] as const), point: pick(chance, ['before', 'after', 'replied'] as const), nth: 1 + Math.floor(chance() * 24) }
}

/** Draws what goes wrong with requests, futures and new recipes, if anything. `mayWait`: a future may take its time, since none is under way. */
export function drawFaults(chance: Chance, mayWait: boolean): readonly FaultRequest[] {
  const faults: FaultRequest[] = []
  const onFuture = (skip: number): FaultRequest => ({ method: 'DELETE', path: FUTURES, skip, fault: pick(chance, mayWait ? (['late', 'late', 'fail', 'fail-late', 'stuck', 'forgotten', 'late'] as const) : (['fail', 'stuck', 'forgotten'] as const)), afterMs: pick(chance, LATE_MS) })
  if (chance() < 0.3) faults.push({ fault: 'renames', method: 'POST', path: RECIPES, skip: Math.floor(chance() * 3), times: 1 + Math.floor(chance() * 3) })
  const what = chance()
  const skip = Math.floor(chance() * 8)
  if (what < 0.25) faults.push({ method: pick(chance, METHODS), skip, fault: pick(chance, ['reset-after', 'error-after', 'reset-before'] as const), times: 1 + Math.floor(chance() * 2) })
  else if (what < 0.45) faults.push(onFuture(skip))
  else if (what < 0.6) {
    // The same request: its reply is lost, and its future is not over soon.
    faults.push({ method: 'DELETE', path: FUTURES, skip, fault: pick(chance, ['reset-after', 'error-after'] as const) }, onFuture(skip))
  } else if (what < 0.7) faults.push({ fault: pick(chance, ['unavailable', 'error', 'reset-before', 'reset-after', 'rate-limited'] as const), method: 'GET', skip: Math.floor(chance() * 60), times: 1 + Math.floor(chance() * 3), afterMs: 50 })
  else if (what < 0.8) faults.push({ method: pick(chance, METHODS), skip, fault: pick(chance, ['unavailable', 'error', 'rate-limited'] as const), times: 1 + Math.floor(chance() * 3), afterMs: 50 })
  else if (what < 0.84) faults.push({ method: pick(chance, METHODS), skip, fault: 'slow', afterMs: pick(chance, SLOW_MS) })
  return faults
}

/** What goes wrong, in words. */
export function describeFault({ fault, method = 'any', skip = 0, times = 1, afterMs }: FaultRequest): string {
  return `${fault}${fault.includes('late') || fault === 'slow' ? ` ${afterMs} ms` : ''} at ${method} ${skip + 1}${times > 1 ? ` and ${times - 1} more` : ''}`
}
