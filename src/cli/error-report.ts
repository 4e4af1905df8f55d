import { DeclarationError, PlanRefusedError, PolicyError, recordError, type ConvergentError } from '../core/errors.ts'
import { neutraliseLines } from '../render/neutralise.ts'

/** An error as one message for people: no stack. A connection that failed says why. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return neutraliseLines(String(error))
  const cause = error.cause instanceof Error && !error.message.includes(error.cause.message) ? `: ${causeText(error.cause)}` : ''
  return neutraliseLines(`${error.message}${cause}`)
}

function causeText(cause: Error): string {
  const { code } = cause as NodeJS.ErrnoException
  return cause.message === '' ? (code ?? cause.name) : cause.message
}

/** An error as JSON carries it: code and message, and for known kinds what they are about. */
export function errorToJson(error: unknown): object {
  const detail = error as Partial<ConvergentError>
  return {
    ...recordError(error),
    ...(detail.code === undefined && { message: describeError(error) }),
    ...(error instanceof DeclarationError && { issues: error.issues }),
    ...(error instanceof PolicyError && { violations: error.violations }),
    ...(error instanceof PlanRefusedError && { reason: error.reason }),
  }
}
