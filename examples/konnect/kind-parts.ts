import * as z from 'zod'
import type { Fields, Observed } from 'convergent'
import type { Pagination } from 'convergent/rest'

/** Konnect's page style; its servers give fewer than asked for, and the total decides. */
export const pages: Pagination = { style: 'page', items: 'data', total: 'meta.page.total', number: 'page[number]', size: 'page[size]', pageSize: 100 }

/** Labels as declared; null: this key must not be there. */
export const labels = z.record(z.string().min(1).max(63), z.string().max(63).nullable())

/** What the world or only members may see. */
export const visibility = z.enum(['public', 'private'])

/** Ownership and protection live on the object as labels. */
export function readMarks({ labels: found, name }: Fields): Pick<Observed, 'owned' | 'protected' | 'name'> {
  const marks = (found ?? {}) as Readonly<Record<string, string | undefined>>
  return { owned: marks['KONGCTL-namespace'] !== undefined, protected: marks['KONGCTL-protected'] === 'true', ...(typeof name === 'string' && { name }) }
}

/** The label that a lift of protection changes, alone. */
export const protection = ['labels.KONGCTL-protected'] as const

/** What objects with labels have in common: they are listed in pages, known by their name, and marked by their labels. */
export const labelled = {
  pagination: pages,
  key: ['name'],
  findQuery: ({ name }: { readonly name: string }) => ({ 'filter[name][eq]': name }),
  merged: ['labels'],
  marks: readMarks,
  protection,
} as const

/** For kinds whose description is never nothing: an empty one says that there is none. */
export const emptyDescription = {
  normalise: { description: (text: unknown) => text ?? '' },
  toWire: (body: Fields): Fields => (body['description'] === null ? { ...body, description: '' } : body),
}

/** For kinds whose description cannot be taken away: it stays. */
export const lastingDescription = {
  toWire: (body: Fields): Fields => Object.fromEntries(Object.entries(body).filter(([field, value]) => field !== 'description' || value !== null)),
}

/** A tree as a list: what holds others in `children` comes before them. */
export function flattenTree(items: readonly Fields[]): readonly Fields[] {
  return items.flatMap(({ children, ...item }) => [item, ...flattenTree((children ?? []) as readonly Fields[])])
}

/** The key of what is told apart among its siblings in a tree; not known while the one above it is not. */
export function keyAmongSiblings(parent: unknown, above: unknown, slug: unknown): string | undefined {
  const isKnown = typeof parent === 'string' && typeof slug === 'string' && (above === undefined || above === null || typeof above === 'string')
  return isKnown ? JSON.stringify([parent, above ?? null, slug]) : undefined
}
