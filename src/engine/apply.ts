import type { Plan } from '../core/plan.ts'
import type { RunResult } from '../core/result.ts'
import type { State } from '../core/state.ts'
import { admitPlan, admitToStack } from './admission.ts'
import { beginRun } from './begin-run.ts'
import { claimForRun } from './claim-for-run.ts'
import { systemClock, type Clock } from './clock.ts'
import { driveRun } from './drive.ts'
import { RunEmitter } from './emitter.ts'
import type { ApplyOptions } from './options.ts'
import { storePlan } from './plan-document.ts'
import { pruneStore } from './prune-store.ts'
import type { Run } from './run.ts'
import { undoFailure } from './undo-failure.ts'
import { createSalt } from './secrets.ts'

/**
 * Applies exactly what was planned: in parallel, in dependency order, each step recorded durably. Returns at once; the
 * first event comes after the current task.
 *
 * `run.result` (or `await run`) resolves for every outcome. It rejects only before the first action (`plan-refused`,
 * `open-run`, `lease-held`, `declaration`, `format`, `store`) or when the journal cannot be written (`store`, `lease-lost`).
 *
 * @example
 * ```ts
 * import { apply, declare, memoryStore, plan } from 'convergent'
 * import { createFakeBackend } from 'convergent/testing'
 *
 * const { provider } = createFakeBackend()
 * const store = memoryStore()
 * const { named } = declare(provider)
 * const changes = await plan([named('front', { name: 'front' })], { provider, store })
 * const run = apply(changes, { provider, store, concurrency: 10 })
 * run.on('action:succeeded', ({ action }) => console.log(action.address))
 * const result = await run.result
 * result.outcome // => 'succeeded'
 * ```
 */
export function apply(plan: Plan, options: ApplyOptions): Run {
  const { clock = systemClock } = options
  const emitter = new RunEmitter(clock.id())
  return emitter.begin(() => {
    const admitted = admitPlan(plan, options, clock.now())
    return options.dryRun === true ? rehearse(admitted, options, emitter, clock) : runForReal(admitted, options, emitter, clock)
  })
}

async function runForReal(plan: Plan, options: ApplyOptions, emitter: RunEmitter, clock: Clock): Promise<RunResult> {
  const { store, keep, commit = 'each' } = options
  const keeper = await claimForRun(plan.stack, options, emitter, clock)
  try {
    const [state, runs] = await Promise.all([store.load(plan.stack), store.runs(plan.stack)])
    admitToStack(plan, state, runs)
    const planHash = await storePlan(store, plan)
    if (options.backup !== false) await store.backup?.(plan.stack)
    const base = state ?? startState(plan.stack, clock)
    const driven = await beginRun({ plan, planHash, options, emitter, runId: emitter.id, clock, base, commit, earlier: runs, keeper })
    const result = await undoFailure(driven, options, emitter, clock, keeper)
    await pruneStore(store, plan.stack, keep)
    return result
  } finally {
    await keeper.release()
  }
}

async function rehearse(plan: Plan, options: ApplyOptions, emitter: RunEmitter, clock: Clock): Promise<RunResult> {
  const base = (await options.store.load(plan.stack)) ?? startState(plan.stack, clock)
  const at = new Date(clock.now()).toISOString()
  const nobody = { holder: '', fence: 0, planHash: '' }
  const entry = { kind: 'run-started', at, run: emitter.id, plan: plan.id, stack: plan.stack, mode: plan.mode, lineage: base.lineage, salt: base.salt, commit: 'each', ...nobody } as const
  const { result } = await driveRun({ plan, options, emitter, clock, base, serial: base.serial, entry, commit: 'each', keeper: undefined })
  return result
}

function startState(stack: string, clock: Clock): State {
  return { stack, serial: 0, lineage: clock.id(), salt: createSalt(), resources: new Map() }
}
