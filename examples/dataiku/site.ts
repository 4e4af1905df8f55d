import type { HttpClient, Tasks } from 'convergent/rest'

/** What all types share of a provider. */
export interface Site {
  readonly client: HttpClient
  /** Who owns a new project where its declaration does not say. */
  readonly owner: string
  readonly tasks: Tasks
}
