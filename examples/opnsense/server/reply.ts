/** Raised by a handler; becomes a reply that is no success by its status. */
export class ReplyError extends Error {
  readonly status: number
  readonly body: unknown
  constructor(status: number, body: unknown) {
    super(JSON.stringify(body))
    this.status = status
    this.body = body
  }
}

/** What a person must decide: HTTP 500 with a title and a message that says who or what is in the way. */
export function userError(errorMessage: string, errorTitle: string): ReplyError {
  return new ReplyError(500, { errorMessage, errorTitle, errorLevel: 'error' })
}

/** A request that is refused before any command sees it. */
export function refusal(status: number, message: string): ReplyError {
  return new ReplyError(status, { status, message })
}

/** Nobody is listening at that path. */
export function notFound(): ReplyError {
  return new ReplyError(404, { errorMessage: 'Endpoint not found' })
}

/** What the firewall says when a command breaks. */
export function unexpected(): ReplyError {
  return new ReplyError(500, { errorMessage: 'Unexpected error, check log for details' })
}
