import { DeclarationError, PolicyError, type Issue } from '../../core/errors.ts'
import type { PlanEvent } from '../../core/event.ts'
import { suggest } from '../../core/nearest.ts'
import type { CheckResult, DeclaredOperation, Finding } from '../../core/operation.ts'
import type { Plan, Policy } from '../../core/plan.ts'
import { createOperationPlan, type DeclaredPhase } from '../../core/planning/operation-plan.ts'
import { judgePlan } from '../../core/policy.ts'
import type { Check, OperationTypes } from '../../provider/operation.ts'
import { systemClock } from '../clock.ts'
import { guaranteeOfOperation } from '../guarantee.ts'
import type { BaseOptions } from '../options.ts'
import type { Reader } from '../read-call.ts'
import { loadRecorded } from '../recorded.ts'
import { checkFields } from '../validate.ts'
import type { Hook } from './hook.ts'
import { createPlanHooks } from './plan-hooks.ts'
import { runChecks } from './run-checks.ts'

/** How to plan operations. */
export interface PlanOperationsOptions extends BaseOptions {
  /** What the plan is for, in a word: `deploy`, `restart`. Default: nothing is said. */
  readonly operation?: string
  /** What must hold for the plan as a whole: enough disk, a reachable host. They are asked side by side. Default: nothing. */
  readonly checks?: readonly Check<object>[]
  /** Judge the plan; a `deny` makes this throw `policy`. Default: none. */
  readonly policies?: readonly Policy[]
  /** Those that run when a plan is made, and those that phases name. Default: none. */
  readonly hooks?: readonly Hook[]
  /** The plan is refused after this. Default: never. */
  readonly expiresInMs?: number
  /** Actions of a phase under way at once, for estimates. Default: 10. */
  readonly concurrency?: number
  /** Each check is aborted after this. Default: 30 000. */
  readonly timeoutMs?: number
  /** Hears of requests that checks make. Default: nobody. */
  readonly onEvent?: (event: PlanEvent) => void
}

/**
 * Works out a plan of operations in phases: checks parameters, asks the checks of each operation and of the plan, and adds
 * up estimates. Nothing is changed. A check that fails makes the plan invalid, which it says; no run takes an invalid plan.
 *
 * Throws `declaration` for what cannot be planned (every issue at once), `policy` when a policy denies, `plan-refused`
 * (`unknown-hook`) for a hook that a phase names and that was not given, and what the store throws.
 *
 * @example
 * ```ts
 * import { apply, defineProvider, memoryStore } from 'convergent'
 * import { declareOperations, defineOperations, planOperations } from 'convergent/operations'
 *
 * const greeted: string[] = []
 * const operations = defineOperations({ greet: { run: async (_, { name }) => void greeted.push(name) } })
 * const options = { provider: defineProvider({ name: 'greeter', types: {}, operations }), store: memoryStore() }
 * const { greet } = declareOperations(operations)
 * const changes = await planOperations([{ name: 'morning', operations: [greet('world', {})] }], options)
 * await apply(changes, options)
 * greeted // => ['world']
 * ```
 */
export async function planOperations(phases: readonly DeclaredPhase[], options: PlanOperationsOptions): Promise<Plan> {
  const { provider, store, stack = 'default', clock = systemClock, concurrency = 10, hooks = [] } = options
  const types: OperationTypes = provider.operations ?? {}
  const bounds = { timeoutMs: options.timeoutMs ?? 30_000, abortGraceMs: 5_000, clock, signal: options.signal ?? new AbortController().signal }
  const planHooks = createPlanHooks(hooks, phases, bounds, { stack, ...(options.operation !== undefined && { operation: options.operation }) })
  await planHooks.run('beforePlan')
  await checkOperations(phases.flatMap(({ operations = [] }) => operations), types)
  const recorded = await loadRecorded(store, stack)
  const reader: Reader = { provider, bounds, trace: (call) => options.onEvent?.({ name: 'call:finished', call }) }
  const checks = await runPreflight(reader, phases, types, options.checks ?? [])
  const now = clock.now()
  const plan = createOperationPlan({
    phases,
    types,
    resourceTypes: provider.types,
    settleGroups: provider.settleGroups ?? {},
    ...(recorded.state?.unsettled && { unsettled: recorded.state.unsettled }),
    guarantees: Object.fromEntries(Object.entries(types).map(([name, type]) => [name, guaranteeOfOperation(type)])),
    validation: judgeChecks(checks),
    id: clock.id(),
    stack,
    now: new Date(now).toISOString(),
    ...(options.expiresInMs !== undefined && { expiresAt: new Date(now + options.expiresInMs).toISOString() }),
    ...(options.operation !== undefined && { operation: options.operation }),
    ...(recorded.state && { basedOn: { lineage: recorded.state.lineage, serial: recorded.state.serial } }),
    ...(recorded.openRun !== undefined && { openRun: recorded.openRun }),
    warnings: recorded.warnings,
    concurrency,
  })
  const judged: Plan = { ...plan, violations: [...plan.violations, ...judgePlan(plan, options.policies ?? [])] }
  const denied = judged.violations.filter(({ level }) => level === 'deny')
  if (denied.length > 0) throw new PolicyError(denied)
  await planHooks.run('afterPlan', judged.id)
  return judged
}

async function checkOperations(operations: readonly DeclaredOperation[], types: OperationTypes): Promise<void> {
  const issues: Issue[] = []
  for (const { address, type: name, params } of operations) {
    const type = Object.hasOwn(types, name) ? types[name] : undefined
    if (type === undefined) issues.push({ address, code: 'unknown-type', message: `the provider has no operation "${name}"${suggest(name, Object.keys(types))}` })
    else if (type.schema !== undefined) for (const issue of await checkFields(type.schema, params)) issues.push({ address, ...issue })
  }
  if (issues.length > 0) throw new DeclarationError(issues)
}

async function runPreflight(reader: Reader, phases: readonly DeclaredPhase[], types: OperationTypes, general: readonly Check<object>[]): Promise<readonly CheckResult[]> {
  const operations = phases.flatMap((phase) => phase.operations ?? [])
  const all = await Promise.all([
    runChecks(reader, undefined, general, {}),
    ...operations.map(({ address, type, params }) => runChecks(reader, types[type], (types[type]?.checks ?? []).filter(({ at }) => at !== 'run'), params, `run:${address}`)),
  ])
  return all.flat()
}

function judgeChecks(checks: readonly CheckResult[]): NonNullable<Plan['validation']> {
  const find = (status: CheckResult['status']): readonly Finding[] =>
    checks.filter((check) => check.status === status).map(({ check, message, step }) => ({ code: check, message: message ?? 'it failed', ...(step !== undefined && { step }) }))
  const errors = find('failed')
  return { valid: errors.length === 0, errors, warnings: find('warning'), checks }
}
