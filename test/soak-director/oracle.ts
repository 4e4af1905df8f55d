import { isBuiltIn } from '../../examples/director/built-in.ts'
import type { DirectorState } from '../../examples/director/server/director-app.ts'
import { kindNames, type KindName } from '../../examples/director/server/kind.ts'
import { canonicalJson } from '../../src/core/json.ts'
import type { State } from '../../src/core/state.ts'
import type { DeclaredKind, DeclaredObject } from './declaration.ts'
import { NODE_NAMES } from './messages.ts'

/** An object that is there, with names for all that it refers to. */
export interface Seen {
  readonly id: string
  /** `Repo/bank-a/shop`. */
  readonly address: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** What is on a Director, without what is somebody else's. */
export type View = readonly Seen[]

type Fields = Readonly<Record<string, unknown>>

const KINDS: Readonly<Record<KindName, DeclaredKind>> = { Repos: 'Repo', RoutingPolicies: 'RoutingPolicy', NormalizationPolicy: 'NormalizationPolicy', EnrichmentPolicy: 'EnrichmentPolicy', ProcessingPolicy: 'ProcessingPolicy' }
/** Where an object has an id in place of a name, and the table of that. */
const IDS: Readonly<Record<string, 'NormalizationPackage' | 'EnrichmentPolicy' | 'RoutingPolicies'>> = { norm_packages: 'NormalizationPackage', enrich_policy: 'EnrichmentPolicy', routing_policy: 'RoutingPolicies' }
/** What a field that is not declared holds. */
const UNDECLARED: Readonly<Record<DeclaredKind, Fields>> = {
  Repo: { repoha: [] },
  RoutingPolicy: { routing_criteria: [] },
  NormalizationPolicy: { norm_packages: [], compiled_normalizer: [] },
  EnrichmentPolicy: { description: '' },
  ProcessingPolicy: { norm_policy: 'None', enrich_policy: 'None', routing_policy: 'None' },
}
const UNDECLARED_INSIDE: Readonly<Record<string, Fields>> = {
  routing_criteria: { value: '', repo: '' },
  criteria: { value: '' },
  rules: { operation: 'Equals', prefix: false, event_key: '', type: 'string' },
  specifications: { rules: [] },
}

/** True for what is a node's own, or a neighbour's. */
export function isForeign(name: string): boolean {
  return isBuiltIn(name) || name.startsWith('theirs')
}

/** What is on a Director. */
export function viewState({ nodes }: DirectorState, ids: readonly string[]): View {
  return NODE_NAMES.flatMap((nodeName, at) => {
    const tables = nodes[ids[at] as string] as DirectorState['nodes'][string]
    const nameOf = (row: Fields): string => String(row['policy_name'] ?? row['name'])
    return kindNames.flatMap((kind) =>
      tables[kind].filter((row) => !isForeign(nameOf(row))).map((row): Seen => {
        const { id, policy_name, name, ...fields } = row
        const show = (field: string, value: unknown): unknown => {
          const table = IDS[field]
          const nameIn = (each: unknown): unknown => (each === 'None' || table === undefined ? each : (tables[table].map((other) => [other.id, nameOf(other)] as const).find(([other]) => other === each)?.[1] ?? `nothing (${String(each)})`))
          return Array.isArray(value) ? value.map(nameIn) : nameIn(value)
        }
        return { id, address: `${KINDS[kind]}/${nodeName}/${String(policy_name ?? name)}`, fields: Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, show(field, value)])) }
      }),
    )
  })
}

