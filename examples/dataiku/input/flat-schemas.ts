import * as z from 'zod'
import { anything, datasetSchema, description, name, permissions, variables, words } from './field-schemas.ts'

const about = { ...description, shortDesc: z.string().optional(), ...words }
const roles = z.record(z.string(), z.strictObject({ items: z.array(z.looseObject({ ref: name })) }))

/** Fields of a `type: project` in the flat list. */
export const flatProject = z.strictObject({ type: name, name, label: name.optional(), owner: name.optional(), ...about, settings: anything.optional(), variables, permissions, dropData: z.boolean().optional() })

/** Fields of a `type: dataset` in the flat list. */
export const flatDataset = z.strictObject({
  type: name,
  name,
  datasetType: name.optional(),
  params: anything.optional(),
  formatType: name.optional(),
  formatParams: anything.optional(),
  managed: z.boolean().optional(),
  connectionId: name.optional(),
  formatOptionId: name.optional(),
  typeOptionId: name.optional(),
  schema: datasetSchema,
  ...about,
  dropData: z.boolean().optional(),
})

/** Fields of a `type: recipe` in the flat list. */
export const flatRecipe = z.strictObject({ type: name, name, recipeType: name, inputs: roles.optional(), outputs: roles.optional(), params: anything.optional(), payload: z.string().optional(), ...about })

/** What each role of a recipe reads or writes, as the flat list has it. */
export type Roles = z.infer<typeof roles>
