import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import ssh2 from 'ssh2'
import type { Client } from 'ssh2'
import { HostError } from './host-error.ts'
import type { SshSpec } from './host.ts'

const CONNECT_MS = 10_000
const KEEPALIVE_MS = 10_000
const KEEPALIVES = 3

/** A connection that others may use, too. */
export interface SshConnection {
  readonly client: Client
  readonly isLost: () => boolean
}

/** Connects. Throws `HostError`, which says what to look at. */
export async function connect(host: string, ssh: SshSpec, onLost: () => void): Promise<SshConnection> {
  const privateKey = await readFile(ssh.keyFile).catch((error: NodeJS.ErrnoException) => {
    const what = error.code === 'ENOENT' ? 'is not there' : `cannot be read (${error.code ?? error.message})`
    throw new HostError(host, `the private key ${ssh.keyFile} ${what}; give keyFile the file of the key of ${ssh.user}`, { cause: error })
  })
  const client = new ssh2.Client()
  let isLost = false
  let found = ''
  const hostVerifier = (key: Buffer): boolean => {
    found = fingerprintOf(key)
    return found === ssh.hostKey
  }
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error & { level?: string }): void => reject(describeFault(host, ssh, found, error))
    client.on('error', fail).once('ready', resolve)
    client.once('close', () => {
      isLost = true
      fail(new Error('it was closed by the other side'))
      onLost()
    })
    const { address, port, user } = ssh
    try {
      client.connect({ host: address, port, username: user, privateKey, hostVerifier, authHandler: ['publickey'], agentForward: false, readyTimeout: CONNECT_MS, keepaliveInterval: KEEPALIVE_MS, keepaliveCountMax: KEEPALIVES })
    } catch (error) {
      reject(new HostError(host, `the private key ${ssh.keyFile} cannot be used: ${(error as Error).message}; it must be a private key without passphrase`, { cause: error }))
    }
  }).catch((error: unknown) => {
    client.destroy()
    throw error
  })
  return { client, isLost: () => isLost }
}

function describeFault(host: string, { address, port, user, keyFile, hostKey }: SshSpec, found: string, error: Error & { level?: string }): HostError {
  const cause = { cause: error }
  if (found !== '' && found !== hostKey)
    return new HostError(host, `${address}:${port} shows another host key: found ${found}, expected ${hostKey}; if its key was changed on purpose, put the new one into hostKey, else somebody may be in between`, cause)
  if (error.level === 'client-authentication')
    return new HostError(host, `${address}:${port} refused the key ${keyFile} for the user ${user}; put its public half into the authorized_keys of ${user} there, or give another user or keyFile`, cause)
  return new HostError(host, `${address}:${port} cannot be reached by SSH: ${error.message}; check address and port, that sshd runs there, and that no firewall is in between`, cause)
}

/** As ssh-keygen prints it. */
function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}
