import type { Kind } from './config.ts'

/** What a field holds; decides how it is checked and shown. */
export type FieldType =
  | 'boolean' | 'integer' | 'sequence' | 'text' | 'description' | 'option' | 'tos' | 'id'
  | 'interface' | 'device' | 'protocol' | 'network' | 'port' | 'gateway' | 'relation' | 'aliasName' | 'aliasContent'

/** The rules of one field, as the firewall's model has them. All values are strings. */
export interface Field {
  readonly type: FieldType
  /** Default: false. */
  readonly isRequired?: boolean
  /** A list, joined by commas. Default: false. */
  readonly isMultiple?: boolean
  /** What a new object gets. Default: nothing. */
  readonly fallback?: string
  readonly min?: number
  readonly max?: number
  readonly options?: readonly string[]
  readonly mask?: RegExp
  /** Kept in lower case. Default: false. */
  readonly isLowerCase?: boolean
  /** The kind whose UUID a relation holds. Default: one that this firewall has no objects of. */
  readonly relatesTo?: Kind
}

/** The fields of a kind, in the order in which the firewall shows them. */
export type Fields = Readonly<Record<string, Field>>

/** The values of a field that may be a list. */
export function splitValue(field: Field, value: string): string[] {
  if (value === '') return []
  if (field.type === 'aliasContent') return value.split('\n')
  return field.isMultiple === true ? value.split(',') : [value]
}
