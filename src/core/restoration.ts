import type { Action } from './action.ts'
import { parseAddress, type Address } from './address.ts'
import { getPath, type Fields } from './json.ts'
import type { Plan } from './plan.ts'
import { dropIdleSettles } from './planning/settles.ts'
import { summarize } from './planning/summary.ts'
import type { Resource } from './resource.ts'
import type { State } from './state.ts'
import { mapMarkers, visitMarkers } from './value.ts'

/** What a checkpoint declares: everything that was recorded. What it referred to and did not record is somebody else's, and found by the id that it had. */
export function declareCheckpoint({ resources }: State): readonly Resource[] {
  const others = new Map<Address, Resource>()
  const ours = [...resources.values()].map(({ address, inputs, outputs, dependsOn, protected: isProtected }): Resource => {
    const known = mapMarkers(inputs, (marker, path) => {
      if (marker.kind !== 'reference' || resources.has(marker.address)) return marker
      const value = getPath(outputs, path)
      if (marker.path.length > 0 || typeof value !== 'string') return value
      others.set(marker.address, { ...parseAddress(marker.address), inputs: { id: value }, external: true })
      return marker
    }) as Fields
    const needed = dependsOn.filter((each) => resources.has(each))
    return { ...parseAddress(address), inputs: known, ...(needed.length > 0 && { dependsOn: needed }), ...(isProtected !== undefined && { protected: isProtected }) }
  })
  return [...others.values(), ...ours]
}

/**
 * A plan to a checkpoint, without the secrets of which only a digest was kept: an update that changes none of them leaves
 * them alone; what would need one is blocked, since a person has to supply it.
 */
export function leaveOutSecrets(plan: Plan, checkpoint: State): Plan {
  const actions = plan.actions.map((action): Action => {
    const missing = action.inputs === undefined ? [] : listMissing(action.inputs)
    const restores = checkpoint.resources.get(action.address)
    if (missing.length === 0 || action.blocked !== undefined || action.inputs === undefined || restores === undefined) return action
    const isMissing = (path: readonly (string | number)[]): boolean => missing.some((place) => place.join('\0') === path.join('\0'))
    const changes = action.changes.filter(({ path }) => !isMissing(path))
    if (action.kind !== 'update' || changes.length < action.changes.length)
      return { ...action, steps: [], blocked: { reason: 'needs-person', message: `${missing.map((path) => path.join('.')).join(', ')} of it ${missing.length === 1 ? 'is' : 'are'} not in the checkpoint: a secret is kept as a digest only; ${action.kind} it by hand` } }
    return { ...action, inputs: mapMarkers(action.inputs, (marker, path) => (isMissing(path) ? undefined : marker)) as Fields, restores }
  })
  const blocked = dropIdleSettles(blockDependents(actions))
  return { ...plan, actions: blocked, summary: summarize(blocked, plan.summary.unchanged) }
}

function listMissing(inputs: Fields): readonly (readonly (string | number)[])[] {
  const missing: (readonly (string | number)[])[] = []
  visitMarkers(inputs, (marker, path) => {
    if (marker.kind === 'sensitive' && marker.reveal() === undefined && marker.sealed === undefined) missing.push(path)
  })
  return missing
}

/** What waits for a blocked action is blocked too. */
function blockDependents(actions: readonly Action[]): readonly Action[] {
  const ownerOf = new Map(actions.flatMap(({ address, steps }) => steps.map(({ key }) => [key, address] as const)))
  const running = new Set(ownerOf.keys())
  const result: Action[] = []
  for (const action of actions) {
    const lost = action.steps.flatMap(({ after }) => after).find((key) => !running.has(key))
    if (lost === undefined || action.blocked !== undefined) {
      result.push(action)
      continue
    }
    for (const { key } of action.steps) running.delete(key)
    const because = lost.slice(lost.indexOf(':') + 1) as Address
    result.push({ ...action, steps: [], blocked: { reason: 'blocked-dependency', message: `${because}, which has to be there first, needs a person`, because } })
  }
  return result
}
