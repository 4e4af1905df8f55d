import type { Path } from './json.ts'
import type { TypeRules } from './rules.ts'

const compiled = new Map<string, readonly string[]>()

/** True when a dotted pattern (`configs.scopes`, `labels.*`) names this very place; `*` stands for any one step. */
export function matchesPath(pattern: string, path: Path): boolean {
  const parts = partsOf(pattern)
  return parts.length === path.length && startsWith(path, parts)
}

/** True when one of the patterns names this very place. */
export function matchesAny(patterns: readonly string[] | undefined, path: Path): boolean {
  return patterns !== undefined && patterns.some((pattern) => matchesPath(pattern, path))
}

/** True when one of the patterns names this place, something above it, or something below it. */
export function touchesAny(patterns: readonly string[] | undefined, path: Path): boolean {
  return (
    patterns !== undefined &&
    patterns.some((pattern) => {
      const parts = partsOf(pattern)
      const shared = Math.min(parts.length, path.length)
      return startsWith(path.slice(0, shared), parts.slice(0, shared))
    })
  )
}

/** True when one of the patterns names this place or something below it. */
export function reachesAny(patterns: readonly string[] | undefined, path: Path): boolean {
  return (
    patterns !== undefined &&
    patterns.some((pattern) => {
      const parts = partsOf(pattern)
      return parts.length >= path.length && startsWith(path, parts.slice(0, path.length))
    })
  )
}

/** True when the list at this place is a set. */
export function isUnordered(rules: TypeRules, path: Path): boolean {
  return matchesAny(rules.unordered, path)
}

/** A value in the form that comparisons use. A normaliser that throws has met something it was not made for: the value stays. */
export function normaliseAt(rules: TypeRules, path: Path, value: unknown): unknown {
  if (rules.normalise === undefined || value === undefined) return value
  for (const pattern of Object.keys(rules.normalise)) {
    if (!matchesPath(pattern, path)) continue
    try {
      return rules.normalise[pattern]?.(value)
    } catch {
      return value
    }
  }
  return value
}

function partsOf(pattern: string): readonly string[] {
  const known = compiled.get(pattern)
  if (known !== undefined) return known
  const parts = pattern.split('.')
  if (compiled.size < 10_000) compiled.set(pattern, parts)
  return parts
}

function startsWith(path: Path, parts: readonly string[]): boolean {
  return parts.every((part, at) => part === '*' || part === String(path[at]))
}
