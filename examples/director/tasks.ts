import type { FaultKind } from 'convergent'
import type { HttpRequest } from 'convergent/rest'

/** What is said of an order. */
export type OrderState = 'running' | 'succeeded' | { readonly failed: string; readonly kind?: FaultKind }

/** Every write is an order: its reply says where to look for how it goes. */
export const orders = {
  /** The order that a reply to a write names. */
  handleOf: (reply: unknown): string | undefined => {
    const message = fieldOf(reply, 'message')
    return typeof message === 'string' ? /^\/?(monitorapi\/[\w./-]+)$/.exec(message.trim())?.[1] : undefined
  },
  poll: (handle: string): HttpRequest => ({ method: 'GET', path: `/${handle}` }),
  readState: (reply: unknown): OrderState => {
    const response = fieldOf(reply, 'response')
    const [success, errors] = [fieldOf(response, 'success'), fieldOf(response, 'errors')]
    // It alone decides: an order may be warned of something and succeed, or go on.
    if (success === true) return 'succeeded'
    if (success !== false) return 'running'
    const said = Array.isArray(errors) ? errors.map(toText).filter((each) => each !== '') : []
    const words = said.join('; ') || toText(fieldOf(response, 'message')) || 'the node does not say why'
    return { failed: words, kind: kindOf(words) }
  },
}

/** How a failure that a person can read is to be treated. */
export function kindOf(words: string): FaultKind {
  if (/\balready exists?\b|\bin use\b|\b(is|being|still) used\b/i.test(words)) return 'conflict'
  if (/\bid\b.*\bnot found\b/i.test(words)) return 'not-found'
  return 'fatal'
}

/** An error is a text, or an object with one. */
function toText(error: unknown): string {
  if (typeof error === 'string') return error.trim()
  if (error === null || error === undefined) return ''
  const text = fieldOf(error, 'message') ?? fieldOf(error, 'error')
  return typeof text === 'string' ? text.trim() : (JSON.stringify(error) ?? '')
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, field) ? (value as Readonly<Record<string, unknown>>)[field] : undefined
}
