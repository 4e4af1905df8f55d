import type { Action } from '../action.ts'
import { parseAddress } from '../address.ts'
import { PlanRefusedError } from '../errors.ts'
import { suggest } from '../nearest.ts'
import type { Plan } from '../plan.ts'
import { cutSteps } from './cut-steps.ts'
import { dropIdleSettles } from './settles.ts'
import { summarize } from './summary.ts'

/** Which part of a plan. An action that fits one of the lists is taken. */
export interface Selection {
  /** Default: none. */
  readonly addresses?: readonly string[]
  /** Default: none. */
  readonly types?: readonly string[]
  /** Names of phases. Default: none. */
  readonly phases?: readonly string[]
}

/**
 * Cuts a plan down to a part of it, with everything that the part waits for. The part has an id of its own, so both can be
 * applied.
 *
 * Throws `plan-refused` (`subset`) when an address or a phase is not in the plan, or when the part would need a delete that it does
 * not name: nobody asked for that.
 *
 * @example
 * ```ts
 * import { declare, memoryStore, plan, subsetPlan } from 'convergent'
 * import { createFakeBackend } from 'convergent/testing'
 *
 * const { provider } = createFakeBackend()
 * const { named } = declare(provider)
 * const base = named('base', { name: 'base' })
 * const whole = await plan([base, named('top', { name: 'top', ref: base.id }), named('other', { name: 'other' })], { provider, store: memoryStore() })
 * subsetPlan(whole, { addresses: ['named/top'] }, 'part-1').actions.map(({ address }) => address) // => ['named/base', 'named/top']
 * ```
 */
export function subsetPlan(plan: Plan, selection: Selection, id: string): Plan {
  const { addresses = [], types = [], phases = [] } = selection
  const known = plan.actions.map(({ address }) => address)
  const missing = addresses.find((address) => !known.some((each) => each === address))
  if (missing !== undefined) throw new PlanRefusedError('subset', `plan ${plan.id} has no action for "${missing}"${suggest(missing, known)}`)
  const names = (plan.phases ?? []).map(({ name }) => name)
  const stranger = phases.find((phase) => !names.includes(phase))
  if (stranger !== undefined) throw new PlanRefusedError('subset', `plan ${plan.id} has no phase "${stranger}"${suggest(stranger, names)}`)
  const isNamed = ({ address, phase }: Action): boolean => addresses.includes(address) || types.includes(parseAddress(address).type) || (phase !== undefined && phases.includes(phase))

  const ownerOf = new Map(plan.actions.flatMap((action) => action.steps.map(({ key }) => [key, action] as const)))
  const taken = new Set(plan.actions.filter(isNamed))
  for (const action of taken)
    for (const key of action.steps.flatMap(({ after }) => after)) {
      const needed = ownerOf.get(key) as Action
      if (!isNamed(needed) && (needed.kind === 'delete' || needed.kind === 'replace'))
        throw new PlanRefusedError('subset', `${action.address} waits for the ${needed.kind} of ${needed.address}, which is not named; name it too, or leave ${action.address} out`)
      taken.add(needed)
    }
  const settlers = new Set([...taken].flatMap(({ steps }) => steps.flatMap(({ settledBy }) => settledBy ?? [])))
  const isKept = (action: Action): boolean => taken.has(action) || action.steps.some(({ key }) => settlers.has(key))
  const kept = plan.actions.filter(isKept)
  // Only what settles something waits for steps that are not in the part, and has nothing to settle for them.
  const actions = dropIdleSettles(cutSteps(kept, plan.actions.filter((action) => !isKept(action))))
  const alone = addresses.find((address) => kept.some((action) => action.address === address) && !actions.some((action) => action.address === address))
  if (alone !== undefined) throw new PlanRefusedError('subset', `${alone} comes with what it makes effective; name that`)
  const left = new Set(actions.map(({ phase }) => phase))
  return { ...plan, id, ...(plan.phases && { phases: plan.phases.filter(({ name }) => left.has(name)) }), actions, summary: summarize(actions, plan.summary.unchanged) }
}
