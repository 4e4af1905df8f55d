import { StoreError } from '../core/errors.ts'
import type { RunStartedEntry } from '../core/entry.ts'
import type { Mode } from '../core/plan.ts'
import { getPlan } from '../engine/kept-plan.ts'
import { neutralise } from '../render/neutralise.ts'
import type { RunInfo } from '../store/store.ts'
import { repeatPlace } from './command-line.ts'
import { runResume } from './commands/recover.ts'
import { UsageError } from './flags.ts'
import type { Invocation } from './invocation.ts'

/** With `--resume`: goes on with the run that has not ended, and gives its exit code; undefined where there is none. Throws `usage`. */
export async function resumeFirst(invocation: Invocation, mode: Mode): Promise<number | undefined> {
  const { flags } = invocation
  if (flags.resume !== true) return undefined
  const other = flags.dryRun === true ? '--dry-run' : flags.planOnly === true ? '--plan-only' : invocation.givenPlan !== undefined ? (flags.plan === undefined ? '--plan-file' : '--plan') : undefined
  if (other !== undefined) throw new UsageError(`--resume goes on with the plan of a run that has not ended, ${other} says otherwise; leave out one of them`)
  const open = await findOpen(invocation)
  if (open === undefined) return undefined
  await refuseOtherWork(invocation, open, mode)
  invocation.remark(`Run ${neutralise(open.id)} of stack ${neutralise(open.stack)} has not ended; going on with it.`)
  try {
    return await runResume(invocation, open.id)
  } catch (error) {
    // While the stack was waited for, its holder may have brought the run to its end.
    if (!(error instanceof StoreError) || invocation.hasStarted || (await findOpen(invocation)) !== undefined) throw error
    return undefined
  }
}

async function findOpen(invocation: Invocation): Promise<RunInfo | undefined> {
  const [store, stack] = await Promise.all([invocation.store(), invocation.stack()])
  return (await store.runs(stack)).findLast(({ ended }) => !ended)
}

/** Who asks for an apply gets no destroy. What takes a run back comes before anything else, whoever asks. */
async function refuseOtherWork(invocation: Invocation, { id, stack, plan }: RunInfo, mode: Mode): Promise<void> {
  const { command, commands, name } = invocation
  const store = await invocation.store()
  let header: RunStartedEntry | undefined
  for await (const entry of store.entries(stack, id, { onTorn: () => undefined })) {
    if (entry.kind === 'run-started') header = entry
    break
  }
  // What is missing or damaged is named by the resume.
  if (header === undefined || header.mode === 'rollback') return
  const operation = (await getPlan(plan, { store, stack }).catch(() => undefined))?.plan.operation
  const isOfOther = operation !== undefined && operation !== command && Object.hasOwn(commands, operation) && Object.hasOwn(commands, command)
  if (!isOfOther && (header.mode === mode || (header.mode === 'apply' && mode === 'sync'))) return
  throw new UsageError(`run ${id} of stack ${stack} has not ended, and is a ${operation ?? header.mode}, which ${command} does not go on with; nothing was changed. Go on with it by ${name} resume ${id}${repeatPlace(invocation)}, take it back by rollback, or abandon it`)
}
