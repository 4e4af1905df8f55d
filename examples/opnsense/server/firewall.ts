import type { ServerClock } from '../../parts/server-clock.ts'
import type { Kind, Row, Snapshot } from './config.ts'
import type { ServerFault } from './faults.ts'
import type { Readiness, Subsystem } from './live-state.ts'
import type { Site } from './site.ts'

/** How the local firewall behaves. */
export interface FirewallOptions {
  /** The user name of every request. */
  readonly key: string
  /** Its password. */
  readonly secret: string
  /** Between the read and the save of a write: what another one saves meanwhile is lost. Default: 2. */
  readonly latencyMs?: number
  /** How long an apply or reconfigure that has answered takes until it has an effect. Default: none. */
  readonly readiness?: Readiness
  /** Interfaces, devices and gateways that fields may name. Default: plenty. */
  readonly site?: Partial<Site>
  /** ISO 8601. Default: the time. */
  readonly now?: () => string
  /** Default: a random UUID. */
  readonly newId?: () => string
  /** For latency and readiness. Default: the time of the machine. */
  readonly clock?: ServerClock
}

/** One request that was answered, or was not. */
export interface ServedRequest {
  readonly method: string
  readonly path: string
  /** `module/controller/command`, in the words of the API. Absent: nothing is there. */
  readonly command?: string
  /** 0: no reply arrived. */
  readonly status: number
  /** When it came, in milliseconds of the server's clock. */
  readonly atMs: number
}

/** Everything about the firewall that no client gets to see. */
export interface FirewallState {
  readonly saved: Snapshot
  readonly live: Snapshot
  /** How often each subsystem was told to become effective. */
  readonly settles: Readonly<Record<Subsystem, number>>
  /** Requests by command. */
  readonly counts: Readonly<Record<string, number>>
  /** Writes that began while another one was under way. */
  readonly overlaps: number
  /** How often the configuration was saved. */
  readonly revision: number
}

/** A local firewall without a socket. */
export interface FirewallApp {
  readonly fetch: (request: Request) => Promise<Response>
  /** Every request so far. */
  readonly requests: readonly ServedRequest[]
  /** Every object that is saved, by kind. */
  readonly saved: () => Snapshot
  /** Every object that is in effect, by kind: what was saved when its subsystem was last applied or reconfigured. */
  readonly live: () => Snapshot
  /** Both, and figures. */
  readonly state: () => FirewallState
  /** Changes an object behind everybody's back; makes it where it is not. */
  readonly edit: (kind: Kind, uuid: string, changes: Row) => void
  /** Removes an object behind everybody's back. */
  readonly drop: (kind: Kind, uuid: string) => void
  /** How long what is applied takes from now on. */
  readonly delay: (readiness: Readiness) => void
  /** Asks for a fault. */
  readonly fault: (fault: ServerFault) => void
  /** Forgets every fault that has not happened yet. */
  readonly heal: () => void
}
