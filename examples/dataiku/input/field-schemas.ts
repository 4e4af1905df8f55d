import * as z from 'zod'

/** A text that is not empty. */
export const name = z.string().min(1)
/** A map that holds anything. */
export const anything = z.record(z.string(), z.unknown())

/** What both formats say of any entry, and none of it is the server's. */
export const words = { adopt: z.boolean().optional(), protected: z.boolean().optional() }
/** Words for people. */
export const description = { description: z.string().optional(), tags: z.array(name).optional() }
/** Standard and local variables of a project. */
export const variables = z.strictObject({ standard: anything.optional(), local: anything.optional() }).optional()
/** Who may do what in a project. */
export const permissions = z.array(anything).optional()
/** The columns of a dataset. Further fields of a column are the API's. */
export const datasetSchema = z.looseObject({ columns: z.array(z.looseObject({ name, type: name })) }).optional()
