import type * as z from 'zod'

const TITLES: Readonly<Record<number, string>> = { 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 409: 'Conflict', 415: 'Unsupported Media Type' }

/** Raised by a handler; becomes an `application/problem+json` reply. */
export class Problem extends Error {
  readonly status: number
  readonly fields: readonly { readonly field: string; readonly reason: string }[]
  constructor(status: number, detail: string, fields: Problem['fields'] = []) {
    super(detail)
    this.status = status
    this.fields = fields
  }

  toResponse(trace: string): Response {
    const body = {
      status: this.status,
      title: TITLES[this.status] ?? 'Error',
      type: `https://httpstatuses.com/${this.status}`,
      instance: `kong:trace:${trace}`,
      detail: this.message,
      ...(this.status === 400 && { invalid_parameters: this.fields.map((each) => ({ ...each, source: 'body' })) }),
    }
    return new Response(JSON.stringify(body), { status: this.status, headers: { 'content-type': 'application/problem+json' } })
  }
}

/** What a schema found wrong, as the API says it. */
export function invalidBody(error: z.ZodError): Problem {
  const fields = error.issues.flatMap((issue) => {
    const field = issue.path.map(String).join('.')
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ field: field === '' ? key : `${field}.${key}`, reason: 'is not a known property' }))
    return [{ field: field === '' ? 'body' : field, reason: issue.message }]
  })
  return new Problem(400, 'Invalid Parameters', fields)
}
