import { nameHook, type HookResult } from '../core/operation.ts'
import { formatDuration } from './duration.ts'
import { neutralise } from './neutralise.ts'

/** What the result of a hook says that was only listed, in a dry run. */
const NOT_RUN = 'not run'

/** A hook in one line: `freeze (beforePhase deploy) succeeded in 12 ms`. */
export function renderHook(result: HookResult): string {
  const { hook, on, phase, action, status, message, durationMs } = result
  const name = `${neutralise(hook)} (${neutralise(action === undefined ? nameHook(on, phase) : `${on} ${action}`)})`
  if (status === 'succeeded' && message === NOT_RUN) return `${name} would run`
  const word = status === 'ignored' ? 'failed, and all goes on,' : status
  return `${name} ${word} in ${formatDuration(durationMs)}${message === undefined ? '' : `: ${neutralise(message)}`}`
}
