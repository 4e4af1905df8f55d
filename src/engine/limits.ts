import type { Action } from '../core/action.ts'
import { typeOf } from '../core/address.ts'
import type { PlanPhase } from '../core/operation.ts'
import { endsPortion, type Portions } from '../core/portion.ts'
import type { Flow } from '../core/run/flow.ts'
import type { StepGroups } from '../core/run/schedule.ts'
import type { Provider } from '../provider/provider.ts'
import { typeOfAction } from '../provider/type-of-action.ts'
import type { ApplyOptions } from './options.ts'

/** What bounds single steps, beside the run's concurrency: the type's own limits and the host's. */
export type LimitOptions = Pick<ApplyOptions, 'typeConcurrency' | 'serialKey'>

/** The key that an action shares with others of which one runs at a time, as its type says. */
export function serialKeyOf(provider: Provider, action: Action): string | undefined {
  const key = typeOfAction(provider, action)?.serialKey
  return typeof key === 'function' ? key(action) : key
}

/** Works out the groups of each step, where there are any: a phase or type with a limit, and what shares a key. */
export function* groupSteps(flow: Flow, provider: Provider, { typeConcurrency = {}, serialKey }: LimitOptions, phases: readonly PlanPhase[] = []): Portions<StepGroups | undefined> {
  const capacities: number[] = []
  const positions = new Map<string, number>()
  const groupOf = (name: string, capacity: number): number => {
    const known = positions.get(name)
    if (known !== undefined) return known
    positions.set(name, capacities.length)
    return capacities.push(capacity) - 1
  }
  const parallelOf = new Map(phases.map(({ name, parallel }) => [name, parallel]))
  const ofAction: (readonly number[])[] = []
  for (let index = 0; index < flow.actions.length; index++) {
    if (endsPortion(index)) yield
    const action = flow.actions[index] as Action
    const name = typeOf(action.address)
    const type = typeOfAction(provider, action)
    const limit = Math.min(type?.concurrency ?? Number.POSITIVE_INFINITY, typeConcurrency[name] ?? Number.POSITIVE_INFINITY)
    const keys = [serialKeyOf(provider, action), serialKey?.(action)]
    const parallel = parallelOf.get(action.phase ?? '')
    ofAction.push([...(parallel === undefined ? [] : [groupOf(`phase ${action.phase}`, parallel)]), ...(Number.isFinite(limit) ? [groupOf(`type ${name}`, limit)] : []), ...keys.flatMap((key, position) => (key === undefined ? [] : [groupOf(`key ${position} ${key}`, 1)]))])
  }
  return capacities.length === 0 ? undefined : { capacities, of: (step) => ofAction[flow.actionOf[step] as number] as readonly number[] }
}
