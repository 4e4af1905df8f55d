import { z } from 'zod'
import type { DirectorOptions } from './director-app.ts'
import { kindNames, type KindName, type Row } from './kind.ts'
import { kinds } from './kinds.ts'
import type { Errand } from './order.ts'
import { ReplyError } from './reply.ts'
import { shownRows, type NodeTables } from './state.ts'

/** What a GET gives: a list, in an order that nobody promised, or one object. */
export function readResource(path: readonly string[], node: NodeTables, nowMs: number, readCount: number, { wrapped = false }: DirectorOptions): unknown {
  const asList = (items: readonly unknown[]): unknown => {
    const from = items.length === 0 ? 0 : readCount % items.length
    const turned = [...items.slice(from), ...items.slice(0, from)]
    return wrapped ? { data: turned } : turned
  }
  switch (path.join('/')) {
    case 'Repos/RepoPaths':
      return asList([{ paths: Object.values(shownRows(node, 'RepoPaths', nowMs)).map((row) => row['path']) }])
    case 'NormalizationPackage':
    case 'EnrichmentSource': {
      const table = path[0] as 'NormalizationPackage' | 'EnrichmentSource'
      return asList(Object.entries(shownRows(node, table, nowMs)).map(([id, row]) => ({ id, ...row, active: true, tid: '' })))
    }
    case 'NormalizationPackage/CompiledNormalizers':
      return asList(Object.values(shownRows(node, 'CompiledNormalizers', nowMs)).map((row) => ({ version: '5.2.0', ...row })))
  }
  const kind = kinds[findKind(path)]
  const rows = shownRows(node, kind.name, nowMs)
  const [, id] = path
  if (id === undefined) return asList(Object.entries(rows).map(([each, row]) => ({ id: each, ...kind.show(row, each, readCount) })))
  const row = rows[id]
  if (row === undefined) throw new ReplyError(404, `${kind.label} with the id "${id}" not found`)
  return { id, ...kind.show(row, id, readCount) }
}

/** What a write asks for. Only the form of its body is looked at. */
export function readErrand(method: string, path: readonly string[], body: unknown): Errand {
  if (method === 'POST' && path.join('/') === 'Repos/RepoPaths/refreshlist') return { does: 'refresh-paths' }
  const kind = findKind(path)
  const [, id] = path
  if (method === 'POST' && id === undefined) return { does: 'create', kind, fields: readFields(kinds[kind].create, body) }
  if (method === 'PUT' && id !== undefined) return { does: 'edit', kind, id, fields: readFields(kinds[kind].edit, body) }
  if (method === 'DELETE' && id !== undefined) return { does: 'delete', kind, id }
  throw new ReplyError(405, `${method} is not allowed here`)
}

function findKind([resource, , ...more]: readonly string[]): KindName {
  const kind = kindNames.find((name) => name === resource)
  if (kind === undefined || more.length > 0) throw new ReplyError(404, 'Resource not found')
  return kind
}

function readFields(schema: z.ZodType<Row>, body: unknown): Row {
  const read = z.object({ data: schema }).safeParse(body)
  if (read.success) return read.data.data
  const faults = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new ReplyError(400, faults.join('; '))
}
