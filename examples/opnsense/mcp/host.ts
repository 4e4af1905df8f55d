import type { BaseOptions, Clock, Policy, Provider, Resolver, Resource, Store } from 'convergent'

/** What the server stands in front of. Nothing in this folder but `main.ts` knows which backend that is. */
export interface McpHost {
  /** For the client, and for whoever finds the stack held: `opnsense`. */
  readonly name: string
  /** Of the server. */
  readonly version: string
  /** Asked for by each tool that needs the backend. */
  readonly provider: () => Provider
  /** Keeps plans, runs, checkpoints and the state. */
  readonly store: Store
  /** The one stack that an agent can change. */
  readonly stack: string
  /** Reads a declaration. Throws what is wrong with it. */
  readonly parse: (text: string) => readonly Resource[]
  /** How a declaration is written, for the agent that is to write one. */
  readonly format: string
  /** So many deletes need no confirmation. */
  readonly maxDeletes: number
  /** What else no plan may do; a `deny` refuses to plan. Default: nothing. */
  readonly policies?: readonly Policy[]
  /** Suppliers of deferred values. Default: none. */
  readonly resolvers?: Readonly<Record<string, Resolver>>
  /** Time and identity. Default: the real ones. */
  readonly clock?: Clock
}

/** Where the host keeps everything. */
export function placeOf({ store, stack, clock }: McpHost): { readonly store: Store; readonly stack: string; readonly clock?: Clock } {
  return { store, stack, ...(clock && { clock }) }
}

/** What everything that asks the backend has in common. */
export function baseOf(host: McpHost): BaseOptions {
  return { ...placeOf(host), provider: host.provider(), ...(host.resolvers && { resolvers: host.resolvers }) }
}
