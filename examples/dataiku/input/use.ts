import { describeField, refuseField, type EntryHead, type Use } from './entry.ts'
import { projectOf, qualify } from './names.ts'

/** A dataset that a recipe names at a path; undefined where the text can be no name: that is an issue. */
export function readUse(head: EntryHead, text: string, path: readonly (string | number)[]): Use | undefined {
  const id = qualify(text, projectOf(head.id))
  if (id !== undefined) return { id, isOutput: path[0] === 'outputs', path }
  return refuseField(head, path, `expected a dataset, as name or PROJECT.name, found ${describeField(head, path)}`)
}

/** True where a recipe names something that it writes; if not, that is an issue. */
export function checkOutputs(head: EntryHead, count: number): boolean {
  if (count === 0) refuseField(head, ['outputs'], 'a recipe writes something: expected at least one output, found none')
  return count > 0
}
