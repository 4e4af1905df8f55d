import { writeFile } from 'node:fs/promises'
import type { Plan } from '../../core/plan.ts'
import { storePlan } from '../../engine/plan-document.ts'
import { renderPlan } from '../../render/plan-text.ts'
import { planToText, writePlan } from '../../store/plan-text.ts'
import { exitCodeOfPlan } from '../exit-code.ts'
import { UsageError } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { makePlan } from '../make-plan.ts'

/** `plan`: shows what would change, and keeps it where `--out` says. */
export async function runPlan(invocation: Invocation): Promise<number> {
  const { flags } = invocation
  const plan = await makePlan(invocation, flags.mode ?? 'apply')
  if (flags.out !== undefined) await keepPlan(invocation, plan, flags.out)
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

async function keepPlan(invocation: Invocation, plan: Plan, file: string): Promise<void> {
  try {
    // Addresses and ids of what runs here are nobody else's business.
    await writeFile(file, writePlan(plan), { mode: 0o600 })
  } catch (error) {
    throw new UsageError(`the plan cannot be written to ${file}: ${(error as Error).message}`)
  }
  await storePlan(await invocation.store(), plan)
  invocation.remark(`Plan ${plan.id} is in ${file}; apply it with --plan ${file} or --plan ${plan.id}.`)
}

