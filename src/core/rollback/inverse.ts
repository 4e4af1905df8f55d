import type { Action, Blocked, FieldChange, Step } from '../action.ts'
import { compareInputs } from '../difference.ts'
import { matchesAny } from '../field-rule.ts'
import { ABSENT_FINGERPRINT } from '../fingerprint.ts'
import { getPath, type Fields } from '../json.ts'
import type { StepRecord } from '../journal.ts'
import type { Observed } from '../observed.ts'
import type { TypeRules } from '../rules.ts'
import { fingerprintObserved } from '../staleness.ts'
import type { RecordedResource } from '../state.ts'
import { isMarker, mapMarkers, visitMarkers, type Marker } from '../value.ts'
import { recreateInputs, restoreInputs, type LostObjects } from './before.ts'

/** What an inverse is derived from. */
export interface Undoing {
  readonly action: Action
  readonly rules: TypeRules
  /** Names of the fields that a declaration of the type may have; empty: not known. */
  readonly known: readonly string[]
  /** Steps that succeeded, by what they called. */
  readonly done: Readonly<Partial<Record<Step['call'], StepRecord>>>
  /** What is there now; undefined: nothing, or it was not read. */
  readonly observed: Observed | undefined
  readonly lost: LostObjects
  /** What a marker stands for, where the object that it names stays as it is. */
  readonly resolve: Parameters<typeof compareInputs>[0]['resolve']
}

/** The action that takes one back, with a step for each that is taken back; undefined: nothing is left of it. */
export type Inverse = Omit<Action, 'steps'> & { readonly calls: readonly Step['call'][] }

/** An object's fingerprint that no read agrees with: somebody has changed it since. */
const MOVED = 'moved'

/** Derives the inverse of an action from what its steps recorded. */
export function invertAction(undoing: Undoing): Inverse | undefined {
  const { action, done } = undoing
  const made = putOf(done.create)
  const changed = putOf(done.update)
  if (changed !== undefined) return invertUpdate(undoing, done.update as StepRecord, changed)
  if (made !== undefined && done.delete !== undefined) return invertReplace(undoing, made, done.delete)
  if (made !== undefined) return invertCreate(undoing, made)
  if (done.delete?.before !== undefined) return invertDelete(undoing, done.delete)
  if (done.delete !== undefined && action.deposed === undefined) return needsPerson(undoing, `it was gone when it was to be deleted (id ${action.id}), so nothing is known of it`)
  return undefined
}

function invertCreate({ action, rules, observed, done }: Undoing, made: RecordedResource): Inverse {
  const earlier = made.deposed?.some(({ id }) => id === action.id) === true ? done.create?.before?.recorded : undefined
  const base = { ...shared(action, rules, made, observed), kind: 'delete' as const, changes: [], restores: 'nothing' as const }
  // A create-first replace that came half way: the older object is the resource again.
  if (earlier !== undefined) return { ...base, restores: earlier, calls: ['delete'] }
  if (rules.singleton === true && rules.removal === 'forget') return { ...base, kind: 'forget', reason: 'it is always there; what was set in it stays', calls: ['forget'] }
  return { ...base, calls: ['delete'] }
}

function invertUpdate({ action, rules, observed, lost, resolve }: Undoing, step: StepRecord, changed: RecordedResource): Inverse {
  const before = step.before
  const recorded = before?.recorded
  const restored = before === undefined ? (recorded?.inputs ?? changed.inputs) : restoreInputs(action, recorded, before, rules, lost)
  // Of a secret that was not sealed only a digest is there: it stays as it is.
  const inputs = mapMarkers(restored, (marker) => (isLost(marker) ? undefined : marker)) as Fields
  const secrets = action.changes.filter(({ sensitive, path }) => sensitive === true && !isSealed(getPath(inputs, path))).map(({ path }) => path.join('.'))
  const seen = observed === undefined ? [] : compareInputs({ declared: inputs, observed: observed.outputs, rules, resolve }).changes
  // What a backend never shows cannot be compared: a secret that the run changed is sent again.
  const hidden = action.changes.filter(({ sensitive, path }) => sensitive === true && isSealed(getPath(inputs, path)) && !seen.some((change) => change.path.join('\0') === path.join('\0')))
  // It is brought back in place, whatever a plan would make of such a change.
  const changes: readonly FieldChange[] = [...seen.map(({ forcesReplace: _, ...change }) => change), ...hidden.map(({ path }): FieldChange => ({ path, sensitive: true }))]
  const base = {
    ...shared(action, rules, changed, observed),
    address: recorded?.address ?? action.address,
    ...(recorded !== undefined && recorded.address !== action.address && { movedFrom: action.address }),
    inputs,
    changes,
    ...(secrets.length > 0 && { reason: `a person has to set ${secrets.join(', ')} again: the old value is not recorded` }),
    restores: recorded ?? ('nothing' as const),
    dependsOn: recorded?.dependsOn ?? changed.dependsOn,
  }
  // What was taken over is given up again: it goes on without us.
  if (action.adopts === true) return { ...base, kind: 'forget', calls: changes.length === 0 ? ['forget'] : ['update', 'forget'] }
  return { ...base, kind: 'update', calls: ['update'] }
}

