/**
 * How a stack is claimed. One store has one lease a stack: two stores that describe the same objects protect nothing. Few
 * backends check a fence: what a holder sent before it lost its lease can land later.
 */
export interface LeaseOptions {
  /** How this process names itself to others that want the stack. Default: `convergent`. */
  readonly holder?: string
  /**
   * How long a held stack is waited for, in milliseconds. It is had as soon as its holder gives it back or is proven dead, and
   * taken over when the holder gave no sign of life for its whole term; a wait shorter than that term takes nothing over.
   * Default: 0, a held stack is refused at once.
   */
  readonly leaseWaitMs?: number
  /** How long the claim holds after each renewal, in milliseconds; it is renewed at a third of it. Default: 30 000. */
  readonly leaseTermMs?: number
  /**
   * Takes the stack from whoever holds it, at once. Only for a holder that surely does nothing any more: a call of its own that
   * is under way can land late. As after every takeover, one attempt timeout passes before anything is done. Default: a held
   * stack is not taken.
   */
  readonly takeOver?: {
    /** For the next person: why. It stands in the claim, and in the journal of the run that was under way or begins. */
    readonly reason: string
    /** Takes only this claim, as `store.holding` showed it; another one is refused. Default: whichever is the newest. */
    readonly fence?: number
  }
}
