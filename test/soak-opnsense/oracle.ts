import { kindNames, type Kind, type Snapshot } from '../../examples/opnsense/server/config.ts'
import { subsystems, type Subsystem } from '../../examples/opnsense/server/live-state.ts'
import { addressOf, type Resource } from '../../src/core/resource.ts'
import type { State } from '../../src/core/state.ts'
import { isMarker } from '../../src/core/value.ts'

type Row = Snapshot[Kind][number]

/** What tells the objects of a kind apart. */
const KEYS: Readonly<Record<Kind, readonly string[]>> = { alias: ['name'], rule: ['description'], vlan: ['if', 'tag'], server: ['name'], backend: ['name'] }
/** What a field that is not declared may hold; a field that is declared sometimes must be here. */
const UNDECLARED: Readonly<Record<Kind, Readonly<Record<string, readonly string[]>>>> = {
  alias: { description: [''], enabled: ['1'] },
  rule: { action: ['pass'], destination_port: [''], destination_net: ['any'], log: ['0'], enabled: ['1'] },
  vlan: { pcp: ['0'], descr: [''] },
  server: { mode: ['active', ''], weight: [''], description: [''], enabled: ['1'] },
  backend: { linkedServers: [''], description: [''], enabled: ['1'] },
}
const LISTS = ['content', 'interface', 'source_net', 'linkedServers']
const KINDS: Readonly<Record<Subsystem, readonly Kind[]>> = { alias: ['alias'], filter: ['rule'], vlan: ['vlan'], haproxy: ['server', 'backend'] }

/** A firewall without what is somebody else's. */
export function leaveOut(snapshot: Snapshot, foreign: ReadonlySet<string>): Snapshot {
  return Object.fromEntries(kindNames.map((kind) => [kind, snapshot[kind].filter(({ uuid }) => !foreign.has(uuid))])) as unknown as Snapshot
}

/** Subsystems in which something else is live than what is saved. */
export function listDirty(saved: Snapshot, live: Snapshot): readonly Subsystem[] {
  const write = (rows: readonly Row[]): string => rows.map((row) => JSON.stringify(Object.entries(row).sort())).sort().join('\n')
  return subsystems.filter((name) => KINDS[name].some((kind) => write(saved[kind]) !== write(live[kind])))
}

/** Compares what is saved with what is declared, without a word from the library: one line for each thing that is missing, there twice, wrong, or nobody's. Also gives the id of each. */
export function compareDeclared(saved: Snapshot, desired: readonly Resource[]): { readonly faults: readonly string[]; readonly ids: ReadonlyMap<string, string> } {
  const faults: string[] = []
  const ids = new Map<string, string>()
  const declared = new Map(desired.map((resource) => [String(addressOf(resource)), resource]))
  const find = (resource: Resource): readonly Row[] => saved[resource.type as Kind].filter((row) => KEYS[resource.type as Kind].every((field) => row[field] === String(resource.inputs[field])))
  const resolve = (value: unknown): string => {
    if (!isMarker(value)) return typeof value === 'boolean' ? (value ? '1' : '0') : String(value)
    const target = value.kind === 'reference' ? declared.get(value.address) : undefined
    if (value.kind !== 'reference' || target === undefined) throw new Error(`the oracle cannot follow ${JSON.stringify(value)}`)
    return value.path.length > 0 ? String(target.inputs[String(value.path[0])]) : (find(target)[0]?.uuid ?? 'none')
  }
  for (const [address, resource] of declared) {
    const kind = resource.type as Kind
    const rows = find(resource)
    if (rows.length !== 1) faults.push(rows.length === 0 ? `missing: ${address}` : `${rows.length} times: ${address} (${rows.map(({ uuid }) => uuid).join(', ')})`)
    const [row] = rows
    if (row === undefined) continue
    ids.set(address, row.uuid)
    for (const [field, value] of Object.entries(resource.inputs)) {
      const wanted = [value].flat().map(resolve).sort().join(' ')
      const text = row[field === 'alias_type' ? 'type' : field] ?? ''
      const there = LISTS.includes(field) ? text.split(/[,\n]/).sort().join(' ') : text
      if (there !== wanted) faults.push(`wrong: ${address}: ${field} is ${JSON.stringify(there)}, declared ${JSON.stringify(wanted)}`)
    }
    for (const [field, possible] of Object.entries(UNDECLARED[kind])) if (resource.inputs[field] === undefined && !possible.includes(row[field] ?? '')) faults.push(`wrong: ${address}: ${field} is ${JSON.stringify(row[field])}, declared nothing`)
  }
  const known = new Set(ids.values())
  for (const kind of kindNames) for (const row of saved[kind]) if (!known.has(row.uuid)) faults.push(`orphan: ${describe(kind, row)}`)
  return { faults, ids }
}

