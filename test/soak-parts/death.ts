import type { Chance } from '../soak/chance.ts'
import type { DiskMoment } from '../soak/messages.ts'
import { describeDiskMoment, drawDiskMoment } from '../soak/moment.ts'

/**
 * When something happens, by the n-th request of a kind: before it was carried out, which it never is then; after that, and
 * before its reply; right after its reply.
 */
export interface RequestMoment<Kind extends string, Point extends string = 'before' | 'after' | 'replied'> {
  readonly on: Kind
  /** 1 is the first. */
  readonly nth: number
  readonly point: Point
}

/** When a host dies: at a request, at a call to its file system, or so long after its start. */
export type Death<Moment extends RequestMoment<string, string>> =
  | { readonly at: 'request'; readonly moment: Moment }
  | { readonly at: 'disk'; readonly disk: DiskMoment }
  | { readonly at: 'time'; readonly afterMs: number }

/** An instant at which a host may die: at one of the first requests of a kind. */
export type Instant<Moment extends RequestMoment<string, string>> = readonly [on: Moment['on'], point: Moment['point'], most: number]

/** What deaths are drawn from. */
export interface Mortality<Moment extends RequestMoment<string, string>> {
  /** In turn, so that each gets its part. */
  readonly instants: readonly Instant<Moment>[]
  /** About how long a host lives. */
  readonly lifeMs: number
  /** About how many calls to its file system it makes. */
  readonly diskCalls: number
}

/** Draws when a host dies. `turn`: successive ones go through all instants. */
export function drawDeath<Moment extends RequestMoment<string, string>>(chance: Chance, turn: number, { instants, lifeMs, diskCalls }: Mortality<Moment>): Death<Moment> {
  const where = chance()
  if (where < 0.1) return { at: 'time', afterMs: chance() * lifeMs }
  if (where < 0.3) return { at: 'disk', disk: drawDiskMoment(chance, 1 + Math.floor(chance() * diskCalls), 'SIGKILL') }
  const [on, point, most] = instants[turn % instants.length] as Instant<Moment>
  return { at: 'request', moment: { on, point, nth: 1 + Math.floor(chance() * chance() * most) } as unknown as Moment }
}

/** A death by its kind, in words. */
export function describeDeath(death: Death<RequestMoment<string, string>>): string {
  if (death.at === 'time') return 'at any time'
  return death.at === 'disk' ? describeDiskMoment(death.disk) : `${death.moment.point} ${death.moment.on}`
}

/** One of some, at random. */
export function pick<T>(chance: Chance, of: readonly T[]): T {
  return of[Math.floor(chance() * of.length)] as T
}
