import { escapeIdentifier, escapeLiteral } from 'pg'
import type { Names } from './names.ts'

/** A part of a command that is SQL as it stands. */
export class Sql {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/**
 * Builds a command. What is put into it is a name and is quoted as one; a list of names is a path (`"app"."orders"`).
 * Nothing else goes in by accident: a value is a `literal`, and SQL that somebody wrote is `raw`.
 */
export function sql(strings: TemplateStringsArray, ...parts: readonly (string | Names | Sql)[]): Sql {
  return new Sql(strings.reduce((text, string, index) => `${text}${quote(parts[index - 1] as string | Names | Sql)}${string}`))
}

/** SQL as somebody wrote it: an expression, a type, a query. */
export function raw(text: string): Sql {
  return new Sql(text)
}

/** A value. */
export function literal(value: string | number | boolean | null): Sql {
  return new Sql(typeof value === 'string' ? escapeLiteral(value) : value === null ? 'NULL' : String(value))
}

/** Parts with something between them; texts are names. */
export function join(parts: readonly (string | Sql)[], separator = ', '): Sql {
  return new Sql(parts.map((part) => quote(part)).join(separator))
}

/** A part of a command, where there is something to say. */
export function given<T>(value: T | undefined, say: (value: T) => Sql): readonly Sql[] {
  return value === undefined ? [] : [say(value)]
}

function quote(part: string | Names | Sql): string {
  if (part instanceof Sql) return part.text
  return typeof part === 'string' ? escapeIdentifier(part) : part.map((each) => escapeIdentifier(each)).join('.')
}
