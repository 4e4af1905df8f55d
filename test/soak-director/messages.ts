import type { DirectorState, Edit } from '../../examples/director/server/director-app.ts'
import type { FaultRequest } from '../../examples/director/server/test-door.ts'
import type { Order } from '../../examples/director/server/order.ts'
import type { DiskMoment } from '../soak/messages.ts'
import type { Break } from './breaks.ts'
import type { Declaration } from './declaration.ts'
import type { RequestMoment } from './request-kind.ts'

/** What a host does. `plan`: plans what is declared; all others change something. */
export type Work = 'apply' | 'resume' | 'rollback' | 'restore' | 'abandon' | 'plan'

/** What a host is to do. */
export interface HostJob {
  readonly work: Work
  /** Tells it from the others. */
  readonly host: string
  readonly url: string
  readonly token: string
  readonly secret: string
  readonly dir: string
  readonly declaration: Declaration
  readonly mode: 'sync' | 'destroy'
  readonly onFailure: 'stop' | 'continue' | 'rollback'
  /** The run that is taken back; the checkpoint that is restored. */
  readonly of?: string
  readonly disk?: DiskMoment
  /** What is wrong with the host, for who looks whether that is found. */
  readonly broken?: Break
}

/** How a Director begins, and where it keeps everything. */
export interface DirectorSetup {
  readonly file: string
  readonly nodes: readonly string[]
  readonly orderMs: number
  readonly lagMs: number
  readonly secret: string
}

/** What a Director's process is asked; each gets one answer. */
export type DirectorAsk =
  /** Port 0 takes any that is free. */
  | { readonly ask: 'listen'; readonly port: number; readonly setup: DirectorSetup }
  /** Counts anew, and says `hit` when a moment has come, for the host or for the server itself. `edits`: what somebody else does before the n-th write. */
  | { readonly ask: 'arm'; readonly host?: RequestMoment; readonly server?: RequestMoment; readonly faults: readonly FaultRequest[]; readonly edits: readonly { readonly nth: number; readonly edit: Edit }[] }
  /** Forgets all that has not happened yet, drops what it holds, and answers when nobody is connected. */
  | { readonly ask: 'quiet' }
  /** Answers when every order is over, and reads show it. `free`: what is stuck is carried out, or fails, now. */
  | { readonly ask: 'finish'; readonly free: 'carry-out' | 'fail' }
  | { readonly ask: 'edit'; readonly edits: readonly Edit[] }
  /** Everything that no client gets to see. */
  | { readonly ask: 'look' }

/** How many requests came since the last `arm`. */
export interface Traffic {
  readonly write: number
  readonly poll: number
  readonly read: number
  readonly refresh: number
}

/** An order that came while another one for the same was not over. */
export interface Repeated {
  readonly earlier: string
  readonly later: string
  readonly subject: string
}

/** What a Director's process answers or says. */
export type DirectorWord =
  | { readonly said: 'ready' }
  | { readonly said: 'listening'; readonly port: number }
  | { readonly said: 'armed' }
  /** `polled`: the orders that were asked for. `repeated`: those that came while another one for the same was not over. `sinceRefresh`: requests after the last one for a new token. */
  | { readonly said: 'quiet'; readonly traffic: Traffic; readonly polled: readonly string[]; readonly repeated: readonly Repeated[]; readonly sinceRefresh: number }
  /** How many were stuck until now. */
  | { readonly said: 'finished'; readonly freed: number }
  | { readonly said: 'edited' }
  | { readonly said: 'look'; readonly state: DirectorState; readonly orders: readonly Order[] }
  | { readonly said: 'hit'; readonly who: 'host' | 'server' }

/** Of all that is recorded. */
export const STACK = 'soak'
/** A name for each node. */
export const NODE_NAMES = ['bank-a', 'bank-b'] as const
/** How a host begins a line about something that it left as it is, to a person. */
export const NOT_TAKEN_BACK = 'not taken back: '