/** Compares what is there with what is declared, without a word from the library: one line for each thing that is missing, there twice, wrong, or nobody's. */
export function compareDeclared(view: View, desired: readonly DeclaredObject[]): readonly string[] {
  const faults: string[] = []
  const addresses = new Set<string>()
  for (const { kind, node, name, fields } of desired) {
    const address = `${kind}/${node}/${name}`
    addresses.add(address)
    const found = view.filter((seen) => seen.address === address)
    if (found.length !== 1) faults.push(found.length === 0 ? `missing: ${address}` : `${found.length} times: ${address} (${found.map(({ id }) => id).join(', ')})`)
    const [seen] = found
    if (seen === undefined) continue
    const wanted = fill(fields, UNDECLARED[kind]) as Fields
    for (const field of new Set([...Object.keys(wanted), ...Object.keys(seen.fields)])) {
      const [is, should] = [write(field, seen.fields[field]), write(field, wanted[field])]
      if (is !== should) faults.push(`wrong: ${address}: ${field} is ${is}, declared ${should}`)
    }
  }
  for (const { address, id } of view) if (!addresses.has(address)) faults.push(`orphan: ${address} (${id})`)
  return faults
}

/** Every object is recorded with its id, all that is recorded is there, and no older object is: unless its replace has stopped halfway. */
export function compareRecorded(view: View, state: State | undefined, isHalfway: boolean): readonly string[] {
  const recorded = [...(state?.resources.values() ?? [])]
  const older = new Set(recorded.flatMap(({ deposed = [] }) => deposed.map(({ id }) => id)))
  const isOlder = (id: string): boolean => isHalfway && older.has(id)
  const ids = new Map(recorded.map(({ address, id }) => [String(address), id]))
  const there = new Map(view.map(({ address, id }) => [address, id]))
  return [
    ...view.filter(({ address, id }) => !ids.has(address) && !isOlder(id)).map(({ address, id }) => `not recorded: ${address} (${id})`),
    ...recorded.filter(({ address }) => !there.has(address)).map(({ address, id }) => `recorded, and not there: ${address} (${id})`),
    ...view.filter(({ address, id }) => ids.has(address) && ids.get(address) !== id && !isOlder(id)).map(({ address, id }) => `${address} is ${id}, and recorded as ${ids.get(address)}`),
    ...recorded.flatMap(({ address, deposed = [] }) => deposed.filter(({ id }) => !isHalfway || view.every((seen) => seen.id !== id)).map(({ id }) => `an older object of ${address} is still recorded: ${id}`)),
  ]
}

/** Compares with what was before: what was taken back is as it was. What had been deleted meanwhile (it is not in `between`) has come back under an id of its own. */
export function compareBefore(before: View, between: View, after: View): readonly string[] {
  const survived = new Set(between.map(({ id }) => id))
  const now = new Map(after.map((seen) => [seen.address, seen]))
  const faults = before.flatMap((was) => {
    const is = now.get(was.address)
    now.delete(was.address)
    if (is === undefined) return [`not brought back: ${was.address} (${was.id})`]
    const other = Object.keys({ ...was.fields, ...is.fields }).filter((field) => write(field, was.fields[field]) !== write(field, is.fields[field]))
    return [
      ...(is.id !== was.id && survived.has(was.id) ? [`not as before: ${was.address} is another object: ${is.id}, was ${was.id}`] : []),
      ...other.map((field) => `not as before: ${was.address}: ${field} is ${write(field, is.fields[field])}, was ${write(field, was.fields[field])}`),
    ]
  })
  return [...faults, ...[...now.values()].map(({ address, id }) => `was not there before: ${address} (${id})`)]
}

/** What every node has of its own, as text: nobody ever changes it. */
export function writeBuiltIns({ nodes }: DirectorState): string {
  const own = Object.entries(nodes).map(([node, tables]) => [node, Object.entries(tables).map(([table, rows]) => [table, rows.filter((row) => !(kindNames as readonly string[]).includes(table) || isBuiltIn(String(row['policy_name'] ?? row['name'])))])])
  return JSON.stringify(own)
}

function fill(value: unknown, defaults: Fields = {}): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries({ ...defaults, ...value }).map(([field, each]) => [field, Array.isArray(each) ? (each as unknown[]).map((one) => fill(one, UNDECLARED_INSIDE[field])) : each]))
}

/** Copies come in any order. */
function write(field: string, value: unknown): string {
  if (field !== 'repoha' || !Array.isArray(value)) return value === undefined ? 'nothing' : canonicalJson(value as never)
  return (value as unknown[]).map((each) => canonicalJson(each as never)).sort().join(' ')
}
