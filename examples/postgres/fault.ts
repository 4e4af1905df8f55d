import { ProviderError, type FaultKind } from 'convergent'

/** How far a call had come: `commit` means that nobody knows whether it happened. */
export type Stage = 'connect' | 'work' | 'commit'

/** What a fault of the database comes to, by its SQLSTATE or the class of it. */
const KINDS: Readonly<Record<string, FaultKind>> = {
  '08': 'retryable', '57P01': 'retryable', '57P02': 'retryable', '57P03': 'retryable', '57014': 'retryable', '53300': 'retryable',
  '40001': 'retryable', '40P01': 'retryable', '40003': 'ambiguous', '55P03': 'retryable', '55006': 'retryable',
  '42710': 'conflict', '42P07': 'conflict', '42P04': 'conflict', '42P06': 'conflict', '42701': 'conflict', '23505': 'conflict', '2BP01': 'conflict',
  '42704': 'not-found', '42P01': 'not-found', '3F000': 'not-found', '3D000': 'not-found',
}

/** What to do about it, where the database does not say. */
const ADVICE: Readonly<Record<string, string>> = {
  '2BP01': 'declare what needs it here too, so that it goes first, or drop that by hand',
  '0A000': 'drop what uses it first, and declare it again after',
  '55P03': 'somebody holds a lock on it for long',
  '55006': 'somebody is connected to it',
  '28P01': 'look at the user and the password of the connection',
  '42501': 'the role of the connection may not do this',
  '53300': 'the server takes no more connections now',
}

/** What the driver says without a code when a connection is no more. */
const LOST = /connection|not queryable|timeout/i

interface DatabaseFault extends Error {
  readonly code?: string
  readonly detail?: string
  readonly hint?: string
}

/** Says of anything that the driver throws how it is to be treated, with all that the database says of it, and no secret. */
export function explainFault(error: unknown, stage: Stage, what: string): ProviderError {
  if (error instanceof ProviderError) return error
  const { code = '', message, detail, hint } = error as DatabaseFault
  const isFromServer = /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]+$/.test(code)
  // Without a word from the server the connection is lost: what was not committed has not happened.
  const isLost = isFromServer ? code.startsWith('08') || code.startsWith('57P') : code !== '' || LOST.test(message)
  const unknown = stage === 'commit' && (isLost || !isFromServer)
  const kind = unknown ? 'ambiguous' : isLost || isRaced(code, message) ? 'retryable' : (KINDS[code] ?? KINDS[code.slice(0, 2)] ?? 'fatal')
  const parts = [message || code, describeDetail(code, detail), unknown ? 'whether it was done is unknown' : undefined, adviseOn(code, hint)]
  return new ProviderError(kind, `${what}: ${parts.filter((part) => part !== undefined && part !== '').join('; ')}${isFromServer ? ` (SQLSTATE ${code})` : ''}`, code === '' ? {} : { status: code })
}

/** True where the object, or what it lives in, is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof ProviderError && error.kind === 'not-found'
}

/** Two changes of one row of a catalog at once: the one that lost was not made. Or a look at what goes away right then: the next one misses it. */
function isRaced(code: string, message: string): boolean {
  return code === 'XX000' && /concurrently|could not open relation with OID|cache lookup failed for/.test(message)
}

/** The server's own hint knows more than the code; but for the one that says CASCADE. */
function adviseOn(code: string, hint: string | undefined): string | undefined {
  return code === '2BP01' ? ADVICE[code] : (hint ?? ADVICE[code])
}

/** The dependents come a line each. */
function describeDetail(code: string, detail: string | undefined): string | undefined {
  if (detail === undefined) return undefined
  const lines = detail.split('\n').filter((line) => line !== '')
  return code === '2BP01' ? `it is needed: ${lines.join('; ')}` : lines.join('; ')
}
