import type { ServerClock } from './clock.ts'
import type { Row, TableName } from './kind.ts'
import type { ServerFault } from './faults.ts'
import type { Order } from './order.ts'
import type { Credentials } from './state.ts'

/** How the local Director behaves. */
export interface DirectorOptions {
  /** The LogPoints, as `{pool}/{logpoint}`. Default: one. */
  readonly nodes?: readonly string[]
  /** The first token. Default: `local`. Another one is valid where the file says so. */
  readonly token?: string
  /** The first secret key, which the first refresh needs. Default: `local-secret`. */
  readonly secret?: string
  /** How long a token is valid. Default: 8 hours. */
  readonly tokenTtlMs?: number
  /** How long a secret key can refresh its token. Default: 72 hours. */
  readonly secretTtlMs?: number
  /** How long an order takes once it is its turn. Default: none. */
  readonly orderMs?: number
  /** How long reads do not show what an order has done. Default: none. */
  readonly lagMs?: number
  /** True: lists come as `{ "data": […] }`, as some deployments have it. Default: false. */
  readonly wrapped?: boolean
  /** Where everything is kept, for a server that is started anew. Default: in memory. */
  readonly file?: string
  /** Default: the time. */
  readonly clock?: ServerClock
  /** Default: 24 random hex digits. */
  readonly newId?: () => string
}

/** One request that was answered, or was not. */
export interface ServedRequest {
  readonly method: string
  readonly path: string
  /** 0: no reply arrived. */
  readonly status: number
  /** When it came, in milliseconds of the server's clock. */
  readonly atMs: number
}

/** An object with its id, in the fields of a write and with lists in the place of CSV. */
export type KeptObject = { readonly id: string } & Row

/** Everything that no client gets to see. */
export interface DirectorState {
  /** How everything is, by node and table, whatever reads show. */
  readonly nodes: Readonly<Record<string, Readonly<Record<TableName, readonly KeptObject[]>>>>
  readonly credentials: Credentials
  /** Answered requests by method and resource. */
  readonly counts: Readonly<Record<string, number>>
}

/** A change behind everybody's back. Catalogues can be changed this way too. */
export interface Edit {
  readonly node: string
  readonly table: TableName
  /** The name of the object. One that nobody has is made. */
  readonly name: string
  /** Null: drops it. */
  readonly changes: Row | null
}

/** A local Director without a socket. */
export interface DirectorApp {
  readonly fetch: (request: Request) => Promise<Response>
  /** Every request so far. */
  readonly requests: readonly ServedRequest[]
  readonly state: () => DirectorState
  /** Every order so far, as the server sees it. */
  readonly orders: () => readonly Order[]
  /** The objects of a table of a node, as they are. */
  readonly objects: (node: string, table: TableName) => readonly KeptObject[]
  /** The pair that is valid now. */
  readonly credentials: () => Credentials
  /** Lets the token expire now; its secret can still refresh it. */
  readonly expire: () => void
  readonly edit: (edit: Edit) => void
  /** Asks for a fault. */
  readonly fault: (fault: ServerFault) => void
  /** Forgets every fault that has not happened yet. */
  readonly heal: () => void
}
