import type { Host, HostSpec } from './host.ts'
import { localHost } from './local-host.ts'
import { sshHost } from './ssh-host.ts'

/** The hosts of a program, each opened once. */
export interface Hosts {
  /** The same for the same name and addresses. */
  of(spec: HostSpec): Host
  /** Ends what is open towards any of them. */
  close(): Promise<void>
}

/** Opens hosts as they are asked for. */
export function openHosts(): Hosts {
  const opened = new Map<string, Host>()
  return {
    of: ({ name, address, ssh }) => {
      const key = JSON.stringify([name, address, ssh && [ssh.address, ssh.port, ssh.user, ssh.keyFile, ssh.hostKey]])
      const host = opened.get(key) ?? (ssh === undefined ? localHost({ name, address }) : sshHost({ name, address, ssh }))
      opened.set(key, host)
      return host
    },
    close: async () => {
      const open = [...opened.values()]
      opened.clear()
      await Promise.all(open.map((host) => host.close()))
    },
  }
}
