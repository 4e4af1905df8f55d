import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { findFreePort } from '../../parts/free-port.ts'
import type { HostSpec, SshSpec } from '../hosts/host.ts'

/** The program, where this machine has it: sshd runs by its absolute path only. */
export const SSHD = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd', ...(process.env['PATH'] ?? '').split(':').map((folder) => `${folder}/sshd`)].find((path) => path.startsWith('/') && existsSync(path))

/** A server on this machine, with a key of its own. */
export interface Sshd {
  readonly spec: HostSpec & { readonly ssh: SshSpec }
  readonly pid: number
  /** Cuts every connection, as a network does: what serves it is killed. */
  dropConnections(): void
  stop(): Promise<void>
}

/** Starts one on a free port of loopback. */
export async function startSshd(): Promise<Sshd> {
  if (SSHD === undefined) throw new Error('there is no sshd on this machine')
  const dir = mkdtempSync(join(tmpdir(), 'convergent-sshd-'))
  for (const name of ['host', 'user']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, name)])
  writeFileSync(join(dir, 'authorized_keys'), readFileSync(join(dir, 'user.pub')), { mode: 0o600 })
  const port = await findFreePort()
  // A shell that is no first one reads no start-up files: what somebody has in them may take longer than a test.
  const config = { Port: port, ListenAddress: '127.0.0.1', HostKey: join(dir, 'host'), AuthorizedKeysFile: join(dir, 'authorized_keys'), StrictModes: 'no', UsePAM: 'no', PermitRootLogin: 'prohibit-password', PasswordAuthentication: 'no', KbdInteractiveAuthentication: 'no', SetEnv: 'SHLVL=2', PidFile: 'none', LogLevel: 'ERROR' }
  writeFileSync(join(dir, 'sshd_config'), Object.entries(config).map(([name, value]) => `${name} ${value}\n`).join(''))
  // Where it keeps its privileges apart; the operating system makes it when it starts the service.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  const server = spawn(SSHD, ['-D', '-e', '-f', join(dir, 'sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  server.stderr.on('data', (text: Buffer) => void (said += text.toString()))
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  while (!(await answers(port))) {
    if (server.exitCode !== null) throw new Error(`sshd did not start: ${said}`)
    await setTimeout(20)
  }
  const hostKey = execFileSync('ssh-keygen', ['-lf', join(dir, 'host.pub')], { encoding: 'utf8' }).split(' ')[1] ?? ''
  const pid = server.pid as number
  const dropConnections = (): void => {
    // The grandchildren first: with privileges apart, they hold the socket too.
    for (const child of [...childrenOf(pid).flatMap((own) => childrenOf(own).filter(isSshd)), ...childrenOf(pid)]) kill(child)
  }
  return {
    spec: { name: 'far', address: '127.0.0.1', ssh: { address: '127.0.0.1', port, user: userInfo().username, keyFile: join(dir, 'user'), hostKey } },
    pid,
    dropConnections,
    stop: async () => {
      dropConnections()
      server.kill('SIGKILL')
      await ended
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}

function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc').map(Number).filter((pid) => pid > 0 && parentOf(pid) === parent)
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined
  }
}

function isSshd(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('sshd')
  } catch {
    return false
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', () => resolve(true)).once('error', () => resolve(false)).once('close', () => resolve(false))
    socket.once('data', () => socket.destroy())
  })
}
