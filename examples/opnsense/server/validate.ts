import type { Config, Row } from './config.ts'
import type { Model } from './models.ts'
import type { Site } from './site.ts'
import { checkAliasContent } from './alias-content.ts'
import { checkField } from './check-field.ts'
import { checkRule } from './check-rule.ts'
import type { FieldScene } from './options.ts'

/** What is wrong with fields, by `wrapper.field`: one message, or a list of them. */
export type Validations = Readonly<Record<string, string | readonly string[]>>

/** Checks an object as it would be saved. The configuration does not hold it, or an older version of it. */
export function validate({ kind, fields }: Model, uuid: string, row: Row, config: Config, site: Site): Validations {
  const found = new Map<string, string[]>()
  const fault = (field: string, message: string): void => {
    const messages = found.get(field) ?? []
    if (!messages.includes(message)) found.set(field, [...messages, message])
  }
  const scene: FieldScene = { config, site }
  for (const [name, field] of Object.entries(fields)) for (const message of checkField(field, row[name] ?? '', scene)) fault(name, message)
  if (kind === 'rule') checkRule(row, fault)
  const others = [...config[kind]].filter(([other]) => other !== uuid).map(([, other]) => other)
  if (kind === 'alias') {
    if (others.some(({ name }) => name === row['name'])) fault('name', 'An alias with this name already exists.')
    if (row['type'] === 'dynipv6host' && (row['interface'] ?? '') === '') fault('interface', 'IPv6 Dynamic Host require an interface to track.')
    for (const message of checkAliasContent(row, config)) fault('content', message)
  }
  if (kind === 'vlan') {
    const isTaken = others.some((other) => other['if'] === row['if'] && other['tag'] === row['tag'])
    if (isTaken) for (const field of ['if', 'tag']) fault(field, 'Tag for this device must be unique.')
    if (others.some(({ vlanif }) => vlanif === row['vlanif'])) fault('vlanif', 'The device name must be unique.')
  }
  return Object.fromEntries([...found].map(([field, messages]) => [`${kind}.${field}`, messages.length === 1 ? (messages[0] as string) : messages]))
}