/** Every object is recorded with its id, and all that is recorded is there. `ids`: by address, where they are known. */
export function compareRecorded(saved: Snapshot, state: State | undefined, ids?: ReadonlyMap<string, string>): readonly string[] {
  const recorded = new Map<string, string>([...(state?.resources.values() ?? [])].map(({ address, id }) => [id, address]))
  const there = new Map(kindNames.flatMap((kind) => saved[kind].map((row) => [row.uuid, describe(kind, row)] as const)))
  const deposed = [...(state?.resources.values() ?? [])].flatMap((each) => (each.deposed ?? []).map(({ id }) => ({ id, address: each.address })))
  return [
    ...[...there].filter(([uuid]) => !recorded.has(uuid) && !deposed.some(({ id }) => id === uuid)).map(([, text]) => `not recorded: ${text}`),
    ...[...recorded].filter(([uuid]) => !there.has(uuid)).map(([uuid, address]) => `recorded, and not there: ${address} (${uuid})`),
    ...[...(ids ?? [])].filter(([address, uuid]) => recorded.get(uuid) !== address).map(([address, uuid]) => `${address} is recorded with another id than ${uuid}`),
    ...(ids === undefined ? [] : deposed.map(({ id, address }) => `an older object of ${address} is still recorded: ${id}`)),
  ]
}

/** No two objects have what tells them apart in common. */
export function listDoubled(saved: Snapshot): readonly string[] {
  return kindNames.flatMap((kind) => {
    const keys = saved[kind].map((row) => KEYS[kind].map((field) => row[field]).join(' '))
    return keys.filter((key, at) => keys.indexOf(key) !== at).map((key) => `twice: ${kind} ${key}`)
  })
}

/**
 * Compares a firewall with what it was before: what was taken back is as it was. What had been deleted meanwhile (it is not in
 * `between`) has come back under an id of its own.
 */
export function compareBefore(before: Snapshot, between: Snapshot, after: Snapshot): readonly string[] {
  const faults: string[] = []
  const survived = new Set(kindNames.flatMap((kind) => between[kind].map(({ uuid }) => uuid)))
  const show = (snapshot: Snapshot, row: Row): Readonly<Record<string, string>> => {
    const names = new Map(snapshot.server.map((server) => [server.uuid, server['name'] ?? '']))
    const linked = (row['linkedServers'] ?? '').split(',').map((uuid) => names.get(uuid) ?? uuid)
    return { ...row, ...(row['linkedServers'] !== undefined && { linkedServers: linked.sort().join(',') }) }
  }
  for (const kind of kindNames) {
    const keyOf = (row: Row): string => KEYS[kind].map((field) => row[field]).join(' ')
    const now = new Map(after[kind].map((row) => [keyOf(row), row]))
    for (const row of before[kind]) {
      const found = now.get(keyOf(row))
      now.delete(keyOf(row))
      if (found === undefined) {
        faults.push(`not brought back: ${describe(kind, row)}`)
        continue
      }
      const [was, is] = [show(before, row), show(after, found)]
      const isNew = !survived.has(row.uuid)
      for (const field of new Set([...Object.keys(was), ...Object.keys(is)])) if (was[field] !== is[field] && !(isNew && (field === 'uuid' || field === 'id'))) faults.push(`not as before: ${describe(kind, row)}: ${field} is ${JSON.stringify(is[field])}, was ${JSON.stringify(was[field])}`)
    }
    for (const row of now.values()) faults.push(`was not there before: ${describe(kind, row)}`)
  }
  return faults
}

function describe(kind: Kind, row: Row): string {
  return `${kind} ${KEYS[kind].map((field) => row[field]).join(' ')} (${row.uuid})`
}
