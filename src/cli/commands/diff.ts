import { comparePlans } from '../../core/plan-comparison.ts'
import { renderPlanComparison } from '../../render/comparison-text.ts'
import { ExitCode } from '../exit-code.ts'
import { UsageError } from '../flags.ts'
import type { Invocation } from '../invocation.ts'
import { makePlan } from '../make-plan.ts'
import { showPlan } from './plan.ts'

/** `diff`: what is declared against what exists (what is no longer declared included), or two plans against each other. */
export async function runDiff(invocation: Invocation): Promise<number> {
  const { flags, rendering } = invocation
  if (flags.plan === undefined && flags.against === undefined && invocation.canLoad) return showPlan(invocation, await makePlan(invocation, flags.mode ?? 'sync'))
  if (flags.plan === undefined || flags.against === undefined) throw new UsageError('diff of two plans needs both --plan and --against')
  const comparison = comparePlans(await invocation.readPlan(flags.plan), await invocation.readPlan(flags.against))
  if (invocation.isForPrograms) invocation.printJson(JSON.stringify(comparison, null, 2))
  invocation.print(renderPlanComparison(comparison, rendering))
  return comparison.added.length + comparison.removed.length + comparison.changed.length > 0 ? ExitCode.pending : ExitCode.done
}
