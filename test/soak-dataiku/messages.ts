import type { DataikuState } from '../../examples/dataiku/server/dataiku-app.ts'
import type { Future } from '../../examples/dataiku/server/future.ts'
import type { ProjectPart } from '../../examples/dataiku/server/state.ts'
import type { FaultRequest } from '../../examples/dataiku/server/test-door.ts'
import type { RequestMoment } from '../soak-parts/death.ts'
import type { HostJob as PlainHostJob } from '../soak-parts/stage.ts'
import type { Break } from './breaks.ts'
import type { Declaration } from './declaration.ts'

/** What a request is for. */
export const requestKinds = ['write', 'poll', 'read'] as const
/** One of them. */
export type RequestKind = (typeof requestKinds)[number]
/** When something happens. */
export type Moment = RequestMoment<RequestKind>

/** What a host is to do. */
export interface HostJob extends PlainHostJob<Declaration> {
  readonly broken?: Break
}

/** How a server begins, and where it keeps everything. */
export interface ServerSetup {
  readonly file: string
  readonly futureMs: number
}

/**
 * What somebody does by hand. `set`: one field, somewhere inside. `request`: through the API. `abort`: ends what is under way.
 * `forget`: what a restart does to futures. `store`: a build.
 */
export type HandEdit =
  | { readonly does: 'set'; readonly project: string; readonly part: ProjectPart | 'dataset' | 'recipe'; readonly name?: string; readonly path: readonly string[]; readonly value: unknown }
  | { readonly does: 'request'; readonly method: string; readonly path: string; readonly body?: unknown }
  | { readonly does: 'drop'; readonly project: string; readonly part: 'project' | 'dataset' | 'recipe'; readonly name: string }
  | { readonly does: 'store'; readonly place: string; readonly rows: readonly unknown[] }
  | { readonly does: 'abort' | 'forget' }

/** What somebody does before the n-th request of a kind. */
export interface TimedEdit {
  readonly on: RequestKind
  readonly nth: number
  readonly edit: HandEdit
}

/** What a server's process is asked; each gets one answer. */
export type ServerAsk =
  /** Counts anew, and says `hit` when a moment has come, for the host or for the server itself. */
  | { readonly ask: 'arm'; readonly host?: Moment; readonly server?: Moment; readonly faults: readonly FaultRequest[]; readonly edits: readonly TimedEdit[] }
  /** Forgets all that has not happened yet, drops what it holds, and answers when nobody is connected. */
  | { readonly ask: 'quiet' }
  /** Answers when every future is over. `free`: what is stuck is carried out, or fails, now. */
  | { readonly ask: 'finish'; readonly free: 'carry-out' | 'fail' }
  | { readonly ask: 'edit'; readonly edits: readonly HandEdit[] }
  /** Everything that is there, also what no client gets to see. */
  | { readonly ask: 'look' }

/** A future that was started while another one for the same was not over. */
export interface Repeated {
  readonly earlier: string
  readonly later: string
  readonly subject: string
}

/** What a server's process answers or says, besides what all do. */
export type ServerWord =
  /** `polled`: the futures that were asked for. */
  | { readonly said: 'quiet'; readonly traffic: Readonly<Record<RequestKind, number>>; readonly polled: readonly string[]; readonly repeated: readonly Repeated[] }
  /** How many were stuck until now. */
  | { readonly said: 'finished'; readonly freed: number }
  | { readonly said: 'edited' }
  /** `ids`: of a project or dataset by its address; tells it from another one of the same name. */
  | { readonly said: 'look'; readonly state: DataikuState; readonly ids: Readonly<Record<string, string>>; readonly futures: readonly Future[] }

/** By what every server of a soak is reached. */
export const API_KEY = 'soak'
/** Where the API begins. */
export const BASE = '/dip/publicapi'
