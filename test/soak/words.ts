import type { HostWord } from './messages.ts'

/** A word of a host, for messages. */
export function describeWord(word: HostWord | undefined): string {
  if (word === undefined) return 'nothing: the host is gone'
  if (word.said === 'ended') return `${word.outcome}${word.open ? ' (open)' : ''}: ${word.problems.slice(0, 8).join('; ')}`
  return word.said === 'refused' ? `${word.code}: ${word.message}` : word.said
}

/** What planning again found left to do: nothing, where all is well. */
export function describeLeft(word: HostWord | undefined): readonly string[] {
  if (word?.said !== 'planned') return [`planning again came to ${describeWord(word)}`]
  return [...word.actions.map((action) => `planned again: ${action}`), ...word.warnings.map((warning) => `planned again: ${warning}`)]
}

/** How much of each kind a plan has. */
export function describeSummary(summary: Readonly<Record<string, unknown>>): string {
  return ['create', 'update', 'replace', 'delete', 'forget'].map((kind) => `${String(summary[kind] ?? 0)} ${kind}`).join(', ')
}
