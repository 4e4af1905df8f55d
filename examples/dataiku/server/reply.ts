/** The status of each sort of refusal. */
const STATUS = { NotFoundException: 404, IllegalArgumentException: 400, DKUSecurityException: 403, UnauthorizedException: 401, TooManyRequestsException: 429, InternalServerErrorException: 500 } as const

/** The sorts of refusals. */
export type ErrorType = keyof typeof STATUS

/** Raised by a handler; becomes a reply that is no success. */
export class ReplyError extends Error {
  readonly errorType: ErrorType
  readonly status: number
  constructor(errorType: ErrorType, message: string, status: number = STATUS[errorType]) {
    super(message)
    this.errorType = errorType
    this.status = status
  }
}

/** A refusal as the API words it. */
export function toRefusal({ errorType, message, status }: ReplyError, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json({ errorType, message, detailedMessage: `${errorType}: ${message}` }, { status, headers })
}

/** What a handler gave as a reply: nothing, text or JSON. */
export function toReply(result: unknown): Response {
  if (result === undefined) return new Response(null)
  return typeof result === 'string' ? new Response(result, { headers: { 'content-type': 'text/plain' } }) : Response.json(result)
}
