import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { anyName, nameUpTo } from '../kind-parts.ts'

/** Where logs are kept, and for how long: `Repos`. They move along the paths, each for the days of its retention. */
export const kind = defineKind({
  type: 'Repo',
  path: 'Repos',
  schema: z.strictObject({
    name: nameUpTo(28),
    hiddenrepopath: z.array(z.strictObject({ path: anyName, retention: z.number().int().min(3) })).min(1),
    repoha: z.array(z.strictObject({ ha_li: anyName, ha_day: z.number().int().min(3) })).default([]),
  }),
  // The other nodes that keep a copy; which comes first says nothing.
  unordered: ['repoha'],
  isNameInUpdate: false,
  fromWire: ({ repopath, hiddenrepopath = repopath, ...fields }) => ({ ...fields, hiddenrepopath }),
})
