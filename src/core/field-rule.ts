import type { Path } from './json.ts'
import type { TypeRules } from './rules.ts'

type Parts = readonly string[]

const NO_PARTS: readonly Parts[] = []
const compiledLists = new WeakMap<object, readonly Parts[]>()

/** True when a dotted pattern (`configs.scopes`, `labels.*`) names this very place; `*` stands for any one step. */
export function matchesPath(pattern: string, path: Path): boolean {
  return isMatch(pattern.split('.'), path)
}

/** True when one of the patterns names this very place. */
export function matchesAny(patterns: readonly string[] | undefined, path: Path): boolean {
  if (patterns === undefined) return false
  for (const parts of compile(patterns)) if (isMatch(parts, path)) return true
  return false
}

/** True when one of the patterns names this place, something above it, or something below it. */
export function touchesAny(patterns: readonly string[] | undefined, path: Path): boolean {
  if (patterns === undefined) return false
  for (const parts of compile(patterns)) if (isShared(parts, path, Math.min(parts.length, path.length))) return true
  return false
}

/** True when one of the patterns names this place or something below it. */
export function reachesAny(patterns: readonly string[] | undefined, path: Path): boolean {
  if (patterns === undefined) return false
  for (const parts of compile(patterns)) if (parts.length >= path.length && isShared(parts, path, path.length)) return true
  return false
}

/** True when a normaliser is for something below this place. */
export function isNormalisedBelow({ normalise }: TypeRules, path: Path): boolean {
  if (normalise === undefined) return false
  for (const parts of compileKeys(normalise)) if (parts.length > path.length && isShared(parts, path, path.length)) return true
  return false
}

/** True when the list at this place is a set. */
export function isUnordered(rules: TypeRules, path: Path): boolean {
  return matchesAny(rules.unordered, path)
}

/** A value in the form that comparisons use. A normaliser that throws has met something it was not made for: the value stays. */
export function normaliseAt({ normalise }: TypeRules, path: Path, value: unknown): unknown {
  if (normalise === undefined || value === undefined) return value
  for (const parts of compileKeys(normalise)) {
    if (!isMatch(parts, path)) continue
    try {
      return normalise[parts.join('.')]?.(value)
    } catch {
      return value
    }
  }
  return value
}

/** Rules are looked at for every field of every resource: each list of patterns is split once. */
function compile(patterns: readonly string[]): readonly Parts[] {
  if (patterns.length === 0) return NO_PARTS
  let compiled = compiledLists.get(patterns)
  if (compiled?.length !== patterns.length) compiledLists.set(patterns, (compiled = patterns.map((pattern) => pattern.split('.'))))
  return compiled
}

function compileKeys(rules: object): readonly Parts[] {
  let compiled = compiledLists.get(rules)
  if (compiled === undefined) compiledLists.set(rules, (compiled = Object.keys(rules).map((pattern) => pattern.split('.'))))
  return compiled
}

function isMatch(parts: Parts, path: Path): boolean {
  return parts.length === path.length && isShared(parts, path, path.length)
}

function isShared(parts: Parts, path: Path, length: number): boolean {
  for (let at = 0; at < length; at++) {
    const part = parts[at]
    const step = path[at]
    if (part !== step && part !== '*' && part !== String(step)) return false
  }
  return true
}
