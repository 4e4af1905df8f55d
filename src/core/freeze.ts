import { isMarker, reviveMarkers } from './value.ts'

/**
 * A frozen copy of a value as JSON would carry it: what is undefined is left out, and of a secret its digest alone is kept.
 * Nothing that anybody does to the original changes it, and nobody can change it.
 */
export function freezeCopy<T>(value: T): T {
  return copyValue(value) as T
}

function copyValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (isMarker(value)) return value.kind === 'reference' || value.kind === 'unknown' ? value : reviveMarkers(value.toJSON())
  if (Array.isArray(value)) return Object.freeze(value.map((child: unknown) => copyValue(child) ?? null))
  const { toJSON } = value as { readonly toJSON?: unknown }
  if (typeof toJSON === 'function') return copyValue((toJSON as () => unknown).call(value))
  const copy: Record<string, unknown> = {}
  for (const key in value) {
    const child = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
    if (child === undefined) continue
    const copied = typeof child === 'object' ? copyValue(child) : child
    // Assigned, this name would be the prototype.
    if (key === '__proto__') Object.defineProperty(copy, key, { value: copied, enumerable: true })
    else copy[key] = copied
  }
  return Object.freeze(copy)
}
