import type { Config } from './config.ts'
import type { Field } from './field.ts'
import { protocols, type Site } from './site.ts'

/** What the options of a field depend on. */
export interface FieldScene {
  readonly config: Config
  readonly site: Site
}

/** What a field can be set to, each with its label. Empty for a field that takes free text. */
export function optionsOf(field: Field, { config, site }: FieldScene): ReadonlyMap<string, string> {
  switch (field.type) {
    case 'option':
      return label(field.options ?? [], capitalize)
    case 'interface':
      return label(site.interfaces, (name) => name.toUpperCase())
    case 'protocol':
      return label(protocols, (name) => name)
    case 'gateway':
      return label(site.gateways, (name) => name)
    case 'device': {
      const vlans = [...config.vlan.values()].filter((vlan) => vlan['vlanif']?.startsWith('vlan'))
      const named = vlans.map(({ vlanif, tag, if: parent }) => [String(vlanif), `${vlanif} (Tag: ${tag}, Parent: ${parent})`] as const)
      return new Map([...label(site.devices, (name) => name), ...named])
    }
    case 'relation':
      return new Map(field.relatesTo === undefined ? [] : [...config[field.relatesTo]].map(([uuid, row]) => [uuid, row['name'] ?? uuid]))
    case 'network': {
      const aliases = [...config.alias.values()].filter(({ type }) => type !== 'port').map((alias) => String(alias['name']))
      const own = site.interfaces.flatMap((name) => [[name, `${name.toUpperCase()} net`] as const, [`${name}ip`, `${name.toUpperCase()} address`] as const])
      return new Map([['any', 'any'], ['(self)', 'This Firewall'], ...own, ...label(aliases, (name) => name)])
    }
    default:
      return new Map()
  }
}

function label(options: readonly string[], name: (option: string) => string): Map<string, string> {
  return new Map(options.map((option) => [option, name(option)]))
}

function capitalize(option: string): string {
  return option.charAt(0).toUpperCase() + option.slice(1)
}
