import type { FindProblem, Problem } from 'convergent/rest'

/**
 * Success is decided by the body. A validation that failed comes with a status of success; what a person must decide (something
 * is in use) comes as a 500 with a title, and nothing was done then; without a title the firewall does not know itself.
 */
export const findProblem: FindProblem = (body, status, { path }) => {
  const fields: Readonly<Record<string, unknown>> = typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {}
  const { errorMessage, errorTitle, result } = fields
  if (status === 404) return { message: 'the firewall has no such endpoint; is the plugin installed, and the version one that has it?', fields: [], kind: 'fatal' }
  if (status === 401) return { message: 'Authentication Failed: the firewall does not know this key and secret', fields: [], kind: 'fatal' }
  if (status === 403) return { message: 'the user of this key has no right to do this; give it the right, on the firewall, in System, Access, Users', fields: [], kind: 'fatal' }
  if (status >= 500 && typeof errorMessage === 'string' && errorTitle !== undefined)
    return { message: [String(errorTitle ?? ''), errorMessage.trim().replace(/\s*\n\s*/g, '; ')].filter((part) => part !== '').join(': '), fields: [], kind: 'conflict' }
  if (status >= 300) return undefined
  const verb = /\/(get|set|del)[A-Z]\w*\/[^/]+$/.exec(path)?.[1]
  // An object that is not there is shown as an empty list.
  if (verb === 'get' && Array.isArray(body) && body.length === 0) return { message: 'there is no such object', fields: [], kind: 'not-found' }
  // It warns in place of doing anything.
  if (typeof errorMessage === 'string') return { message: errorMessage, fields: [], kind: 'ambiguous' }
  if (verb === 'get') return Object.keys(fields).length === 1 ? undefined : unexpected(body)
  if (verb === undefined) return undefined
  if (result === 'not found') return { message: 'there is no such object', fields: [], kind: 'not-found' }
  if (result === 'failed') return describeRefusal(fields['validations'])
  return result === 'saved' || result === 'deleted' ? undefined : { ...unexpected(body), kind: 'ambiguous' }
}

function describeRefusal(validations: unknown): Problem {
  const found = typeof validations === 'object' && validations !== null ? Object.entries(validations) : []
  if (found.length === 0) return { message: 'the firewall refuses it and does not say why', fields: [], kind: 'fatal' }
  return { message: 'the firewall refuses it', fields: found.map(([path, reason]) => ({ path, reason: Array.isArray(reason) ? reason.join(' ') : String(reason) })), kind: 'fatal' }
}

function unexpected(body: unknown): Problem {
  return { message: `the reply is none that the firewall gives here: ${(JSON.stringify(body) ?? 'nothing').slice(0, 80)}`, fields: [], kind: 'fatal' }
}
