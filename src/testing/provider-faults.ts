/** `read`: a request of a read, list or find. `write`: one of a create, update or delete. */
export type RequestKind = 'read' | 'write'

/**
 * Ways in which a backend can fail a provider, each about the next request that fits and about no other one. Leave out what
 * yours cannot do: the cases that need it are skipped. For a provider that uses `fetch` there is `createFaultyFetch`.
 */
export interface ProviderFaults {
  /** Refuses it as one too many (429 with `Retry-After`); it is not carried out. */
  readonly overload?: (kind: RequestKind) => void
  /** Carries it out, and the reply never arrives: the connection is reset. */
  readonly loseReply?: (kind: RequestKind) => void
  /** Nobody listens: nothing is sent. */
  readonly refuseConnection?: (kind: RequestKind) => void
  /** The server fails while it handles it (500): nobody knows how far it came. */
  readonly failServer?: (kind: RequestKind) => void
  /** Refuses what it says as invalid (400); it is not carried out. */
  readonly refuseInput?: () => void
  /** Never answers; only an abort ends it. */
  readonly hang?: (kind: RequestKind) => void
  /** Gives a list that is not whole, such that it can be told: its total says more than it shows, or the reply is torn. */
  readonly cutList?: () => void
  /** From now on: what is created stays invisible to lists and finds for this time, by the clock that `open` gives. */
  readonly lag?: (ms: number) => void
  /** Forgets every fault that has not happened yet. */
  readonly heal?: () => void
}
