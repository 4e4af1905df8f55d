import type { Kind } from './config.ts'
import type { Fields } from './field.ts'
import { aliasFields } from './fields/alias.ts'
import { backendFields } from './fields/backend.ts'
import { ruleFields } from './fields/rule.ts'
import { serverFields } from './fields/server.ts'
import { vlanFields } from './fields/vlan.ts'
import type { Subsystem } from './live-state.ts'

/** Where a kind of objects lives, and how it is shown. */
export interface Model {
  readonly kind: Kind
  readonly fields: Fields
  /** Where its objects are in the configuration, as messages say it. */
  readonly path: string
  /** `module/controller` of its commands. */
  readonly controller: string
  /** What its commands are called: `addItem`, `addRule`. */
  readonly noun: string
  /** The command that lists it. */
  readonly search: string
  /** What makes it effective. */
  readonly subsystem: Subsystem
  /** Fields that a list shows. Default: all of them. */
  readonly columns?: readonly string[]
  /** What a list is sorted by, unless it is asked for something else. */
  readonly sortedBy: string
}

/** Every kind that this firewall knows. */
export const models: Readonly<Record<Kind, Model>> = {
  alias: {
    kind: 'alias',
    fields: aliasFields,
    path: 'aliases.alias',
    controller: 'firewall/alias',
    noun: 'Item',
    search: 'searchItem',
    subsystem: 'alias',
    sortedBy: 'name',
  },
  rule: {
    kind: 'rule',
    fields: ruleFields,
    path: 'rules.rule',
    controller: 'firewall/filter',
    noun: 'Rule',
    search: 'searchRule',
    subsystem: 'filter',
    sortedBy: 'sequence',
  },
  vlan: {
    kind: 'vlan',
    fields: vlanFields,
    path: 'vlan',
    controller: 'interfaces/vlan_settings',
    noun: 'Item',
    search: 'searchItem',
    subsystem: 'vlan',
    sortedBy: 'vlanif',
  },
  server: {
    kind: 'server',
    fields: serverFields,
    path: 'servers.server',
    controller: 'haproxy/settings',
    noun: 'Server',
    search: 'searchServers',
    subsystem: 'haproxy',
    columns: ['enabled', 'name', 'type', 'address', 'port', 'description'],
    sortedBy: 'name',
  },
  backend: {
    kind: 'backend',
    fields: backendFields,
    path: 'backends.backend',
    controller: 'haproxy/settings',
    noun: 'Backend',
    search: 'searchBackends',
    subsystem: 'haproxy',
    columns: ['enabled', 'name', 'description'],
    sortedBy: 'name',
  },
}
