import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { nameUpTo } from '../kind-parts.ts'

/** Devices that are spoken of together: `DeviceGroups`. */
export const kind = defineKind({
  type: 'DeviceGroup',
  path: 'DeviceGroups',
  schema: z.strictObject({ name: nameUpTo(255), description: z.string().default('') }),
})
