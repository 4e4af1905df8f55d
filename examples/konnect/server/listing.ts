import type { Row } from './database.ts'
import { Problem } from './problem.ts'

/** One page of rows, clamped to what the server gives at most; the total counts what the filters let through. */
export function pageOf(rows: readonly Row[], summarize: (row: Row) => Row, query: Readonly<Record<string, string>>, filters: readonly string[], most: number): Row {
  const filtered = filter(rows, query, filters)
  const size = Math.min(most, wholeNumber(query['page[size]'], 'page[size]') ?? most)
  const number = wholeNumber(query['page[number]'], 'page[number]') ?? 1
  return { meta: { page: { number, size, total: filtered.length } }, data: filtered.slice((number - 1) * size, number * size).map(summarize) }
}

/** All rows at once, children inside their parents; one whose parent does not pass the filters stands at the top. */
export function treeOf(rows: readonly Row[], summarize: (row: Row) => Row, query: Readonly<Record<string, string>>, filters: readonly string[], parentField: string): Row {
  const filtered = filter(rows, query, filters)
  const ids = new Set(filtered.map((row) => row['id']))
  const nest = (among: readonly Row[]): Row[] => among.map((row) => ({ ...summarize(row), children: nest(filtered.filter((each) => each[parentField] === row['id'])) }))
  return { data: nest(filtered.filter((row) => !ids.has(row[parentField]))) }
}

function filter(rows: readonly Row[], query: Readonly<Record<string, string>>, filters: readonly string[]): Row[] {
  return rows.filter((row) => filters.every((field) => matches(row[field], query, field)))
}

function matches(value: unknown, query: Readonly<Record<string, string>>, field: string): boolean {
  const [equal, other, contained, any] = ['eq', 'neq', 'contains', 'oeq'].map((operator) => query[`filter[${field}][${operator}]`])
  const plain = query[`filter[${field}]`]
  const text = Array.isArray(value) ? value.map(String) : [String(value)]
  if (equal !== undefined && !text.includes(equal)) return false
  if (plain !== undefined && !text.includes(plain)) return false
  if (other !== undefined && text.includes(other)) return false
  if (any !== undefined && !any.split(',').some((each) => text.includes(each))) return false
  return contained === undefined || text.some((each) => each.includes(contained))
}

function wholeNumber(text: string | undefined, name: string): number | undefined {
  if (text === undefined || text === '') return undefined
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new Problem(400, 'Invalid Parameters', [{ field: name, reason: 'must be a whole number from 1 on' }])
  return number
}
