import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { pages } from '../kind-parts.ts'

/** An account of a machine: `/v3/system-accounts`. */
export const kind = defineKind({
  type: 'system_account',
  input: { list: 'system_accounts' },
  schema: z.strictObject({ name: z.string(), description: z.string() }),
  collection: () => '/v3/system-accounts',
  pagination: pages,
  key: ['name'],
  findQuery: ({ name }) => ({ 'filter[name][eq]': name }),
})
