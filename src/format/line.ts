import * as z from 'zod/mini'
import { FormatError } from '../core/errors.ts'
import { formatPath } from '../core/json.ts'

/** Where a line stands, for messages. */
export interface LinePlace {
  /** `plan`, `state` or `journal`. */
  readonly document: string
  /** Counts from 1. */
  readonly line: number
  /** The file or the like that it was read from; absent: not known. */
  readonly from?: string | undefined
}

/** An error that names document, line, problem, and the file where it is known. */
export function formatFault(place: Omit<LinePlace, 'line'> & { readonly line?: number }, problem: string): FormatError {
  return new FormatError(place.document, place.from === undefined ? problem : `${problem} (${place.from})`, place.line)
}

/** JSON of one line. What the line holds is not repeated in the message: it may be a secret. */
export function parseJson(text: string, place: LinePlace): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw formatFault(place, `expected JSON, found ${text.trim() === '' ? 'an empty line' : `${text.length} characters that are none`}; restore it from a backup, or make it anew`)
  }
}

/** Checks a value against a shape. */
export function checkShape<T>(shape: z.ZodMiniType<T>, value: unknown, place: LinePlace): T {
  const checked = shape.safeParse(value)
  if (checked.success) return checked.data
  throw formatFault(place, checked.error.issues.slice(0, 3).map(describeIssue).join('; '))
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const at = formatPath(issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part)))
  const where = at === '' ? '' : `${at}: `
  switch (issue.code) {
    case 'unrecognized_keys':
      return `${where}unknown field ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}; it was altered, or a newer release wrote it`
    case 'invalid_type':
      return `${where}expected ${issue.expected}`
    case 'invalid_value':
      return `${where}expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`
    case 'invalid_union':
      return `${where}${issue.discriminator === undefined ? 'unexpected value' : 'unknown kind; it was altered, or a newer release wrote it'}`
    default:
      return `${where}${issue.message}`
  }
}
