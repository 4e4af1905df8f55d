import type { FaultKind } from '../../core/errors.ts'
import { isFields } from '../../core/json.ts'
import type { HttpRequest } from './request.ts'

/** What an error body says. */
export interface Problem {
  /** For people. */
  readonly message: string
  /** The fields that are at fault. */
  readonly fields: readonly {
    /** The field, as the backend names it. */
    readonly path: string
    /** What is wrong with it. */
    readonly reason: string
  }[]
  /** How it is treated. Default: by the status; `fatal` for a status of success. */
  readonly kind?: FaultKind
}

/** Finds the problem in the body of a reply; undefined where there is none. The body is undefined where it is no JSON. */
export type FindProblem = (body: unknown, status: number, request: HttpRequest) => Problem | string | undefined

/**
 * How a status is to be treated. A server that fails while it handles a write (500, 502, 504) may have done it; one that
 * says that it is overloaded (429, 503) has not (RFC 9110, 15.6.4).
 */
export function faultOfStatus(status: number, isWrite: boolean): FaultKind {
  if (status === 404 || status === 410) return 'not-found'
  if (status === 409 || status === 412 || status === 423) return 'conflict'
  if (status === 429 || status === 503) return 'retryable'
  if (status === 408 || status >= 500) return isWrite ? 'ambiguous' : 'retryable'
  return 'fatal'
}

/** `Retry-After` in milliseconds, given as seconds or as a date beside the reply's own `Date`. */
export function readRetryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after')
  if (value === null) return undefined
  const seconds = Number(value)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const until = Date.parse(value) - Date.parse(headers.get('date') ?? '')
  return Number.isNaN(until) ? undefined : Math.max(0, until)
}

/** Reads problem+json (RFC 9457) with its invalid parameters, other JSON with a message, or text. The message does not list the fields. */
export function describeProblem(text: string): Problem {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return { message: text.slice(0, 200).replace(/\s+/g, ' ').trim(), fields: [] }
  }
  if (!isFields(body)) return { message: '', fields: [] }
  const words = [body['title'], body['detail'], body['message'], body['errorMessage']].filter((word): word is string => typeof word === 'string' && word !== '')
  const fields = (Array.isArray(body['invalid_parameters']) ? body['invalid_parameters'] : []).filter(isFields).map((each) => ({ path: String(each['field'] ?? ''), reason: String(each['reason'] ?? '') }))
  return { message: [...new Set(words)].join(': '), fields }
}
