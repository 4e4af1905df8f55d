/** What may be declared. */
export type EntryType = 'Project' | 'Dataset' | 'Recipe'

/** What a name has to be, and that in words. */
export type NameForm = readonly [form: RegExp, expected: string]

const IN_PROJECT: NameForm = [/^[\w-]+$/, 'expected letters, digits, "_" and "-"']

/** How the things of a DSS are called. */
export const FORMS: Readonly<Record<EntryType, NameForm>> = {
  Project: [/^[A-Z0-9_]+$/, 'expected capital letters, digits and "_"'],
  Dataset: IN_PROJECT,
  Recipe: IN_PROJECT,
}

/** A name with its project. */
export const QUALIFIED: NameForm = [/^[A-Z0-9_]+\.[\w-]+$/, 'expected PROJECT.name, a project key of capital letters, digits and "_" before the dot, and letters, digits, "_" and "-" behind it']

/** The qualified id of what a text names, seen from a project: `name`, or `PROJECT.name`. Undefined where it can be neither. */
export function qualify(text: string, projectKey: string): string | undefined {
  const id = text.includes('.') ? text : `${projectKey}.${text}`
  return QUALIFIED[0].test(id) ? id : undefined
}

/** The project of a qualified id. */
export function projectOf(id: string): string {
  return id.slice(0, id.indexOf('.'))
}

/** The name in a qualified id. */
export function nameOf(id: string): string {
  return id.slice(id.indexOf('.') + 1)
}
