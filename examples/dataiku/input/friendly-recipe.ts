import type { Fields } from 'convergent'
import type * as z from 'zod'
import { type EntryHead, type Reading, type Use } from './entry.ts'
import { refuseWord } from './friendly-dataset.ts'
import { RECIPE_TYPES, type friendlyRecipe } from './friendly-schemas.ts'
import { nameOf, projectOf } from './names.ts'
import { checkOutputs, readUse } from './use.ts'

/** A recipe of the friendly format, in the terms of the resource. */
export function toRecipe(head: EntryHead, fields: z.infer<typeof friendlyRecipe>): Reading {
  const { type, code: payload, params, description, short_desc: shortDesc, tags } = fields
  const { inputs = [], outputs = [] } = fields
  const reads = inputs.flatMap((text, at) => readUse(head, text, ['inputs', at]) ?? [])
  const writes = outputs.flatMap((text, at) => readUse(head, text, ['outputs', at]) ?? [])
  const uses = [...reads, ...writes]
  const isKnown = Object.hasOwn(RECIPE_TYPES, type)
  if (!isKnown) refuseWord(head, 'type', type, Object.keys(RECIPE_TYPES), '; another one can be declared in a flat list (resources), as the API has it')
  const isWhole = checkOutputs(head, outputs.length) && uses.length === inputs.length + outputs.length
  if (!isKnown || !isWhole) return { inputs: undefined, uses }
  const own = { projectKey: projectOf(head.id), name: nameOf(head.id), type: RECIPE_TYPES[type] }
  return { inputs: { ...own, inputs: toRoles(reads), outputs: toRoles(writes), params, payload, description, shortDesc, tags }, uses }
}

function toRoles(uses: readonly Use[]): Fields {
  return uses.length === 0 ? {} : { main: { items: uses.map((use) => ({ ref: use.id })) } }
}
