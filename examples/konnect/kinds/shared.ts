import * as z from 'zod'
import type { Fields, Observed } from 'convergent'
import type { Pagination } from 'convergent/rest'

/** Konnect's page style; its servers give fewer than asked for, and the total decides. */
export const pages: Pagination = { style: 'page', items: 'data', total: 'meta.page.total', number: 'page[number]', size: 'page[size]', pageSize: 100 }

/** Labels as declared; null: this key must not be there. */
export const labels = z.record(z.string().min(1).max(63), z.string().max(63).nullable())

/** Ownership and protection live on the object as labels. */
export function readMarks({ labels: found, name }: Fields): Pick<Observed, 'owned' | 'protected' | 'name'> {
  const marks = (found ?? {}) as Readonly<Record<string, string | undefined>>
  return { owned: marks['KONGCTL-namespace'] !== undefined, protected: marks['KONGCTL-protected'] === 'true', ...(typeof name === 'string' && { name }) }
}

/** The label that a lift of protection changes, alone. */
export const protection = ['labels.KONGCTL-protected'] as const
