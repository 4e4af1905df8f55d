import { formatPath, isFields } from '../core/json.ts'
import { isMarker, type Marker } from '../core/value.ts'
import { neutralise } from './neutralise.ts'

/** What a marker is shown as; a secret never shows its value. */
export function formatMarker(marker: Marker): string {
  switch (marker.kind) {
    case 'reference':
      return neutralise(`${marker.address}${joinPath(marker.path)}`)
    case 'deferred':
      return neutralise(`(deferred ${marker.resolver} ${marker.key})`)
    case 'sensitive':
      return '(sensitive)'
    case 'unknown':
      return '(known after apply)'
  }
}

function joinPath(path: readonly (string | number)[]): string {
  if (path.length === 0) return '.id'
  const text = formatPath(path)
  return text.startsWith('[') ? text : `.${text}`
}

/** A value on one line, as JSON with markers in words. */
export function formatValue(value: unknown): string {
  if (isMarker(value)) return formatMarker(value)
  if (Array.isArray(value)) return `[${value.map(formatValue).join(', ')}]`
  if (isFields(value)) {
    const entries = Object.entries(value).filter(([, child]) => child !== undefined)
    return entries.length === 0 ? '{}' : `{ ${entries.map(([key, child]) => `${formatKey(key)}: ${formatValue(child)}`).join(', ')} }`
  }
  return formatScalar(value)
}

/** A value over several lines, two spaces a level: what line diffs compare. */
export function formatValueLines(value: unknown, indent = '', label = ''): readonly string[] {
  if (Array.isArray(value) && value.length > 0)
    return [`${indent}${label}[`, ...value.flatMap((child) => formatValueLines(child, `${indent}  `)), `${indent}]`]
  if (isFields(value) && Object.keys(value).length > 0 && !isMarker(value))
    return [`${indent}${label}{`, ...Object.entries(value).flatMap(([key, child]) => formatValueLines(child, `${indent}  `, `${formatKey(key)}: `)), `${indent}}`]
  return [`${indent}${label}${formatValue(value)}`]
}

function formatKey(key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key) ? key : neutralise(JSON.stringify(key))
}

function formatScalar(value: unknown): string {
  switch (typeof value) {
    case 'string':
      // JSON's own escapes first: quotes and backslashes of the value cannot be taken for ours.
      return neutralise(JSON.stringify(value))
    case 'undefined':
      return '(nothing)'
    case 'object':
      return value === null ? 'null' : '(not shown)'
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value)
    default:
      return '(not shown)'
  }
}
