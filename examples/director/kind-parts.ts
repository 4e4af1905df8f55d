import * as z from 'zod'
import { isBuiltIn } from './built-in.ts'

/** What stands in place of a policy where there is none. */
export const NONE = 'None'

/** Names something else, or nothing. A node takes blanks around a name away, and a plan would bring them back for ever. */
export const nameOrEmpty = z.string().refine((name) => name === name.trim(), 'expected a name without blanks before and after it')

/** A name, as it stands at its object and wherever it is used. */
export const anyName = nameOrEmpty.min(1, 'expected a name that is not empty')

/** The name of an object of ours, of this length at most. */
export function nameUpTo(length: number): z.ZodString {
  return anyName
    .max(length, `expected at most ${length} characters`)
    .regex(/^[^/,]+$/, 'expected a name without "/" and ","')
    .refine((name) => !isBuiltIn(name), 'expected a name of your own: "default", and what begins with "_", is kept for what a node has of its own')
    .refine((name) => name !== NONE, `expected another name: "${NONE}" says that there is no policy`)
}

/** Names a policy, or none. */
export const policyName = anyName.default(NONE)
