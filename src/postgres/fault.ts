import { ConvergentError, StoreError } from '../core/errors.ts'

const CONNECTION_CODES = ['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']
/** The server is going down, coming up or full, or the statement lost against another one: it comes to the same end when it is made again. */
const PASSING_STATES = ['57P01', '57P02', '57P03', '57P05', '25P03', '53300', '40001', '40P01', '55P03', '57014']

const ADVICE: Readonly<Record<string, string>> = {
  '25006': 'it is read-only, a standby perhaps: connect to the primary',
  '28000': 'it does not let this user in: look at the user in the connection string and at pg_hba.conf',
  '28P01': 'the password is wrong: look at the connection string',
  '3D000': 'there is no such database: create it, or look at the connection string',
  '42501': 'this user may not: grant it CREATE on the database once, or usage of the schema and all rights on its tables',
  '3F000': 'the schema is gone: restore it from a backup of the database, or begin anew in another schema',
  '42P01': 'a table is gone: restore the schema from a backup of the database, or begin anew in another schema',
  '42703': 'the tables are not of this release: use the release that made them',
  '53100': 'its disk is full: free some space, then resume the run',
  '53200': 'it is out of memory: look at its settings, then resume the run',
  '54000': 'what is to be kept is too large for it',
}

/** No answer came in time: what was asked for may have happened. */
export class Unanswered extends Error {
  readonly code = 'ETIMEDOUT'
}

/** SQLSTATE of PostgreSQL, or the operating system's code; undefined for anything else. */
export function faultCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** True: another connection may have more luck. */
export function isConnectionFault(error: unknown): boolean {
  const code = faultCode(error)
  if (code !== undefined) return CONNECTION_CODES.includes(code) || /^(08|57P)/.test(code)
  return error instanceof Error && /connection terminated|connection ended|not queryable|client was closed|timeout exceeded|timeout expired|connection error/i.test(error.message)
}

/** True: the same statement may go through when it is made again. */
export function isPassing(error: unknown): boolean {
  return isConnectionFault(error) || PASSING_STATES.includes(faultCode(error) ?? '')
}

/** An error of the database as one that names the server, what happened and what to do. Our own ones stay. */
export function describeFault(error: unknown, server: string): ConvergentError {
  if (error instanceof ConvergentError) return error
  const code = faultCode(error)
  const message = error instanceof Error ? error.message : String(error)
  const said = code === undefined || message.includes(code) ? message : `${message} (${code})`
  return new StoreError(`${server}: ${said}: ${ADVICE[code ?? ''] ?? 'look at the database before running again'}`, { cause: error })
}

/** What is said when a statement did not go through however often it was made. */
export function describeSilence(error: unknown, server: string, triedMs: number, attempts: number): StoreError {
  const said = error instanceof Error && error.message !== '' ? error.message : String(faultCode(error))
  return new StoreError(`${server}: no success within ${Math.round(triedMs)} ms and ${attempts} attempt${attempts === 1 ? '' : 's'}: ${said}; what was being written is kept whole or not at all; see that the database is up and can be reached, then resume the run`, { cause: error })
}
