import * as z from 'zod'

/** A text that may be written as a number. */
export const text = z.union([z.string(), z.number()], 'expected a text or a number')

/** A list of texts; one of them need not be a list. */
export const texts = z.union([z.array(text), text], 'expected a list of texts and numbers, or one of them')

const DURATION = 'expected a number, with us, ms, s, m, h or d behind it'

/** `30s`, `500ms`, `10`. */
export const duration = z.union([z.string().regex(/^\d{1,8}(us|ms|s|m|h|d)?$/, DURATION), z.number().int().nonnegative()], DURATION)

/** What HAProxy calls a server or a backend. */
export const proxyName = z.string().regex(/^[\w.-]{1,255}$/, 'expected 1 to 255 letters, digits, ".", "_" and "-"')
