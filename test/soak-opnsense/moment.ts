import type { ServerFaultKind } from '../../examples/opnsense/server/faults.ts'
import type { Chance } from '../soak/chance.ts'
import type { DiskMoment } from '../soak/messages.ts'
import { describeDiskMoment, drawDiskMoment } from '../soak/moment.ts'
import { PATHS } from './request-kind.ts'
import type { RequestMoment, Tap } from './tap.ts'

/** When a host dies: at a request, at a call to its file system, or so long after its start. */
export type Death =
  | { readonly at: 'request'; readonly moment: RequestMoment }
  | { readonly at: 'disk'; readonly disk: DiskMoment }
  | { readonly at: 'time'; readonly afterMs: number }

/** What goes wrong on the wire while a host works. */
export interface WireFault {
  readonly fault: ServerFaultKind | 'late'
  readonly on: keyof typeof PATHS
  /** So many of them pass first. */
  readonly skip: number
  readonly times: number
  /** Of a late write: how many writes later it is carried out. */
  readonly lands: number
}

/** About how long a host lives. */
const LIFE_MS = 600
/** Instants in turn, so that each gets its part: between saved and live is where most can go wrong. */
const INSTANTS: readonly (readonly [on: RequestMoment['on'], point: RequestMoment['point'], most: number])[] = [
  ['settle', 'before', 3],
  ['write', 'after', 14],
  ['settle', 'after', 3],
  ['write', 'replied', 14],
  ['ready', 'before', 4],
  ['write', 'before', 14],
  ['settle', 'replied', 3],
  ['write', 'late', 14],
  ['read', 'replied', 40],
]
const FAULTS: readonly WireFault['fault'][] = ['reset-after', 'error-after', 'late', 'reset-after', 'error-after', 'late', 'reset-before', 'unavailable', 'error', 'warning', 'hang']

/** Draws when a host dies. `turn`: successive ones go through all instants. `mayBeLate`: the next host goes on with the same run. */
export function drawDeath(chance: Chance, turn: number, mayBeLate: boolean): Death {
  const where = chance()
  if (where < 0.1) return { at: 'time', afterMs: chance() * LIFE_MS }
  if (where < 0.3) return { at: 'disk', disk: drawDiskMoment(chance, 1 + Math.floor(chance() * 60), 'SIGKILL') }
  const [on, point, most] = INSTANTS[turn % INSTANTS.length] as (typeof INSTANTS)[number]
  return { at: 'request', moment: { on, point: point === 'late' && !mayBeLate ? 'after' : point, nth: 1 + Math.floor(chance() * chance() * most) } }
}

/** Draws what goes wrong beside that, if anything. `mayBeLate`: a write may come late; else it comes, and its reply is lost. */
export function drawFault(chance: Chance, mayBeLate: boolean): WireFault | undefined {
  if (chance() > 0.5) return undefined
  const any = FAULTS[Math.floor(chance() * FAULTS.length)] as WireFault['fault']
  const drawn = any === 'late' && !mayBeLate ? 'reset-after' : any
  const on = drawn === 'late' ? 'write' : (['write', 'write', 'write', 'settle', 'ready'] as const)[Math.floor(chance() * 5)] as WireFault['on']
  // Nobody waits for two that never answer.
  return { fault: drawn, on, skip: Math.floor(chance() * (on === 'write' ? 10 : 3)), times: drawn !== 'hang' && chance() < 0.3 ? 2 : 1, lands: 1 + Math.floor(chance() * 2) }
}

/** Lets it go wrong. */
export function inflict(tap: Tap, { fault, on, skip, times, lands }: WireFault): void {
  if (fault === 'late') tap.cutLate(skip + 1, lands)
  else tap.firewall.fault({ fault, path: PATHS[on], skip, times })
}

/** A death by its kind, in words. */
export function describeDeath(death: Death): string {
  if (death.at === 'time') return 'at any time'
  return death.at === 'disk' ? describeDiskMoment(death.disk) : `${death.moment.point} ${death.moment.on}`
}

/** What goes wrong on the wire, in words. */
export function describeFault({ fault, on, skip, times }: WireFault): string {
  return `${fault} at ${on} ${skip + 1}${times > 1 ? ` and ${times - 1} more` : ''}`
}
