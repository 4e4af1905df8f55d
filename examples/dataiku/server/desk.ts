import type { Caller, Need } from './access.ts'
import type { ServerFault } from './faults.ts'
import type { Errand } from './future.ts'
import type { Body } from './read-body.ts'
import type { Project } from './state.ts'
import type { Store } from './store.ts'

/** What a handler works with. */
export interface Visit {
  readonly caller: Caller
  readonly body: Body
  readonly nowMs: number
  /** A part of the path. */
  readonly param: (name: string) => string
  /** True where the query says so, in any case of letters. */
  readonly isSet: (name: string, otherwise?: boolean) => boolean
  /** The project of the path, for one who may do that to it. */
  readonly enter: (need: Need) => Project
  /** Starts a future: the reply is what it looks like then, or, after a wait, nothing. */
  readonly start: (errand: Errand, waits: boolean) => unknown
  /** What goes wrong with a new recipe, if anything. */
  readonly takeRecipeFault: () => ServerFault | undefined
}

/** What handlers need of the server. */
export interface Desk {
  readonly store: Store
  readonly users: readonly string[] | undefined
  readonly connections: Readonly<Record<string, string>>
  /** Registers a handler. Its result is the reply: JSON, text, or nothing. */
  readonly serve: (method: string, path: string, handle: (visit: Visit) => unknown) => void
}
