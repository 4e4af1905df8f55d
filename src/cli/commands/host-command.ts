import type { CliCommand, CliRunCommand } from '../cli-command.ts'
import { ExitCode } from '../exit-code.ts'
import { Interrupted } from '../interruption.ts'
import type { Invocation } from '../invocation.ts'
import { makePlan } from '../make-plan.ts'
import { pickPart } from '../pick-part.ts'
import { resumeFirst } from '../resume-first.ts'
import { runApply } from './apply.ts'
import { keepPlan, showPlan } from './plan.ts'
import { openStateFile } from '../open-state-file.ts'

/** A command of the host's own: what it loads is planned and applied, or it does everything itself. */
export function runHostCommand(invocation: Invocation, command: CliCommand, given: readonly string[]): Promise<number> {
  if (command.run !== undefined) return runAlone(invocation, command, given)
  return invocation.flags.planOnly === true ? planAlone(invocation) : runApply(invocation, 'apply')
}

/** With `--plan-only`: what `plan` does, of the part that was asked for. */
async function planAlone(invocation: Invocation): Promise<number> {
  const { flags } = invocation
  // Asked for their refusal of flags that contradict each other.
  void invocation.givenPlan
  await resumeFirst(invocation, 'apply')
  const plan = pickPart(await makePlan(invocation, 'apply'), flags)
  if (flags.planFile !== undefined) await keepPlan(invocation, plan, flags.planFile, '--plan-file')
  return showPlan(invocation, plan)
}

async function runAlone(invocation: Invocation, { run }: CliRunCommand, given: readonly string[]): Promise<number> {
  const { interruption, io } = invocation
  const context = { ...(await invocation.context()), arguments: given, print: (text: string) => io.stdout(`${text}\n`), signal: interruption.signal }
  const stateFile = await openStateFile(invocation)
  try {
    return await interruption.race(run(invocation.files, context).finally(() => stateFile?.finish()))
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    // What it had done by then only the host knows.
    invocation.remark('Interrupted.')
    return ExitCode.interrupted
  }
}
