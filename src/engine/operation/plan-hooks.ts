import { DeclarationError } from '../../core/errors.ts'
import type { PlanPhase } from '../../core/operation.ts'
import type { CallBounds } from '../call.ts'
import type { Hook, HookContext } from './hook.ts'
import { HookRunner, refuseUnknownHooks } from './run-hooks.ts'

/** Runs the hooks at planning. What a hook prints there is in no journal. */
export interface PlanHooks {
  /** Throws `declaration` (`hook-failed`) when one fails. */
  run(on: 'beforePlan' | 'afterPlan', planId?: string): Promise<void>
}

/** The hooks of a plan that is being made. Throws `plan-refused` (`unknown-hook`) for one that a phase names and that was not given. */
export function createPlanHooks(hooks: readonly Hook[], phases: readonly PlanPhase[], bounds: CallBounds, about: Pick<HookContext, 'stack' | 'operation'>): PlanHooks {
  refuseUnknownHooks(phases, hooks)
  return {
    async run(on, planId) {
      const runner = new HookRunner({ hooks, phases, bounds, isDryRun: false, about: { ...about, ...(planId !== undefined && { planId }) }, keepOutput: () => Promise.reject(new Error('there is no run')) })
      const failed = (await runner.run(on)).find(({ status }) => status === 'failed')
      if (failed !== undefined) throw new DeclarationError([{ code: 'hook-failed', message: `the hook ${failed.hook} (${on}) failed: ${failed.message}` }])
    },
  }
}
