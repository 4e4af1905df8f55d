import type { KeyHolder } from './access.ts'
import type { ServerClock } from './clock.ts'
import type { ServerFault } from './faults.ts'
import type { Future } from './future.ts'
import type { Fields, Project, ProjectPart, StoredData } from './state.ts'

/** How the local Dataiku behaves. */
export interface DataikuOptions {
  /** The key that may do everything. Default: `local`. */
  readonly apiKey?: string
  /** Further keys, which may do what the owner and the permissions of a project allow. Default: none. */
  readonly keys?: Readonly<Record<string, KeyHolder>>
  /** The logins that can own a project. Default: any. */
  readonly users?: readonly string[]
  /** Connections for managed datasets and their types. Default: `filesystem_managed`, `postgres_managed` and `s3_managed`. */
  readonly connections?: Readonly<Record<string, string>>
  /** What stands in tables and files at the beginning, by place. Default: nothing. */
  readonly data?: StoredData
  /** How long a future takes, and a request with `wait=true` blocks. Default: none. */
  readonly futureMs?: number
  /** Where everything but the futures is kept, for a server that is started anew. Default: in memory. */
  readonly file?: string
  /** Default: the time. */
  readonly clock?: ServerClock
  /** Default: 24 random hex digits. */
  readonly newId?: () => string
}

/** One request that was answered, or was not. */
export interface ServedRequest {
  readonly method: string
  /** Without the slash at its end. That of a fault is looked for in the same. */
  readonly path: string
  /** With `?`, or empty. */
  readonly query: string
  /** 0: no reply arrived. */
  readonly status: number
  /** When it came, in milliseconds of the server's clock. */
  readonly atMs: number
}

/** A project as it is. Datasets and recipes go by their names. */
export interface ProjectState extends Pick<Project, 'recipes'> {
  readonly parts: Readonly<Record<ProjectPart, Fields>>
  readonly datasets: Readonly<Record<string, Fields>>
}

/** Everything that no client gets to see at once. */
export interface DataikuState {
  /** By key. */
  readonly projects: Readonly<Record<string, ProjectState>>
  readonly data: StoredData
  /** Every future that was started since the server was. */
  readonly futures: readonly Future[]
  /** Answered requests by method and resource. */
  readonly counts: Readonly<Record<string, number>>
}

/** A change behind everybody's back. The fields of `changes` come into the place of those that are there; null drops the thing. */
export type Edit =
  | { readonly project: string; readonly part: 'project'; readonly changes: null }
  | { readonly project: string; readonly part: ProjectPart; readonly changes: Fields }
  /** A dataset or recipe that is not there is made. `payload` is the code of a recipe. */
  | { readonly project: string; readonly part: 'dataset' | 'recipe'; readonly name: string; readonly changes: Fields | null; readonly payload?: string }

/** A local Dataiku without a socket. */
export interface DataikuApp {
  readonly fetch: (request: Request) => Promise<Response>
  /** Every request so far. */
  readonly requests: readonly ServedRequest[]
  readonly state: () => DataikuState
  /** What stands in tables and files, by place. */
  readonly data: () => StoredData
  /** Puts data in a place, as a build would. Null: takes it away. */
  readonly store: (place: string, rows: readonly unknown[] | null) => void
  /** Every future since the server was started, also those that it says it does not know. */
  readonly futures: () => readonly Future[]
  readonly edit: (edit: Edit) => void
  /** Does to futures what a restart does: those under way never happen, and nobody knows any of them. */
  readonly forgetFutures: () => void
  /** Asks for a fault. */
  readonly fault: (fault: ServerFault) => void
  /** Forgets every fault that has not happened yet. */
  readonly heal: () => void
}
