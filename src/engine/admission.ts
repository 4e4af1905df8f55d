import { DeclarationError, FormatError, OpenRunError, PlanRefusedError } from '../core/errors.ts'
import { typeOf } from '../core/address.ts'
import { PLAN_VERSION, type Plan } from '../core/plan.ts'
import { suggest } from '../core/nearest.ts'
import { cutSteps } from '../core/planning/cut-steps.ts'
import { dropIdleSettles } from '../core/planning/settles.ts'
import type { State } from '../core/state.ts'
import type { Provider } from '../provider/provider.ts'
import type { RunInfo } from '../store/store.ts'
import type { ApplyOptions } from './options.ts'
import { refuseUnknownHooks } from './operation/run-hooks.ts'

/** Refuses a plan that must not be applied here or now; what it lets through has its deletes left out where the host said so. */
export function admitPlan(plan: Plan, options: ApplyOptions, now: number): Plan {
  if (plan.format !== 'convergent.plan') throw new FormatError('plan', 'it is not a plan')
  if (plan.version > PLAN_VERSION) throw new PlanRefusedError('newer-version', `plan ${plan.id} has format version ${String(plan.version)}, this release knows up to ${PLAN_VERSION}; apply it with a newer release`)
  if (options.stack !== undefined && options.stack !== plan.stack) throw new PlanRefusedError('other-stack', `plan ${plan.id} is for stack ${plan.stack}, not ${options.stack}`)
  if (plan.expiresAt !== undefined && Date.parse(plan.expiresAt) <= now) throw new PlanRefusedError('expired', `plan ${plan.id} expired at ${plan.expiresAt}; plan again`)
  const errors = plan.validation?.valid === false ? plan.validation.errors : []
  if (errors.length > 0) throw new PlanRefusedError('invalid', `plan ${plan.id} is not valid:\n${errors.map(({ step, message }) => `  - ${step === undefined ? '' : `${step}: `}${message}`).join('\n')}\nput that right, and plan again`)
  refuseUnknownHooks(plan.phases ?? [], options.hooks ?? [])
  refuseUnknownTypes(plan, options.provider)
  return admitMode(plan, options)
}

function admitMode(plan: Plan, { expectMode, onDelete = 'refuse' }: ApplyOptions): Plan {
  if (expectMode === undefined || expectMode === plan.mode) return plan
  const deletes = plan.actions.filter(({ kind, blocked }) => (kind === 'delete' || kind === 'replace' || kind === 'forget') && blocked === undefined)
  if (expectMode !== 'apply') {
    if (plan.mode === 'apply') return plan
    throw new PlanRefusedError('other-mode', `plan ${plan.id} was made in mode ${plan.mode}, expected ${expectMode}; plan again in that mode`)
  }
  if (deletes.length === 0) return plan
  const names = deletes.map(({ kind, address }) => `${kind} ${address}`).join(', ')
  if (onDelete === 'refuse')
    throw new PlanRefusedError('deletes-in-apply', `plan ${plan.id} was made in mode ${plan.mode} and would ${names}; run it in that mode, or plan again in mode apply`)
  const skipped = new Set(deletes)
  const message = 'mode apply deletes nothing; run the plan in its own mode'
  const actions = plan.actions.map((action) => (skipped.has(action) ? { ...action, steps: [], blocked: { reason: 'replace-in-apply', message } as const } : action))
  return { ...plan, actions: dropIdleSettles(cutSteps(actions, deletes)) }
}

/** Refuses a plan with actions on types that the provider does not have. */
export function refuseUnknownTypes(plan: Plan, provider: Provider): void {
  const known = [...Object.keys(provider.types), ...Object.keys(provider.operations ?? {})]
  const groups = Object.keys(provider.settleGroups ?? {})
  for (const { address, settles } of plan.actions)
    if (settles !== undefined && !groups.includes(settles)) throw new DeclarationError([{ code: 'unknown-settle-group', address, message: `the provider has no settle group "${settles}"${suggest(settles, groups)}` }])
  const unknown = plan.actions.filter(({ address, settles }) => settles === undefined && !known.includes(typeOf(address)))
  if (unknown.length === 0) return
  throw new DeclarationError(
    unknown.map(({ address }) => {
      const type = typeOf(address)
      return { code: 'unknown-type', address, message: `the provider has no type "${type}"${suggest(type, known)}` }
    }),
  )
}

/** Refuses when the state has another origin, a run has not ended, or the plan was applied already. Asked under the lease. */
export function admitToStack(plan: Plan, state: State | undefined, runs: readonly RunInfo[]): void {
  const open = runs.find((run) => !run.ended)
  if (open !== undefined) throw new OpenRunError(plan.stack, open.id)
  const earlier = runs.find((run) => run.plan === plan.id)
  if (earlier !== undefined) throw new PlanRefusedError('already-applied', `plan ${plan.id} was applied already, by run ${earlier.id} at ${earlier.startedAt}; plan again`)
  if (plan.basedOn !== undefined && plan.basedOn.lineage !== state?.lineage)
    throw new PlanRefusedError('other-lineage', `plan ${plan.id} was made for a state of another origin (lineage ${plan.basedOn.lineage}, found ${state?.lineage ?? 'none'}); plan again with this store`)
}
