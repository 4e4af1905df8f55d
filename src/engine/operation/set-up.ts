import type { Plan } from '../../core/plan.ts'
import type { Store } from '../../store/store.ts'
import type { CallBounds } from '../call.ts'
import { DryWorker } from '../dry-worker.ts'
import type { ApplyOptions } from '../options.ts'
import { PlanWorker } from '../plan-worker.ts'
import { ResourceWorker, type WorkerTools } from '../resource-worker.ts'
import { SettleWorker } from '../settle-worker.ts'
import type { Worker } from '../worker.ts'
import { OperationWorker } from './operation-worker.ts'
import { HookRunner } from './run-hooks.ts'

/** The worker that a plan needs: one for resources, and one for operations where there are any. */
export function chooseWorker(plan: Plan, tools: WorkerTools, store: Store, runId: string, isDryRun: boolean): Worker {
  const resources = isDryRun ? new DryWorker(tools, plan) : new ResourceWorker(tools)
  if (plan.summary.operation === undefined && plan.summary.settle === undefined && !plan.actions.some(({ kind }) => kind === 'operation' || kind === 'settle')) return resources
  const keepOutput = (step: string, attempt: number, text: string): Promise<string> => keepText(store, plan.stack, `${runId} ${step} ${attempt}`, text)
  return new PlanWorker(resources, new OperationWorker(tools, keepOutput, isDryRun), new SettleWorker(tools.reader, isDryRun))
}

/** The hooks of a run; undefined where there are none. `fence`: of the claim; absent: it is a rehearsal. */
export function createHooks(plan: Plan, options: ApplyOptions, bounds: CallBounds, runId: string, fence: number | undefined): HookRunner | undefined {
  const { hooks = [], store } = options
  // They are for the way forward.
  if (hooks.length === 0 || plan.undoes !== undefined) return undefined
  let count = 0
  return new HookRunner({
    hooks,
    phases: plan.phases ?? [],
    bounds,
    isDryRun: fence === undefined,
    about: { stack: plan.stack, ...(plan.operation !== undefined && { operation: plan.operation }), planId: plan.id, ...(options.planPath !== undefined && { planPath: options.planPath }), runId },
    keepOutput: (hook, text) => keepText(store, plan.stack, `${runId} hook ${hook} ${fence}.${++count}`, text),
  })
}

async function keepText(store: Store, stack: string, id: string, text: string): Promise<string> {
  await store.put(stack, 'output', id, text)
  return id
}
