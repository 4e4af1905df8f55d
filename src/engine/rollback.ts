import type { Plan } from '../core/plan.ts'
import { chooseRun } from './choose-run.ts'
import { claimForRun } from './claim-for-run.ts'
import { systemClock } from './clock.ts'
import { RunEmitter } from './emitter.ts'
import type { ResumeOptions } from './options.ts'
import { pruneStore } from './prune-store.ts'
import type { Run } from './run.ts'
import { carryOutUndo, deriveUndo, type RollbackScope } from './undo.ts'

/** How to take a run back. */
export interface RollbackOptions extends Omit<ResumeOptions, 'onFailure'> {
  /** `creates`: only what was made is taken away again; what was changed or deleted stays so. Default: `all`. */
  readonly scope?: RollbackScope
}

/**
 * Works out the plan that takes a run back, from its journal and from what was there right before each of its calls: what it
 * made is deleted, what it changed is restored, what it deleted is made again, in reverse order; what it took over is
 * forgotten. What cannot be undone is in the plan as blocked, with the reason and the id. Nothing is changed. `runId`:
 * default the stack's last run.
 *
 * Throws `store` when there is no such run, `plan-refused` when a later run has been applied since, or an update or a delete of
 * this one still goes on in the backend.
 */
export async function planRollback(runId: string | undefined, options: RollbackOptions): Promise<Plan> {
  const { store, stack = 'default', clock = systemClock, scope = 'all' } = options
  const run = chooseRun(await store.runs(stack), runId, stack)
  return (await deriveUndo(run, options, clock, scope)).plan
}

/**
 * Takes a run back: plans as {@link planRollback} does, and applies that plan with a journal of its own, so that it can be
 * resumed. An inverse whose object is no longer as the run left it is `stale`; what depends on it stays too, the rest goes
 * on. The result's blocked, stale and failed actions are what needs a person.
 *
 * `run.result` rejects for the reasons of {@link planRollback} and of {@link apply}.
 *
 * @example
 * ```ts
 * import { apply, declare, memoryStore, plan, rollback } from 'convergent'
 * import { createFakeBackend } from 'convergent/testing'
 *
 * const backend = createFakeBackend()
 * const options = { provider: backend.provider, store: memoryStore() }
 * const { named } = declare(backend.provider)
 * const { runId } = await apply(await plan([named('a', { name: 'a' })], options), options)
 * const result = await rollback(runId, options)
 * result.outcome // => 'succeeded'
 * backend.objects().length // => 0
 * ```
 */
export function rollback(runId: string | undefined, options: RollbackOptions): Run {
  const { clock = systemClock, store, stack = 'default', keep, scope = 'all' } = options
  const emitter = new RunEmitter(clock.id())
  return emitter.begin(async () => {
    const keeper = await claimForRun(stack, options, emitter, clock)
    try {
      const run = chooseRun(await store.runs(stack), runId, stack)
      const undo = await deriveUndo(run, options, clock, scope)
      const result = await carryOutUndo(run, undo, options, emitter, emitter.id, clock, keeper)
      await pruneStore(store, stack, keep)
      return result
    } finally {
      await keeper.release()
    }
  })
}
