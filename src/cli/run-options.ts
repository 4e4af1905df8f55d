import type { ResumeOptions } from '../engine/options.ts'
import type { CliIo } from './cli-io.ts'
import type { Invocation } from './invocation.ts'

/** What every run of a command line has in common. */
export async function runOptions(invocation: Invocation): Promise<ResumeOptions> {
  const { flags, io, dialog } = invocation
  const base = await invocation.base()
  const hooks = await invocation.hooks()
  const decide = dialog.choose(flags, Object.keys(base.provider.operations ?? {}).length > 0, invocation.failurePolicy.onFailure === 'rollback' && flags.rollback !== false)
  return {
    ...base,
    ...(decide && { decide }),
    ...(hooks.length > 0 && { hooks }),
    onFailure: chooseOnFailure(invocation),
    rollbackScope: invocation.failurePolicy.rollbackScope,
    holder: nameHolder(io),
    ...(flags.concurrency !== undefined && { concurrency: flags.concurrency }),
    ...(flags.wait !== undefined && { leaseWaitMs: flags.wait }),
    ...(flags.checkpointEvery !== undefined && { checkpointEvery: flags.checkpointEvery }),
  }
}

/** A flag that answers one kind of failure answers for all: a rollback is then one of the answers. */
function chooseOnFailure({ flags, failurePolicy }: Invocation): NonNullable<ResumeOptions['onFailure']> {
  if (flags.rollbackOnFailure === true) return 'rollback'
  if (flags.continueOnError === true) return 'continue'
  const isAnswered = flags.onFailure !== undefined || flags.onFailedCheck !== undefined || flags.onUnknown !== undefined
  return flags.rollback === false || isAnswered ? 'stop' : failurePolicy.onFailure
}

/** How a command names itself to others who want the stack. */
export function nameHolder({ env }: CliIo): string {
  return `${env['USER'] ?? env['USERNAME'] ?? 'somebody'} (process ${process.pid})`
}
