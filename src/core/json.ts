/** A value that JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** A JSON object: field names to values. */
export interface Fields {
  readonly [field: string]: unknown
}

/** A place inside a value: field names and array indexes, outermost first. */
export type Path = readonly (string | number)[]

/** True for an object literal: not null, not an array, not a class instance with a meaning of its own. */
export function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Writes a path as a person would: `configs.scopes[2]`, `labels["a.b"]`. */
export function formatPath(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(part)) text += text === '' ? part : `.${part}`
    else text += `[${JSON.stringify(part)}]`
  }
  return text
}

/** Reads the value at a path; undefined where there is none. Own properties of objects and lists only: `constructor` is nothing, and nothing is inside a marker. */
export function getPath(value: unknown, path: Path): unknown {
  let current = value
  for (const part of path) {
    if ((!isFields(current) && !Array.isArray(current)) || !Object.hasOwn(current, part)) return undefined
    current = (current as Record<string | number, unknown>)[part]
  }
  return current
}

/** The values at a place; `*` in it stands for any one step. */
export function listValues(value: unknown, path: Path): readonly unknown[] {
  const [part, ...rest] = path
  if (part === undefined) return [value]
  if (part !== '*') return listValues(getPath(value, [part]), rest)
  return isFields(value) || Array.isArray(value) ? Object.values(value).flatMap((each) => listValues(each, rest)) : []
}

/** JSON with sorted keys: equal values give equal bytes. */
export function canonicalJson(value: unknown): string {
  return writeCanonical(value) ?? 'null'
}

/** Undefined for what JSON leaves out. By hand: a replacer that sorts costs five times as much. */
function writeCanonical(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) as string | undefined
  const { toJSON } = value as { readonly toJSON?: unknown }
  if (typeof toJSON === 'function') return writeCanonical(toJSON.call(value))
  if (Array.isArray(value)) {
    let text = '['
    for (let index = 0; index < value.length; index++) text += `${index === 0 ? '' : ','}${writeCanonical(value[index]) ?? 'null'}`
    return `${text}]`
  }
  if (!isFields(value)) return JSON.stringify(value)
  let text = ''
  for (const key of Object.keys(value).sort()) {
    const child = writeCanonical(value[key])
    if (child !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${child}`
  }
  return `{${text}}`
}
