import type { Row } from './config.ts'
import { splitValue, type Field } from './field.ts'
import type { Model } from './models.ts'
import { optionsOf, type FieldScene } from './options.ts'

/** Fields whose values are picked from a list; a network may also be picked, and is shown as text all the same. */
const PICKED: readonly Field['type'][] = ['option', 'interface', 'device', 'protocol', 'gateway', 'relation']

/** An object as a get shows it: a field that is picked from options shows all of them, with what is selected. */
export function showRow({ fields }: Model, row: Row, scene: FieldScene): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const value = row[name] ?? ''
      if (field.type === 'aliasContent') return [name, showContent(value, row, scene)]
      return [name, PICKED.includes(field.type) ? showOptions(field, value, scene) : value]
    }),
  )
}

/** An object as a list shows it: strings, and the labels of what was picked, as `%field`. */
export function showInList({ fields }: Model, row: Row, columns: readonly string[], scene: FieldScene): Record<string, unknown> {
  const shown: Record<string, unknown> = {}
  for (const name of columns) {
    const [field, value] = [fields[name], row[name] ?? '']
    shown[name] = value
    if (field === undefined || value === '' || ![...PICKED, 'network'].includes(field.type)) continue
    const options = optionsOf(field, scene)
    shown[`%${name}`] = splitValue(field, value).map((item) => options.get(item) ?? item).join(',')
  }
  return shown
}

function showOptions(field: Field, value: string, scene: FieldScene): Record<string, unknown> {
  const chosen = splitValue(field, value)
  const options = optionsOf(field, scene)
  const canBeNone = field.isRequired !== true && field.isMultiple !== true
  const blank = canBeNone ? { '': { value: 'none', selected: value === '' ? 1 : 0 } } : {}
  return { ...blank, ...Object.fromEntries([...options].map(([option, label]) => [option, { value: label, selected: chosen.includes(option) ? 1 : 0 }])) }
}

/** The entries of an alias, and every other alias that could be one. No content is one empty entry. */
function showContent(content: string, { name }: Row, { config }: FieldScene): Record<string, unknown> {
  const entries = content.split('\n').map((entry) => [entry, { value: entry, selected: 1 }] as const)
  const others = [...config.alias.values()].map((alias) => String(alias['name'])).filter((other) => other !== name && !content.split('\n').includes(other))
  return Object.fromEntries([...entries, ...others.map((other) => [other, { selected: 0, value: other }] as const)])
}
