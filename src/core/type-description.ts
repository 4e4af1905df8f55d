import type { Json } from './json.ts'
import type { TypeRules } from './rules.ts'

/** What a plan rests on of a resource type, as a journal keeps it. */
export type TypeDescription = Readonly<Record<string, Json>>

const COMPARED = ['parent', 'references', 'singleton', 'immutable', 'unordered', 'atomic', 'ignored', 'sensitive', 'writeOnly', 'recordedOnly', 'protection', 'replaceOrder', 'removal'] as const

/** Describes a type: its rules as far as they are data, and the names of its fields (empty: not known). */
export function describeType(rules: TypeRules, fields: readonly string[]): TypeDescription {
  const known = COMPARED.flatMap((name) => (rules[name] === undefined ? [] : [[name, rules[name] as Json] as const]))
  return { ...Object.fromEntries(known), ...(Array.isArray(rules.key) && { key: rules.key as Json }), ...(fields.length > 0 && { fields: [...fields].sort() }) }
}

/** What is different between two descriptions, in words. */
export function compareTypes(before: TypeDescription, now: TypeDescription): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].flatMap((name) => {
    const [then, today] = [before[name], now[name]]
    if (JSON.stringify(then) === JSON.stringify(today)) return []
    if (Array.isArray(then) && Array.isArray(today)) {
      const lost = then.filter((each) => !today.includes(each)).map((each) => `-${String(each)}`)
      const added = today.filter((each) => !then.includes(each)).map((each) => `+${String(each)}`)
      if (lost.length + added.length > 0) return [`${name} ${[...lost, ...added].join(' ')}`]
    }
    return [`${name} was ${then === undefined ? 'not there' : JSON.stringify(then)}, is ${today === undefined ? 'not there' : JSON.stringify(today)}`]
  })
}
