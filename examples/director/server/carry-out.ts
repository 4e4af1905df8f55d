import { kindNames, type KindName, type Row, type ServerKind } from './kind.ts'
import { describeTable, kinds } from './kinds.ts'
import type { Errand } from './order.ts'
import { findId, rowsOf, type NodeTables } from './state.ts'

/** Raised by an errand that cannot be done. */
export class OrderError extends Error {
  readonly errors: readonly string[]
  constructor(errors: readonly string[]) {
    super(errors.join('; '))
    this.errors = errors
  }
}

/** What an errand changes. */
export interface Change {
  readonly kind: KindName
  readonly id: string
  /** Absent: it is deleted. */
  readonly row?: Row
  readonly message: string
}

/** Finds what an errand on objects changes, by how the node is now. Throws where it must not be done. */
export function findChange(errand: Exclude<Errand, { readonly does: 'refresh-paths' }>, node: NodeTables, newId: () => string): Change {
  const kind = kinds[errand.kind]
  if (errand.does === 'create') {
    checkRow(kind, undefined, errand.fields, node)
    return { kind: errand.kind, id: newId(), row: errand.fields, message: `${kind.label} created` }
  }
  const { id } = errand
  const old = rowsOf(node, errand.kind)[id]
  if (old === undefined) throw new OrderError([`${kind.label} with the id "${id}" not found`])
  if (kind.builtIns(() => '').some((row) => row[kind.key] === old[kind.key])) throw new OrderError([`${nameOf(kind, old)} belongs to the system and cannot be changed`])
  if (errand.does === 'edit') {
    const row = { [kind.key]: old[kind.key], ...errand.fields }
    checkRow(kind, id, row, node)
    return { kind: errand.kind, id, row, message: `${kind.label} edited` }
  }
  const users = listUsers(kind, id, old, node)
  if (users.length > 0) throw new OrderError([`${nameOf(kind, old)} is in use by ${users.join(', ')}`])
  return { kind: errand.kind, id, message: `${kind.label} deleted` }
}

function checkRow(kind: ServerKind, id: string | undefined, row: Row, node: NodeTables): void {
  const sameName = findId(node, kind.name, row[kind.key])
  const errors = [
    ...(row[kind.key] === '' ? [`${kind.key}: must not be empty`] : []),
    ...(sameName !== undefined && sameName !== id ? [`${nameOf(kind, row)} already exists`] : []),
    ...kind.findFaults(row),
    ...kind
      .listReferences(row)
      .filter(({ table, by, value }) => (by === 'id' ? !Object.hasOwn(rowsOf(node, table), value) : findId(node, table, value) === undefined))
      .map(({ field, table, by, value }) => `${field}: no ${describeTable(table).label} with the ${by} "${value}"`),
  ]
  if (errors.length > 0) throw new OrderError(errors)
}

function listUsers(kind: ServerKind, id: string, row: Row, node: NodeTables): string[] {
  return kindNames.flatMap((other) =>
    Object.values(rowsOf(node, other))
      .filter((user) => kinds[other].listReferences(user).some(({ table, by, value }) => table === kind.name && value === (by === 'id' ? id : row[kind.key])))
      .map((user) => nameOf(kinds[other], user)),
  )
}

function nameOf({ label, key }: ServerKind, row: Row): string {
  return `${label} "${String(row[key])}"`
}
