import type { Entry, TakenOver } from '../core/entry.ts'
import type { State } from '../core/state.ts'
import type { Finding } from './finding.ts'

/** A claim on a stack. */
export interface Lease {
  /** What is claimed. */
  readonly stack: string
  /** Who has it, as that holder named itself. */
  readonly holder: string
  /** Grows with each claim of the stack. An append or commit with an older one is refused. */
  readonly fence: number
  /** How long it holds after each renewal, in milliseconds. */
  readonly termMs: number
  /** What was taken from another holder to get it; absent: the stack was free. */
  readonly takenOver?: TakenOver
  /** Why nobody else may claim it; absent: there is no reason. */
  readonly relocation?: Relocation
}

/** That a stack cannot be used in a store, since it is being moved between that one and another, or was. */
export interface Relocation {
  /** `arriving`: it is being copied here, and not all of it is there. `gone`: it is in the other store now. */
  readonly kind: 'arriving' | 'gone'
  /** The name of the other store. */
  readonly store: string
}

/** How to claim a stack. */
export interface ClaimOptions {
  /** How long the claim holds after each renewal, in milliseconds. Default: 30 000. */
  readonly termMs?: number
  /** Claims the stack although it is held, if that very claim is still the newest. Default: a held stack is refused. */
  readonly takeOver?: {
    /** Of the claim that is taken over. */
    readonly fence: number
    /** For the next person: why. */
    readonly reason: string
  }
  /** True: claims the stack although it is being moved, or was. Only for who moves it. Default: refused. */
  readonly relocating?: boolean
}

/** The present claim of a stack, as anybody can see it. */
export interface Holding {
  /** Who has it, as that holder named itself. */
  readonly holder: string
  /** The number of the claim. */
  readonly fence: number
  /** Another number after each renewal: what stays the same for a whole term is not being renewed. */
  readonly renewal: number
  /** When it was claimed; ISO 8601. */
  readonly since: string
  /** How long it holds after each renewal, in milliseconds. */
  readonly termMs: number
  /** What was taken from another holder to get it. */
  readonly takenOver?: TakenOver
}

/** One run that the store knows of. */
export interface RunInfo {
  /** The run. */
  readonly id: string
  /** The stack. */
  readonly stack: string
  /** The plan that it applies. */
  readonly plan: string
  /** ISO 8601. */
  readonly startedAt: string
  /** False: it crashed, or something about it is unknown. */
  readonly ended: boolean
}

/** A document that the store keeps by id. */
export type DocumentKind = 'plan' | 'checkpoint' | 'output'

/**
 * Where state, journals, leases and plans are kept. Small enough for any database; `checkStore` in `convergent/testing`
 * proves an implementation.
 */
export interface Store {
  /** For messages: `memory`, `file:/srv/state`. */
  readonly name: string
  /** What this store can and cannot promise; the conformance cases read it. */
  readonly capabilities: {
    /** True: what a resolved call wrote survives the death of the process. */
    readonly durable: boolean
    /** True: a second store object on the same place (another process, say) sees and fences the same stacks. */
    readonly shared: boolean
  }
  /** The state of a stack; undefined where nothing was ever committed. */
  load(stack: string): Promise<State | undefined>
  /** Replaces the state when the stored serial is `expectedSerial` (0: nothing stored). Throws `lease-lost`, `serial-conflict`. */
  commit(state: State, options: { readonly expectedSerial: number; readonly lease: Lease }): Promise<void>
  /**
   * Claims the stack. Throws `lease-held` with the holder's name, `store` when the stack is not here any more, or not yet. No term ends in the store: whether a holder is gone is judged
   * by who watches it, since clocks of two machines cannot be compared. Two exceptions: a store that can prove the holder's death,
   * and one that is the only clock of all hosts (a database): there a claim takes over, and says so, what was not renewed for a term.
   */
  claim(stack: string, holder: string, options?: ClaimOptions): Promise<Lease>
  /** Shows everybody who looks at the {@link Holding} that the holder is alive. Throws `lease-lost`. */
  renew(lease: Lease): Promise<void>
  /** The present claim; undefined where the stack is free. */
  holding(stack: string): Promise<Holding | undefined>
  /** Gives the claim back; nothing happens when it is lost already. */
  release(lease: Lease): Promise<void>
  /**
   * Calls back soon after the stack may have been given back, until what it resolves to is called. A waiter looks for itself
   * then, so one call too many does no harm, and one that is missed costs time only. Default: a waiter looks from time to time.
   */
  watch?(stack: string, onChange: () => void): Promise<() => Promise<void>>
  /** Appends to a run's journal, in order; durable (where the store is) when it resolves. Throws `lease-lost`. */
  append(lease: Lease, run: string, entries: readonly Entry[]): Promise<void>
  /** A run's journal in order. Throws `format` when damaged; a torn last line is cut and reported by `onTorn`. */
  entries(stack: string, run: string, options?: { readonly onTorn?: (detail: string) => void }): AsyncIterable<Entry>
  /** The runs of a stack, oldest first. */
  runs(stack: string): Promise<readonly RunInfo[]>
  /** Keeps a document; an existing one of that id is replaced as a whole or not at all. */
  put(stack: string, kind: DocumentKind, id: string, text: string): Promise<void>
  /** A document; undefined where there is none. */
  get(stack: string, kind: DocumentKind, id: string): Promise<string | undefined>
  /**
   * As `put`, of a text that comes in pieces, for documents that are too large for one string. A piece may end in the middle of a
   * character. When the pieces end with an error, nothing is kept and the call rejects with it. Default: `put` gets the whole text.
   */
  putPieces?(stack: string, kind: DocumentKind, id: string, pieces: AsyncIterable<string>): Promise<void>
  /**
   * As `get`, in pieces. What is damaged ends them with an error: nothing counts before they have ended without one. Default: the
   * whole text of `get`.
   */
  getPieces?(stack: string, kind: DocumentKind, id: string): Promise<AsyncIterable<string> | undefined>
  /** The ids of the documents of a kind, oldest first. */
  list(stack: string, kind: DocumentKind): Promise<readonly string[]>
  /** Removes a document; nothing happens where there is none. */
  remove(stack: string, kind: DocumentKind, id: string): Promise<void>
  /**
   * Notes durably that the stack cannot be used here, or, with undefined, that it can: until then every claim is refused, but for
   * one that is `relocating`. Throws `lease-lost`. Default: stacks are neither moved into this store nor out of it.
   */
  relocate?(lease: Lease, relocation: Relocation | undefined): Promise<void>
  /** Removes state, journals, documents and backups of a stack; the fence and a relocation stay. What was cut off is ended by another one. Throws `lease-lost`. Default: as of `relocate`. */
  clear?(lease: Lease): Promise<void>
  /** Keeps a copy of the present state. Default: the store has no backups. */
  backup?(stack: string): Promise<void>
  /** Names what is damaged in the place where it keeps a stack, each with the way out, as exactly as it can. Default: what cannot be read is named by the error. */
  examine?(stack: string): Promise<readonly Finding[]>
  /** Removes old ended runs with their outputs, and plans, oldest first, never what an open run needs. Default: nothing is pruned. */
  prune?(stack: string, keep: { readonly runs: number; readonly plans: number }): Promise<void>
}
