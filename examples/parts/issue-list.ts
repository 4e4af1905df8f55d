import { DeclarationError, type Issue, type Source } from 'convergent'

/** Collects all that is wrong, so that one run tells everything. */
export class IssueList {
  readonly #issues: Issue[] = []

  add(code: string, message: string, source: Source, more: Pick<Issue, 'address' | 'path'> = {}): void {
    this.#issues.push({ code, message, source, ...more })
  }

  /** How many there are. */
  get count(): number {
    return this.#issues.length
  }

  /** Throws `declaration` when there is anything in it. */
  throwIfAny(): void {
    if (this.#issues.length > 0) throw new DeclarationError(this.#issues)
  }
}
