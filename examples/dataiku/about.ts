import * as z from 'zod'

/** An object of fields that are the API's affair. */
export const anything = z.record(z.string(), z.unknown())

/** What people say of any object. */
export const about = { description: z.string().optional(), shortDesc: z.string().optional(), tags: z.array(z.string()).optional() }
