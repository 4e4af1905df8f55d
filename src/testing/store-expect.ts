import { ConvergentError } from '../core/errors.ts'
import { canonicalJson } from '../core/json.ts'
import { isMarker } from '../core/value.ts'

/** Throws unless both are alike, markers and maps included. */
export function expectAlike(found: unknown, expected: unknown, what: string): void {
  const [left, right] = [describe(found), describe(expected)]
  if (left !== right) throw new Error(`${what}: expected ${shorten(right)}, found ${shorten(left)}`)
}

/** Throws unless it holds. */
export function expectTrue(holds: boolean, what: string): void {
  if (!holds) throw new Error(what)
}

/** Throws unless the work rejects with that code; gives the error. */
export async function expectCode(work: Promise<unknown>, code: string, what: string): Promise<ConvergentError> {
  let problem: string
  try {
    await work
    problem = 'it went through'
  } catch (error) {
    if (error instanceof ConvergentError && error.code === code) return error
    problem = `found ${String(error)}`
  }
  throw new Error(`${what}: expected an error with code ${code}, ${problem}`)
}

/** Markers are told from data of the same look. */
function describe(value: unknown): string {
  return canonicalJson(brand(value))
}

function brand(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value === undefined ? '(nothing)' : value
  if (isMarker(value)) return { '(marker)': JSON.stringify(value) }
  if (value instanceof Map) return { '(map)': [...value].map(brand) }
  if (Array.isArray(value)) return value.map(brand)
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, brand(child)]))
}

function shorten(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
