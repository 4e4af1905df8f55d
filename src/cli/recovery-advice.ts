import type { RunResult } from '../core/result.ts'
import { listCheckpoints } from '../engine/keep-checkpoint.ts'
import { neutralise } from '../render/neutralise.ts'
import { repeatPlace } from './command-line.ts'
import type { Invocation } from './invocation.ts'

/** Where a run that did not succeed stopped, and the exact commands to go on with. */
export async function adviseRecovery(invocation: Invocation, result: RunResult, place: string | undefined): Promise<readonly string[]> {
  const { runId, outcome, counts, mode, stack } = result
  const where = repeatPlace(invocation)
  const command = (name: string, id: string): string => `  ${invocation.name} ${name} ${id}${where}`
  const lines = place === undefined ? [] : [`Run ${neutralise(runId)} stopped ${place}.`]
  // What was to be taken back is that run's affair now.
  if (result.rollback !== undefined && outcome !== 'rolled-back') lines.push(`To go on with taking it back:\n${command('resume', result.rollback.runId)}`)
  else if (outcome !== 'rolled-back' && canGoOn(result)) lines.push(`To go on with the same plan:\n${command('resume', runId)}`)
  if (counts.succeeded > 0 && mode !== 'rollback' && outcome !== 'rolled-back' && result.rollback === undefined) lines.push(`To take back what it did:\n${command('rollback', runId)}`)
  // A checkpoint that cannot be read is the doctor's business: what has become of the run is told all the same.
  const last = (await listCheckpoints({ store: await invocation.store(), stack }).catch(() => [])).at(-1)
  if (last !== undefined) lines.push(`The last checkpoint (${neutralise(last.description)}, ${last.createdAt}):\n${command('restore', last.id)}`)
  return lines
}

/** False: all that did not succeed was left out, as somebody decided, and would be again. */
function canGoOn({ message, actions }: RunResult): boolean {
  return message !== undefined || actions.some(({ outcome, because }) => (outcome === 'skipped' ? because !== undefined : outcome !== 'succeeded' && outcome !== 'blocked'))
}
