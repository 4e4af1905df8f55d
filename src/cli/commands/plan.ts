import { writeFile } from 'node:fs/promises'
import type { Plan } from '../../core/plan.ts'
import { storePlan } from '../../engine/plan-document.ts'
import { neutralise } from '../../render/neutralise.ts'
import { renderPlan } from '../../render/plan-text.ts'
import { planToText, writePlan } from '../../store/plan-text.ts'
import { quoteForShell, repeatPlace } from '../command-line.ts'
import { exitCodeOfPlan } from '../exit-code.ts'
import { UsageError } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { makePlan } from '../make-plan.ts'

/** `plan`: shows what would change, and keeps it where `--out` says. */
export async function runPlan(invocation: Invocation): Promise<number> {
  const { flags } = invocation
  const plan = await makePlan(invocation, flags.mode ?? 'apply')
  if (flags.out !== undefined) await keepPlan(invocation, plan, flags.out, '--plan')
  return showPlan(invocation, plan)
}

/** `show`: a plan from a file or from the store. */
export async function runShow(invocation: Invocation, name: string | undefined): Promise<number> {
  const source = name ?? invocation.flags.plan
  if (source === undefined) throw new UsageError('show needs a plan: the name of its file, or its id')
  const plan = await invocation.readPlan(source)
  await print(invocation, plan)
  return 0
}

/** Prints a plan; the exit code says whether anything is to be done. */
export async function showPlan(invocation: Invocation, plan: Plan): Promise<number> {
  await print(invocation, plan)
  return exitCodeOfPlan(plan, invocation.flags.failOnBlocked === true)
}

async function print(invocation: Invocation, plan: Plan): Promise<void> {
  if (invocation.isForPrograms) invocation.printJson(await planToText(plan))
  invocation.print(renderPlan(plan, invocation.rendering))
}

/** Writes a plan to a file, and keeps it by its id. `flag`: what takes it from there. */
export async function keepPlan(invocation: Invocation, plan: Plan, file: string, flag: '--plan' | '--plan-file'): Promise<void> {
  try {
    // Addresses and ids of what runs here are nobody else's business.
    await writeFile(file, writePlan(plan), { mode: 0o600 })
  } catch (error) {
    throw new UsageError(`the plan cannot be written to ${file}: ${(error as Error).message}`)
  }
  await storePlan(await invocation.store(), plan)
  const files = repeatPlace(invocation)
  invocation.remark(`Plan ${plan.id} is in ${neutralise(file)}; apply it with ${flag} ${neutralise(quoteForShell(file))}${files} or ${flag} ${plan.id}${files}.`)
}