function invertReplace(undoing: Undoing, made: RecordedResource, deleted: StepRecord): Inverse {
  const { action, rules, observed } = undoing
  // A create-first replace recorded the new object before it deleted the older one.
  const recorded = undoing.done.create?.before?.recorded ?? deleted.before?.recorded
  const again = invertDelete(undoing, { ...deleted, before: deleted.before && { ...deleted.before, ...(recorded && { recorded }) } })
  if (again.blocked !== undefined) return again
  const order = action.replaceOrder === 'create-first' ? 'create-first' : 'delete-first'
  const moved = recorded !== undefined && recorded.address !== action.address ? { address: recorded.address, movedFrom: action.address } : {}
  return { ...again, ...shared(action, rules, made, observed), ...moved, kind: 'replace', replaceOrder: order, dependsOn: again.dependsOn, calls: order === 'create-first' ? ['create', 'delete'] : ['delete', 'create'] }
}

function invertDelete(undoing: Undoing, deleted: StepRecord): Inverse {
  const { action, rules, known, lost } = undoing
  const { before } = deleted
  const recorded = before?.recorded
  if (before === undefined) return needsPerson(undoing, 'what was there before is not recorded')
  const inputs = recreateInputs(recorded, before, rules, known, lost)
  const missing = listMissing(inputs, rules)
  if (missing.length > 0) return needsPerson(undoing, `it was deleted (id ${before.id}), and ${missing.join(', ')} of it ${missing.length === 1 ? 'is' : 'are'} not recorded: make it again by hand`, before.id)
  return {
    address: recorded?.address ?? action.address,
    kind: 'create',
    reason: `it was deleted (id ${before.id}); it gets a new id where the backend chooses it`,
    inputs,
    changes: Object.entries(inputs).flatMap(([field, value]): FieldChange[] => (value === null || value === undefined ? [] : [{ path: [field], after: value }])),
    fingerprint: ABSENT_FINGERPRINT,
    dependsOn: recorded?.dependsOn ?? [],
    ...(action.parentId !== undefined && { parentId: action.parentId }),
    restores: recorded ?? 'nothing',
    calls: ['create'],
  }
}

/** What an inverse is about: the object as the run left it. */
function shared(action: Action, rules: TypeRules, left: RecordedResource, observed: Observed | undefined): Pick<Action, 'address' | 'id' | 'fingerprint' | 'leftAs' | 'dependsOn' | 'parentId'> {
  const parentId = left.parentId ?? action.parentId
  return { address: action.address, id: left.id, fingerprint: fingerprintLeft(rules, left, observed), leftAs: left.inputs, dependsOn: left.dependsOn, ...(parentId !== undefined && { parentId }) }
}

/** The fingerprint of what is there now, when that is what the run left. */
function fingerprintLeft(rules: TypeRules, left: RecordedResource, observed: Observed | undefined): string {
  if (observed === undefined) return MOVED
  const [now, then] = [{ ...observed, outputs: observed.outputs }, { ...observed, outputs: left.outputs }].map((each) => fingerprintObserved(rules, left.inputs, each))
  return now === then ? (now as string) : MOVED
}

function needsPerson({ action }: Undoing, message: string, id = action.id): Inverse {
  const blocked: Blocked = { reason: 'needs-person', message }
  return { address: action.address, kind: 'create', ...(id !== undefined && { id }), changes: [], fingerprint: ABSENT_FINGERPRINT, dependsOn: action.dependsOn, blocked, calls: [] }
}

/** Secrets that were declared as values: of those only a digest is recorded. */
function listMissing(inputs: Fields, rules: TypeRules): readonly string[] {
  const missing: string[] = []
  visitMarkers(inputs, (marker, path) => {
    if (marker.kind === 'sensitive' && marker.reveal() === undefined && marker.sealed === undefined) missing.push(path.join('.'))
  })
  for (const field of rules.writeOnly ?? []) {
    const value = getPath(inputs, field.split('.'))
    if (value === null && !isMarker(value) && !matchesAny(rules.ignored, field.split('.'))) missing.push(field)
  }
  return [...new Set(missing)]
}

/** True for a secret of which only a digest is there. */
function isLost(marker: Marker): boolean {
  return marker.kind === 'sensitive' && marker.reveal() === undefined && marker.sealed === undefined
}

function isSealed(value: unknown): boolean {
  return isMarker(value) && (value.kind === 'deferred' || value.kind === 'sensitive')
}

function putOf(step: StepRecord | undefined): RecordedResource | undefined {
  return step?.change !== undefined && 'put' in step.change ? step.change.put : undefined
}
