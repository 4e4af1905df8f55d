import { isDeepStrictEqual } from 'node:util'
import type { Entry } from '../../src/core/entry.ts'
import type { Fields } from '../../src/core/json.ts'
import type { Observed } from '../../src/core/observed.ts'
import { foldState, type State, type StateChange } from '../../src/core/state.ts'
import type { Scenario } from './scenario.ts'

/** The first lines of a journal that grows on: an instant costs no copy of it. */
export interface JournalPart {
  readonly entries: readonly Entry[]
  readonly length: number
}

/** The lines of a part. */
export function linesOf({ entries, length }: JournalPart): readonly Entry[] {
  return entries.slice(0, length)
}

/** All that outlives a process: never changed, always replaced, so that each instant can be kept. */
export interface World {
  readonly objects: ReadonlyMap<string, Fields>
  readonly made: number
  readonly state: State
  readonly journal: JournalPart
  /** What took effect, in order: `create n0/x`, `update n0/x`, `delete n0/x`. */
  readonly effects: readonly string[]
  /** What was sent, whether it took effect or not. */
  readonly calls: readonly string[]
}

export function worldOf({ objects, state }: Scenario): World {
  return { objects: new Map(objects.map(({ id, fields }) => [id, fields])), made: objects.length, state, journal: { entries: [], length: 0 }, effects: [], calls: [] }
}

export function showObject(id: string, fields: Fields): Observed {
  return { id, outputs: fields }
}

export function titleOf({ name, kind }: Fields): string {
  return `${String(name)}/${String(kind)}`
}

/** What is there and what is recorded of it, with names instead of ids, so that two worlds can be compared. */
export function describeThings({ objects, state }: World): string {
  const titles = new Map<unknown, string>()
  for (const [id, fields] of objects) titles.set(id, titleOf(fields))
  const title = (id: unknown): string => titles.get(id) ?? `missing ${String(id)}`
  const shown: string[] = []
  for (const { name, kind, size, refs = [] } of objects.values()) shown.push(`${String(name)} ${String(kind)} ${String(size)} ${(refs as string[]).map(title).sort().join(' ')}`)
  const saved: string[] = []
  for (const { address, id, inputs, outputs, dependsOn, deposed = [] } of state.resources.values())
    saved.push(`${address} is ${title(id)}, ${isSame(outputs, objects.get(id)) ? 'as it is' : JSON.stringify(outputs)}, ${write(inputs)}, needs ${dependsOn.join(' ')}${deposed.map((each) => `, deposed ${title(each.id)}`).join('')}`)
  return [...shown.sort(), ...saved.sort()].join('\n')
}

/** What a world comes to: what is there and recorded, and what was done for it. */
export function describeEnd(world: World, scenario: Scenario): string {
  const { state, effects, journal } = world
  const ending = journal.entries[journal.length - 1]
  return [
    describeThings(world),
    equalsFold(state, scenario, journal) ? '' : 'the journal folds to another state',
    `effects: ${[...effects].sort().join(', ')}`,
    `ended: ${ending?.kind === 'run-ended' ? ending.outcome : String(ending?.kind)}`,
  ].join('\n')
}

/** True for the same fields: those that no step has touched are not even copied; before the first run they have a serial too. */
function isSame(outputs: Fields, fields: Fields | undefined): boolean {
  if (outputs === fields) return true
  const { serial: _, ...rest } = outputs
  return isDeepStrictEqual(rest, fields)
}

/** True when the journal folds to the state that is saved. Nothing is copied here, so the same records are the same objects. */
function equalsFold(state: State, scenario: Scenario, journal: JournalPart): boolean {
  const changes: StateChange[] = []
  for (const entry of linesOf(journal)) if (entry.kind === 'succeeded' && entry.change !== undefined) changes.push(entry.change)
  const folded = foldState(scenario.state, changes).resources
  if (folded.size !== state.resources.size) return false
  for (const [address, resource] of folded) if (state.resources.get(address) !== resource) return false
  return true
}

const written = new WeakMap<object, string>()

function write(inputs: Fields): string {
  const known = written.get(inputs) ?? JSON.stringify(inputs)
  written.set(inputs, known)
  return known
}
