import type { FaultKind } from 'convergent'
import type { FindProblem } from 'convergent/rest'

/** What a sort of error says of the request, whatever its status: it was looked at, and refused. */
const REFUSALS: readonly (readonly [errorType: RegExp, kind: FaultKind])[] = [
  [/NotFoundException$/, 'not-found'],
  [/(IllegalArgument|CodedIO|DKUSecurity|Unauthorized|Forbidden)Exception$/, 'fatal'],
]

/** An error says of what sort it is; the server answers with 500 also to what it refuses. */
export const findProblem: FindProblem = (body, status) => {
  if (status < 400 || typeof body !== 'object' || body === null) return undefined
  const { errorType, message, detailedMessage } = body as Readonly<Record<string, unknown>>
  const words = [message, detailedMessage].find((each) => typeof each === 'string' && each !== '')
  if (typeof errorType !== 'string' || typeof words !== 'string') return undefined
  if (status === 401) return { message: 'the server does not know this API key; check DATAIKU_API_KEY', fields: [], kind: 'fatal' }
  const kind = /already exists/i.test(words) ? 'conflict' : REFUSALS.find(([sort]) => sort.test(errorType))?.[1]
  return { message: words, fields: [], ...(kind !== undefined && { kind }) }
}
