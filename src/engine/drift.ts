import type { FieldChange } from '../core/action.ts'
import { typeOf, type Address } from '../core/address.ts'
import { compareInputs } from '../core/difference.ts'
import type { ErrorRecord } from '../core/errors.ts'
import type { PlanEvent } from '../core/event.ts'
import { getPath } from '../core/json.ts'
import { takeInventory } from '../core/planning/existing.ts'
import type { Resolve } from '../core/applied.ts'
import type { State } from '../core/state.ts'
import { mapMarkers } from '../core/value.ts'
import { systemClock } from './clock.ts'
import type { BaseOptions } from './options.ts'
import { loadRecorded } from './recorded.ts'
import { runInTurns } from '../store/turn.ts'
import { Survey } from './survey.ts'

/** One recorded resource that is no longer as it was applied. */
export interface DriftedResource {
  /** The resource. */
  readonly address: Address
  /** The backend's own identifier. */
  readonly id: string
  /** `gone`: proven absent. `unreadable`: nobody can tell. */
  readonly kind: 'changed' | 'gone' | 'unreadable'
  /** `before`: as applied; `after`: as observed. */
  readonly changes: readonly FieldChange[]
  /** What went wrong. */
  readonly error?: ErrorRecord
}

/** Where recorded and observed disagree. */
export interface Drift {
  /** The stack. */
  readonly stack: string
  /** Those that are no longer as they were applied. */
  readonly resources: readonly DriftedResource[]
  /** How many recorded resources were looked at. */
  readonly checked: number
}

/** How to look for drift. */
export interface DriftOptions extends BaseOptions {
  /** Reads under way at once. Default: 10. */
  readonly concurrency?: number
  /** Each read is aborted after this. Default: 30 000. */
  readonly timeoutMs?: number
  /** Hears what is read. Default: nobody. */
  readonly onEvent?: (event: PlanEvent) => void
}

/** Compares everything that is recorded with what the backend shows just now, field by field as it was declared. Changes nothing. */
export async function detectDrift(options: DriftOptions): Promise<Drift> {
  const { provider, store, stack = 'default', clock = systemClock } = options
  const { state } = await loadRecorded(store, stack)
  if (state === undefined) return { stack, resources: [], checked: 0 }
  const recorded = [...state.resources.values()].filter(({ address }) => Object.hasOwn(provider.types, typeOf(address)))
  const survey = new Survey({
    reader: {
      provider,
      trace: (call) => options.onEvent?.({ name: 'call:finished', call }),
      bounds: { timeoutMs: options.timeoutMs ?? 30_000, abortGraceMs: 1_000, clock, signal: options.signal ?? new AbortController().signal },
    },
    types: new Set(recorded.map(({ address }) => typeOf(address))),
    recorded,
    scope: undefined,
    concurrency: options.concurrency ?? 10,
    onEvent: options.onEvent ?? (() => undefined),
  })
  await survey.run()
  const partial = await runInTurns(takeInventory({ recorded: state, readings: survey.readings, types: provider.types }))
  await Promise.all(partial.all.filter(({ recorded: known, status, whole }) => known !== undefined && status === 'present' && !whole).map(({ type, id, parentId }) => survey.readOne(type, id, parentId)))
  const inventory = await runInTurns(takeInventory({ recorded: state, readings: survey.readings, types: provider.types }))

  const resources: DriftedResource[] = []
  for (const { recorded: known, status, observed, rules, error } of inventory.all) {
    if (known === undefined) continue
    const { address, id } = known
    if (status === 'absent') resources.push({ address, id, kind: 'gone', changes: [] })
    else if (observed === undefined) resources.push({ address, id, kind: 'unreadable', changes: [], ...(error && { error }) })
    else {
      const resolve: Resolve = (marker) => (marker.kind === 'reference' ? lookUp(state, marker.address, marker.path) : undefined)
      // Of what is somebody else's, and so not recorded, what stands there now cannot be compared with anything.
      const applied = mapMarkers(known.inputs, (marker, path) => (marker.kind === 'reference' && !state.resources.has(marker.address) ? (getPath(observed.outputs, path) ?? marker) : marker)) as typeof known.inputs
      const { changes } = compareInputs({ declared: applied, observed: observed.outputs, rules, recorded: applied, resolve })
      if (changes.length > 0) resources.push({ address, id, kind: 'changed', changes: changes.map(swap) })
    }
  }
  resources.sort((a, b) => (a.address < b.address ? -1 : 1))
  return { stack, resources, checked: recorded.length }
}

function lookUp(state: State, address: Address, path: FieldChange['path']): { readonly value: unknown } | undefined {
  const target = state.resources.get(address)
  if (target === undefined) return undefined
  if (path.length === 0) return { value: target.id }
  const value = getPath(target.outputs, path)
  return value === undefined ? undefined : { value }
}

/** The comparison says how to get back; drift tells what happened. */
function swap(change: FieldChange): FieldChange {
  const { before, after, ...rest } = change
  return { ...rest, ...(after !== undefined && { before: after }), ...(before !== undefined && { after: before }) }
}
