/** The kinds of objects, by the word that wraps them in a body. */
export const kindNames = ['alias', 'rule', 'vlan', 'server', 'backend'] as const
/** A kind of objects. */
export type Kind = (typeof kindNames)[number]

/** The fields of an object: strings, as on the wire. */
export type Row = Readonly<Record<string, string>>
/** A whole configuration: rows by kind and UUID. */
export type Config = Readonly<Record<Kind, Map<string, Row>>>
/** The same to look at: each object with its UUID. */
export type Snapshot = Readonly<Record<Kind, readonly ({ readonly uuid: string } & Row)[]>>

/** A configuration without objects. */
export function createConfig(): Config {
  return { alias: new Map(), rule: new Map(), vlan: new Map(), server: new Map(), backend: new Map() }
}

/** A configuration that can be changed without changing this one. */
export function copyConfig(config: Config): Config {
  return { alias: new Map(config.alias), rule: new Map(config.rule), vlan: new Map(config.vlan), server: new Map(config.server), backend: new Map(config.backend) }
}

/** Every object with its UUID, by kind. */
export function listConfig(config: Config): Snapshot {
  const rows = (kind: Kind): Snapshot[Kind] => [...config[kind]].map(([uuid, row]) => ({ uuid, ...row }))
  return { alias: rows('alias'), rule: rows('rule'), vlan: rows('vlan'), server: rows('server'), backend: rows('backend') }
}

/** True for what the firewall takes as a UUID. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)
}
