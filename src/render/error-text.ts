import type { ErrorRecord } from '../core/errors.ts'
import { neutralise, neutraliseLines } from './neutralise.ts'

/** An error in words: its message, and each field that the backend refused. */
export function renderError(error: ErrorRecord): readonly string[] {
  const status = error.status === undefined || error.message.includes(String(error.status)) ? '' : ` (status ${neutralise(String(error.status))})`
  return [
    ...`${neutraliseLines(error.message)}${status}`.split('\n'),
    ...(error.fields ?? []).map(({ path, reason }) => `  field ${neutralise(path)}: ${neutralise(reason)}`),
  ]
}
