import * as z from 'zod'

/** How a person writes a field; on the wire all of them are texts. */
export type Form = 'boolean' | 'number' | 'list' | 'text'

/** A field of a schema: how a person writes it, and what it is when it is unset. */
export interface FieldForm {
  readonly form: Form
  /** As a person writes it. Default: nothing. */
  readonly fallback?: unknown
}

/** The form of each field of a schema. A field that takes a text or a list of texts is a list. */
export function listForms(schema: z.ZodObject): Readonly<Record<string, FieldForm>> {
  return Object.fromEntries(Object.entries(schema.shape).map(([field, type]) => [field, formOf(type)]))
}

function formOf(type: unknown): FieldForm {
  if (type instanceof z.ZodOptional) return formOf(type.unwrap())
  if (type instanceof z.ZodDefault) return { ...formOf(type.unwrap()), fallback: type.def.defaultValue }
  if (type instanceof z.ZodBoolean) return { form: 'boolean' }
  if (type instanceof z.ZodNumber) return { form: 'number' }
  const isList = type instanceof z.ZodArray || (type instanceof z.ZodUnion && type.options.some((option) => option instanceof z.ZodArray))
  return { form: isList ? 'list' : 'text' }
}

/** A value as the wire has it. `null` is what unsets: the field's own default, else an empty text. */
export function toWireText(value: unknown, { fallback }: FieldForm, separator: string): string {
  const meant = value ?? fallback ?? ''
  if (typeof meant === 'boolean') return meant ? '1' : '0'
  return Array.isArray(meant) ? meant.map(String).join(separator) : String(meant)
}

/** A value as a person writes it, out of a text or of the options that it was chosen from; undefined where nothing is set. */
export function fromWireText(raw: unknown, { form }: FieldForm, separator: string): unknown {
  if (form === 'list') {
    const items = isOptions(raw) ? listSelected(raw) : splitText(String(raw ?? ''), separator)
    return items.length === 0 ? undefined : items
  }
  const text = isOptions(raw) ? listSelected(raw).join(separator) : String(raw ?? '')
  if (text === '') return undefined
  if (form === 'boolean') return text === '1'
  return form === 'number' && Number.isFinite(Number(text)) ? Number(text) : text
}

/** One form for everything that means the same: a number in a text, a text in place of a list of one, blank in place of nothing. */
export function normaliseValue(value: unknown, { form }: FieldForm, separator: string): unknown {
  if (form === 'list') {
    const items: unknown[] = Array.isArray(value) ? value : [value]
    if (!items.every((item) => typeof item === 'string' || typeof item === 'number')) return value
    const texts = items.flatMap((item) => splitText(String(item), separator))
    return texts.length === 0 ? null : texts
  }
  if (form === 'text' && typeof value === 'number') return String(value)
  return value === '' ? null : value
}

function isOptions(raw: unknown): raw is object {
  return typeof raw === 'object' && raw !== null
}

function splitText(text: string, separator: string): readonly string[] {
  return text.split(separator).map((part) => part.trim()).filter((part) => part !== '')
}

/** A field that is chosen from options is shown as all of them; without any it is an empty list. */
function listSelected(options: object): readonly string[] {
  const isSelected = (option: unknown): boolean => typeof option === 'object' && option !== null && 'selected' in option && [1, '1', true].includes(option.selected as never)
  return Object.entries(options).filter(([key, option]) => key !== '' && isSelected(option)).map(([key]) => key)
}
