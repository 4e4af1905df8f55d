/** Raised by a handler; becomes a reply that is no success by its status. */
export class ReplyError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** A refusal as the API words it. */
export function toReply({ status, message }: ReplyError): Response {
  return Response.json({ status: 'Failed', message }, { status })
}
