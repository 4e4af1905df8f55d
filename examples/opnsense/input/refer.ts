import { isSeq } from 'yaml'
import { formatAddress, ref, suggestName } from 'convergent'
import { sourceOf } from '../../parts/input-file.ts'
import type { IssueList } from '../../parts/issue-list.ts'
import { at, follow } from '../../parts/nodes.ts'
import type { NameField } from '../kind.ts'
import type { Entry } from './entry.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The inputs of an entry, with each name of something else that is declared as a reference to it. `declared`: names by type. */
export function toInputs(entry: Entry, declared: ReadonlyMap<string, ReadonlySet<string>>, issues: IssueList): Readonly<Record<string, unknown>> {
  const refer = (field: string, naming: NameField, value: unknown, index?: number): unknown => {
    const { type, by } = naming
    const known = declared.get(type) ?? new Set<string>()
    const refuse = (code: string, message: string): unknown => {
      issues.add(code, message, sourceOf(entry.file, nodeOf(entry, field, index)), { address: formatAddress(entry.kind.type, entry.name), path: index === undefined ? [field] : [field, index] })
      return value
    }
    if (typeof value !== 'string') return value
    if (type === entry.kind.type && value === entry.name) return refuse('cycle', `"${value}" is its own name: it cannot be a part of itself`)
    if (known.has(value)) return by === 'id' ? ref(formatAddress(type, value)) : ref(formatAddress(type, value), 'name')
    if (by === 'name' || UUID.test(value)) return value
    return refuse('dangling-reference', `no ${type} "${value}" is declared${suggestName(value, known) || `; declare it, or write the UUID of one that is the firewall's own`}`)
  }
  const fields = Object.entries(entry.fields).map(([field, value]) => {
    const naming = Object.hasOwn(entry.kind.names, field) ? entry.kind.names[field] : undefined
    if (naming === undefined) return [field, value]
    return [field, Array.isArray(value) ? value.map((each, index) => refer(field, naming, each, index)) : refer(field, naming, value)]
  })
  return Object.fromEntries(fields) as Readonly<Record<string, unknown>>
}

function nodeOf({ map, document }: Entry, field: string, index: number | undefined): unknown {
  const list = follow(at(map, field), document)
  return index !== undefined && isSeq(list) ? list.items[index] : at(map, field)
}
