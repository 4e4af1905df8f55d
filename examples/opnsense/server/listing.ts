import type { Config } from './config.ts'
import type { Desk } from './desk.ts'
import type { Model } from './models.ts'
import { showInList } from './show.ts'
import { tableOf } from './tables.ts'

type Shown = Readonly<Record<string, unknown>>

/** Rules that the firewall makes itself. They have an id that is no UUID, and nobody can change them. */
const AUTOMATIC_RULES: readonly Shown[] = [
  { uuid: '02f4bab031b57d1e30553ce08e0ec131', description: 'Default deny / state violation rule', action: 'block' },
  { uuid: 'fae559338f65e11c53669fc3642c93c2', description: 'let out anything from firewall host itself', action: 'pass' },
].map((rule) => ({ ...rule, enabled: '1', interface: '', source_net: 'any', destination_net: 'any', legacy: true, is_automatic: true }))

/** A page of a list, as asked for: `current`, `rowCount` (-1: all), `sort` and `searchPhrase`. */
export function listRows(model: Model, { file, live, site }: Desk, post: Shown): Shown {
  const config = file.read()
  const columns = model.columns ?? Object.keys(model.fields)
  const rows = [...config[model.kind]].map(([uuid, row]): Shown => ({ uuid, ...showInList(model, row, columns, { config, site }) }))
  if (model.kind === 'alias') return pageOf(rows.map((row) => ({ ...row, ...volatile(row, live.look('alias').config) })), model, post)
  return pageOf(model.kind === 'rule' ? [...rows, ...AUTOMATIC_RULES] : rows, model, post)
}

function pageOf(rows: readonly Shown[], { sortedBy }: Model, post: Shown): Shown {
  const words = String(post['searchPhrase'] ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  const found = rows.filter((row) => words.every((word) => Object.values(row).some((value) => String(value).toLowerCase().includes(word))))
  const [[field, order] = [sortedBy, 'asc']] = Object.entries((post['sort'] ?? {}) as Readonly<Record<string, string>>)
  found.sort((a, b) => String(a[field] ?? '').localeCompare(String(b[field] ?? ''), 'en', { numeric: true, sensitivity: 'base' }))
  if (order === 'desc') found.reverse()
  const [rowCount, current] = [Number(post['rowCount'] ?? -1), Math.max(1, Number(post['current'] ?? 1))]
  const page = rowCount > 0 ? found.slice((current - 1) * rowCount, current * rowCount) : found
  return { total: found.length, rowCount: page.length, current, rows: page }
}

/** What nobody sets: how much of an alias is loaded. */
function volatile({ name }: Shown, live: Config): Shown {
  return { current_items: String(tableOf(String(name), live).length), last_updated: '' }
}
