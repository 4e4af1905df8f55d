import type { Subsystem } from '../../examples/opnsense/server/live-state.ts'

/** What a request to a firewall is for. `ready`: it asks whether something has become effective. */
export type RequestKind = 'write' | 'settle' | 'ready' | 'read'

/** Paths by what they are for; all others read. */
export const PATHS = {
  write: /\/(?:add|set|del)(?:Item|Rule|Server|Backend)(?:\/|$)/,
  settle: /\/(?:reconfigure|apply)$/,
  ready: /\/(?:alias_util\/aliases|filter_util\/rule_stats|getInterfaceConfig|haproxy\/service\/status)$/,
} as const

const SETTLES: readonly (readonly [part: string, subsystem: Subsystem])[] = [
  ['/alias/', 'alias'],
  ['/filter/', 'filter'],
  ['/vlan_settings/', 'vlan'],
  ['/haproxy/', 'haproxy'],
]

/** What a request is for, by its path. */
export function kindOf(path: string): RequestKind {
  return (Object.keys(PATHS) as (keyof typeof PATHS)[]).find((kind) => PATHS[kind].test(path)) ?? 'read'
}

/** What a request settles, by its path. */
export function subsystemOf(path: string): Subsystem {
  const found = SETTLES.find(([part]) => path.includes(part))
  if (found === undefined) throw new Error(`the soak does not know what ${path} settles`)
  return found[1]
}
