import type { PlanInfo } from '../core/plan-info.ts'
import { countOf } from './cut.ts'
import { neutralise } from './neutralise.ts'
import { layOut, type RenderOptions } from './plan-text.ts'

/** A plan that is kept, as it is listed. */
export type ListedPlan =
  /** `expired`: no run takes it any more. */
  | (PlanInfo & { readonly expired: boolean })
  /** Nothing can be said of it, and why. */
  | { readonly id: string; readonly problem: string }

/** The plans that are kept for a stack as text, newest last. */
export function renderPlans(plans: readonly ListedPlan[], options: RenderOptions = {}): string {
  if (plans.length === 0) return 'No plans.'
  const { palette } = layOut(options)
  return plans
    .map((plan) => {
      if ('problem' in plan) return `${neutralise(plan.id)}  ${palette.red('cannot be read')}: ${neutralise(plan.problem)}`
      const { id, mode, operation, createdAt, expiresAt, expired, actions } = plan
      const end = expiresAt === undefined ? '' : expired ? palette.yellow(`, expired ${neutralise(expiresAt)}`) : `, expires ${neutralise(expiresAt)}`
      return `${neutralise(createdAt)}  ${neutralise(id)}  ${neutralise(operation ?? mode)}  ${countOf(actions, 'action')}${end}`
    })
    .join('\n')
}
