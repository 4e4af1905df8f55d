import type { FaultRequest } from '../../examples/director/server/test-door.ts'
import type { Chance } from '../soak/chance.ts'
import type { DiskMoment } from '../soak/messages.ts'
import { describeDiskMoment, drawDiskMoment } from '../soak/moment.ts'
import type { RequestMoment } from './request-kind.ts'
import { LATE_MS } from './times.ts'

/** When a host dies: at a request, at a call to its file system, or so long after its start. */
export type Death =
  | { readonly at: 'request'; readonly moment: RequestMoment }
  | { readonly at: 'disk'; readonly disk: DiskMoment }
  | { readonly at: 'time'; readonly afterMs: number }

/** About how long a host lives. */
const LIFE_MS = 1_500
/** Instants in turn, so that each gets its part: around an order is where most can go wrong. */
const INSTANTS: readonly (readonly [on: RequestMoment['on'], point: RequestMoment['point'], most: number])[] = [
  ['write', 'after', 24],
  ['write', 'replied', 24],
  ['poll', 'before', 30],
  ['poll', 'replied', 40],
  ['write', 'before', 24],
  ['read', 'replied', 60],
  ['poll', 'after', 40],
  ['write', 'replied', 24],
  ['refresh', 'replied', 1],
  ['read', 'before', 60],
  ['refresh', 'before', 1],
]
const METHODS = ['POST', 'PUT', 'DELETE'] as const
const WRITES = '^/configapi/'
const ANY = '^/(configapi|monitorapi)/'
const REFRESH = '^/refreshToken'

/** Draws when a host dies. `turn`: successive ones go through all instants. */
export function drawDeath(chance: Chance, turn: number): Death {
  const where = chance()
  if (where < 0.1) return { at: 'time', afterMs: chance() * LIFE_MS }
  if (where < 0.3) return { at: 'disk', disk: drawDiskMoment(chance, 1 + Math.floor(chance() * 80), 'SIGKILL') }
  const [on, point, most] = INSTANTS[turn % INSTANTS.length] as (typeof INSTANTS)[number]
  return { at: 'request', moment: { on, point, nth: 1 + Math.floor(chance() * chance() * most) } }
}

/** Draws when the Director dies beside that, if at all. */
export function drawServerDeath(chance: Chance): RequestMoment | undefined {
  if (chance() > 0.12) return undefined
  const on = pick(chance, ['write', 'poll', 'read', 'write'] as const)
  return { on, point: pick(chance, ['before', 'after', 'replied'] as const), nth: 1 + Math.floor(chance() * 20) }
}

/** Draws what goes wrong with requests and orders, if anything. `death`: of the host. `mayWait`: an order may take its time, since none is under way. */
export function drawFaults(chance: Chance, death: Death | undefined, mayWait: boolean): readonly FaultRequest[] {
  const place = (): Pick<FaultRequest, 'method' | 'path' | 'skip'> => ({ method: pick(chance, METHODS), path: WRITES, skip: Math.floor(chance() * 8) })
  const expires = (): FaultRequest => ({ fault: 'expire', path: ANY, skip: Math.floor(chance() * 60) })
  const faults: FaultRequest[] = death?.at === 'request' && death.moment.on === 'refresh' ? [expires()] : []
  const onOrder = (at: Pick<FaultRequest, 'method' | 'path' | 'skip'>): FaultRequest => {
    const fault = pick(chance, mayWait ? (['late', 'late', 'fail', 'fail-late', 'stuck', 'forgotten', 'late'] as const) : (['fail', 'stuck', 'forgotten'] as const))
    return { ...at, fault, afterMs: pick(chance, LATE_MS) }
  }
  const what = chance()
  if (what < 0.2) faults.push({ ...place(), fault: pick(chance, ['reset-after', 'error-after', 'reset-before'] as const), times: 1 + Math.floor(chance() * 2) })
  else if (what < 0.45) faults.push(onOrder(place()))
  else if (what < 0.6) {
    // The same request: its reply is lost, and its order is not over soon.
    const at = place()
    faults.push({ ...at, fault: pick(chance, ['reset-after', 'error-after'] as const) }, onOrder(at))
  } else if (what < 0.7) faults.push({ fault: pick(chance, ['unavailable', 'error', 'reset-before', 'reset-after', 'rate-limited'] as const), method: 'GET', path: ANY, skip: Math.floor(chance() * 60), times: 1 + Math.floor(chance() * 3), afterMs: 50 })
  else if (what < 0.76) faults.push({ ...place(), fault: pick(chance, ['unavailable', 'error', 'rate-limited'] as const), times: 1 + Math.floor(chance() * 3), afterMs: 50 })
  else if (what < 0.84) faults.push(expires())
  else if (what < 0.87) faults.push(expires(), { fault: pick(chance, ['reset-after', 'reset-before', 'unavailable'] as const), path: REFRESH })
  return faults
}

/** A death by its kind, in words. */
export function describeDeath(death: Death): string {
  if (death.at === 'time') return 'at any time'
  return death.at === 'disk' ? describeDiskMoment(death.disk) : `${death.moment.point} ${death.moment.on}`
}

/** What goes wrong, in words. */
export function describeFault({ fault, method = 'any', path = '', skip = 0, times = 1, afterMs }: FaultRequest): string {
  return `${fault}${fault.includes('late') ? ` ${afterMs} ms` : ''} at ${path === REFRESH ? 'refresh' : method} ${skip + 1}${times > 1 ? ` and ${times - 1} more` : ''}`
}

function pick<T>(chance: Chance, of: readonly T[]): T {
  return of[Math.floor(chance() * of.length)] as T
}
