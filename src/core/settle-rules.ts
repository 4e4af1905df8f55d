/** What planning has to know of a group of writes that one call makes effective. */
export interface SettleRules {
  /** What it makes effective, in words. Default: the group's name. */
  readonly description?: string
  /** Groups that are settled first, where the plan writes to them. Default: none. */
  readonly after?: readonly string[]
}
