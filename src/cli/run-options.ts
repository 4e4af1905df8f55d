import type { ResumeOptions } from '../engine/options.ts'
import type { CliIo } from './cli-io.ts'
import type { Invocation } from './invocation.ts'

/** What every run of a command line has in common. */
export async function runOptions(invocation: Invocation): Promise<ResumeOptions> {
  const { flags, io, dialog } = invocation
  const base = await invocation.base()
  const hooks = await invocation.hooks()
  const decide = dialog.choose(flags, Object.keys(base.provider.operations ?? {}).length > 0)
  return {
    ...base,
    ...(decide && { decide }),
    ...(hooks.length > 0 && { hooks }),
    onFailure: flags.rollbackOnFailure === true ? 'rollback' : flags.continueOnError === true ? 'continue' : 'stop',
    holder: nameHolder(io),
    ...(flags.concurrency !== undefined && { concurrency: flags.concurrency }),
    ...(flags.wait !== undefined && { leaseWaitMs: flags.wait }),
    ...(flags.checkpointEvery !== undefined && { checkpointEvery: flags.checkpointEvery }),
  }
}

/** How a command names itself to others who want the stack. */
export function nameHolder({ env }: CliIo): string {
  return `${env['USER'] ?? env['USERNAME'] ?? 'somebody'} (process ${process.pid})`
}
