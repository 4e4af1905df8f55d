import { pathOf, type HttpRequest, type Tasks } from 'convergent/rest'

/**
 * A delete is answered with a future. It is peeked at: who asks for the result takes it away, and a crash right then would leave
 * a future that nobody knows.
 */
export const futures: Tasks = {
  handleOf: (reply) => {
    const { jobId, hasResult } = readFields(reply)
    return typeof jobId === 'string' && jobId !== '' && hasResult !== true ? jobId : undefined
  },
  poll: (handle) => ask(handle, true),
  askWhy: (handle) => ask(handle, false),
  readState: (reply) => {
    const { hasResult, alive, aborted, unknown } = readFields(reply)
    if (unknown === true) return 'forgotten'
    if (hasResult === true) return 'succeeded'
    if (aborted === true) return { failed: 'somebody aborted it' }
    return alive === false ? { failed: 'the server does not say why' } : 'running'
  },
}

function ask(handle: string, peek: boolean): HttpRequest {
  return { method: 'GET', path: pathOf`/futures/${handle}`, query: { peek } }
}

function readFields(reply: unknown): Readonly<Record<string, unknown>> {
  return typeof reply === 'object' && reply !== null ? (reply as Readonly<Record<string, unknown>>) : {}
}
