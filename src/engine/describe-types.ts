import { typeOf } from '../core/address.ts'
import { PlanRefusedError } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import { compareTypes, describeType, type TypeDescription } from '../core/type-description.ts'
import type { Provider } from '../provider/provider.ts'
import { listKnownFields } from './validate.ts'

/** Describes the types that a plan is about, so that a later process can tell whether they are the same. */
export function describeTypes(plan: Plan, provider: Provider): Readonly<Record<string, TypeDescription>> {
  const names = new Set(plan.actions.map(({ address }) => typeOf(address)))
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const type = provider.types[name]
      return type === undefined ? [] : [[name, describeType(type, type.schema === undefined ? [] : listKnownFields(type.schema))]]
    }),
  )
}

/** Refuses to go on with a run when the types that its plan rests on are others by now, and names the difference. */
export function refuseChangedTypes(run: string, before: Readonly<Record<string, TypeDescription>>, plan: Plan, provider: Provider): void {
  const now = describeTypes(plan, provider)
  const differences = Object.entries(before).flatMap(([name, then]) => compareTypes(then, now[name] ?? {}).map((difference) => `${name}: ${difference}`))
  if (differences.length === 0) return
  throw new PlanRefusedError('types-changed', `the provider's types have changed since run ${run} began: ${differences.join('; ')}. Go on with the release that began it, or abandon it and plan again`)
}
