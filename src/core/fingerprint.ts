import { isUnordered, matchesAny, normaliseAt } from './field-rule.ts'
import { isFields, type Fields, type Path } from './json.ts'
import type { TypeRules } from './rules.ts'
import { isMarker } from './value.ts'

/** The fingerprint of proven absence. */
export const ABSENT_FINGERPRINT = 'absent'

/**
 * A digest of what is compared, for telling whether it moved: the same for any order of keys. Four multiply-and-mix
 * lanes: fast, synchronous and not for security; no secret is ever given to it.
 */
export function fingerprintFields(id: string, compared: unknown): string {
  const hash = new Hash()
  hash.addText(id)
  addValue(hash, compared)
  return hash.toHex()
}

/** What a declaration compares of an object: the observed values at the declared places, normalised, sets in one order, secrets left out. */
export function projectDeclared(declared: Fields, observed: Fields, rules: TypeRules): Fields {
  return projectFields(declared, observed, rules, [])
}

function projectFields(declared: Fields, observed: Fields, rules: TypeRules, path: Path): Fields {
  const projected: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const key of Object.keys(declared)) {
    const value = declared[key]
    const at = [...path, key]
    const isSecret = (isMarker(value) && (value.kind === 'sensitive' || value.kind === 'deferred')) || matchesAny(rules.sensitive, at)
    if (value === undefined || isSecret || matchesAny(rules.ignored, at) || matchesAny(rules.writeOnly, at)) continue
    const shown = normaliseAt(rules, at, Object.hasOwn(observed, key) ? observed[key] : undefined)
    if (isFields(value) && isFields(shown) && !matchesAny(rules.atomic, at)) projected[key] = projectFields(value, shown, rules, at)
    else if (Array.isArray(shown) && isUnordered(rules, at)) projected[key] = shown.map((each) => fingerprintFields('', each)).sort()
    else projected[key] = shown ?? null
  }
  return projected
}

class Hash {
  #a = 0xdeadbeef
  #b = 0x41c6ce57
  #c = 0x9e3779b9
  #d = 0x85ebca6b
  addText(text: string): void {
    for (let at = 0; at < text.length; at++) this.#add(text.charCodeAt(at))
    this.#add(0x10000 + text.length)
  }
  addCode(code: number): void {
    this.#add(0x20000 + code)
  }
  #add(code: number): void {
    this.#a = Math.imul(this.#a ^ code, 2654435761)
    this.#b = Math.imul(this.#b ^ code, 1597334677)
    this.#c = Math.imul(this.#c ^ (code + this.#a), 2246822507)
    this.#d = Math.imul(this.#d ^ (code + this.#b), 3266489909)
  }
  toHex(): string {
    const mix = (x: number, y: number): string =>
      ((Math.imul(x ^ (x >>> 16), 2246822507) ^ Math.imul(y ^ (y >>> 13), 3266489909)) >>> 0).toString(16).padStart(8, '0')
    return mix(this.#a, this.#b) + mix(this.#b, this.#c) + mix(this.#c, this.#d) + mix(this.#d, this.#a)
  }
}

function addValue(hash: Hash, value: unknown): void {
  if (value === null || value === undefined) hash.addCode(1)
  else if (typeof value === 'string') {
    hash.addCode(2)
    hash.addText(value)
  } else if (typeof value === 'number') {
    hash.addCode(3)
    hash.addText(String(value))
  } else if (typeof value === 'boolean') hash.addCode(value ? 4 : 5)
  else if (Array.isArray(value)) {
    hash.addCode(6)
    for (const child of value) addValue(hash, child)
    hash.addCode(7)
  } else {
    const fields = value as Fields
    hash.addCode(8)
    for (const key of Object.keys(fields).sort()) {
      if (fields[key] === undefined) continue
      hash.addText(key)
      addValue(hash, fields[key])
    }
    hash.addCode(9)
  }
}
