import type { Entry, TakenOver } from '../core/entry.ts'
import type { State } from '../core/state.ts'

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
export type DocumentKind = 'plan' | 'checkpoint'

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
   * Claims the stack. Throws `lease-held` with the holder's name. No term ends in the store: whether a holder is gone is judged
   * by who watches it (or where the store can prove its death), since clocks of two machines cannot be compared.
   */
  claim(stack: string, holder: string, options?: ClaimOptions): Promise<Lease>
  /** Shows everybody who looks at the {@link Holding} that the holder is alive. Throws `lease-lost`. */
  renew(lease: Lease): Promise<void>
  /** The present claim; undefined where the stack is free. */
  holding(stack: string): Promise<Holding | undefined>
  /** Gives the claim back; nothing happens when it is lost already. */
  release(lease: Lease): Promise<void>
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
  /** The ids of the documents of a kind, oldest first. */
  list(stack: string, kind: DocumentKind): Promise<readonly string[]>
  /** Removes a document; nothing happens where there is none. */
  remove(stack: string, kind: DocumentKind, id: string): Promise<void>
  /** Keeps a copy of the present state. Default: the store has no backups. */
  backup?(stack: string): Promise<void>
  /** Removes old ended runs and plans, oldest first, never what an open run needs. Default: nothing is pruned. */
  prune?(stack: string, keep: { readonly runs: number; readonly plans: number }): Promise<void>
}
