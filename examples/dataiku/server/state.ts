import type { Future } from './future.ts'

/** A JSON object. */
export type Fields = Readonly<Record<string, unknown>>

/** A dataset. */
export interface Dataset {
  /** Not of the API: tells it from another one of the same name. */
  readonly id: string
  fields: Fields
}

/** A recipe and its code. */
export interface Recipe {
  recipe: Fields
  /** Absent: somebody left it out. */
  payload?: string
}

/** What a project has besides its datasets and recipes. */
export const projectParts = ['metadata', 'settings', 'permissions', 'variables'] as const
/** One of them. */
export type ProjectPart = (typeof projectParts)[number]

/** A project with all that is in it. */
export interface Project {
  /** Not of the API: tells it from another one with the same key. */
  readonly id: string
  readonly key: string
  readonly tags: { readonly creationTag: Fields; versionTag: Fields }
  readonly parts: Record<ProjectPart, Fields>
  readonly datasets: Record<string, Dataset>
  readonly recipes: Record<string, Recipe>
}

/** What stands in the places that datasets point to, by place. */
export type StoredData = Readonly<Record<string, readonly unknown[]>>

/** Everything that is kept, as JSON. */
export interface DataikuData {
  readonly projects: Record<string, Project>
  readonly futures: Future[]
  readonly data: Record<string, readonly unknown[]>
}

/** Who changed something, when, and how often that happened before. */
export function nextTag(login: string, nowMs: number, before?: unknown): Fields {
  const versionNumber = typeof before === 'object' && before !== null && 'versionNumber' in before ? Number(before.versionNumber) + 1 : 0
  return { versionNumber, lastModifiedBy: { login }, lastModifiedOn: nowMs }
}
