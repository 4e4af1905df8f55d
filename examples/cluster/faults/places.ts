import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { userInfo } from 'node:os'
import type { SshSpec } from '../hosts/host.ts'

/** What stands for what differs from run to run: `${dir}`, `${port1}`, … */
export type Places = Readonly<Record<string, string>>

const PORTS = 4

/** Where there is nothing yet: for a script that is only read. */
export const NOWHERE: Places = place('/nowhere', Array.from({ length: PORTS }, (_, at) => at + 1), { address: '', port: 9, user: 'nobody', keyFile: '/nowhere/key', hostKey: `SHA256:${'0'.repeat(43)}` })

/** `ssh`: how this machine is reached over SSH, where a script needs that. */
export async function findPlaces(dir: string, ssh: SshSpec | undefined): Promise<Places> {
  return place(dir, await findPorts(PORTS), ssh)
}

function place(dir: string, ports: readonly number[], ssh: SshSpec | undefined): Places {
  return {
    dir,
    me: userInfo().username,
    ...Object.fromEntries(ports.map((port, at) => [`port${at + 1}`, String(port)])),
    ...(ssh !== undefined && { sshPort: String(ssh.port), sshKey: ssh.keyFile, sshHostKey: ssh.hostKey }),
  }
}

/** Ports that nobody listens on at the moment. */
async function findPorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports.sort((a, b) => a - b)
}
