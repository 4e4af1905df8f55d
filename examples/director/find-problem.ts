import type { FindProblem } from 'convergent/rest'
import { kindOf, orders } from './tasks.ts'

/** A write is answered with an order. An answer without one says nothing of what becomes of it. */
export const findProblem: FindProblem = (body, status, { method, path }) => {
  if (status === 401) return { message: 'the Director does not know this token, or it has expired', fields: [], kind: 'fatal' }
  if (status >= 300 || method === 'GET' || !path.startsWith('/configapi/')) return undefined
  const reply: Readonly<Record<string, unknown>> = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  if (orders.handleOf(reply) !== undefined) return undefined
  const words = typeof reply['message'] === 'string' ? reply['message'] : ''
  if (typeof reply['status'] === 'string' && reply['status'] !== 'Success') return { message: words || 'the Director refuses it and does not say why', fields: [], kind: kindOf(words) }
  return { message: `the reply names no order: ${(JSON.stringify(body) ?? 'nothing').slice(0, 80)}`, fields: [], kind: 'ambiguous' }
}
