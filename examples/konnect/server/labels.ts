import * as z from 'zod'

const value = z.string().min(1).max(63).regex(/^[a-z0-9A-Z]([a-z0-9A-Z._-]*[a-z0-9A-Z])?$/, 'must be a label')

// The real one compares the reserved words as they are written, so `KONGCTL-…` is free.
const key = z.string().min(1).max(63).regex(/^(?!kong|konnect|mesh|kic|_)/, 'must not start with kong, konnect, mesh, kic or _')

/** Labels of a create. */
export const labels = z.record(key, value).refine((all) => Object.keys(all).length <= 50, 'must have at most 50 labels')

/** Labels of an update: null removes one. */
export const labelChanges = z.record(key, value.nullable()).nullable()
