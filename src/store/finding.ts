/** Something that an examination found. */
export interface Finding {
  /** `damaged`: it cannot be read as it was written. `open`: it waits for somebody. `held`: somebody has the stack. */
  readonly level: 'damaged' | 'open' | 'held'
  /** What it is about. */
  readonly subject: string
  /** What was found. */
  readonly problem: string
  /** The way out. */
  readonly remedy: string
}
