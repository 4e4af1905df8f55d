import type { Host, HostSpec } from './host.ts'
import { openHosts } from './hosts.ts'

/** The hosts of this program: a connection is shared by all that is done on a host. Close them at the end. */
export const sharedHosts = openHosts()

/** The host of a description. */
export function hostOf(spec: HostSpec): Host {
  return sharedHosts.of(spec)
}

/** Where this program runs. */
export const thisMachine: Host = hostOf({ name: 'this machine', address: '127.0.0.1' })
