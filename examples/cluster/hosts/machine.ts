import { HostError } from './host-error.ts'
import type { Host } from './host.ts'
import { readScript, runScript } from './shell.ts'

const LISTENING = '0A'

/** The space of a file system. */
export interface Disk {
  readonly availableBytes: number
  readonly totalBytes: number
}

/** Where a path is, or will be: that of its nearest parent that exists. */
export async function diskOf(host: Host, path: string, signal: AbortSignal): Promise<Disk> {
  const script = `path=$1
while [ ! -e "$path" ]; do path=$(dirname -- "$path"); done
exec df -Pk -- "$path"`
  const { stdout } = await runScript(host, script, [path], { signal })
  const [, blocks, , available] = /\s(\d+)\s+(\d+)\s+(-?\d+)\s+(?:\d+%|-)\s/.exec(stdout.split('\n')[1] ?? '') ?? []
  if (blocks === undefined || available === undefined) throw new HostError(host.name, `df said something else than expected of ${path}: ${stdout.trim()}`)
  return { availableBytes: Math.max(0, Number(available)) * 1024, totalBytes: Number(blocks) * 1024 }
}

/** The TCP ports on which anything listens there, on any of its addresses. */
export async function listeningPorts(host: Host, signal: AbortSignal): Promise<ReadonlySet<number>> {
  const { stdout } = await readScript(host, 'cat /proc/net/tcp; [ ! -e /proc/net/tcp6 ] || cat /proc/net/tcp6', [], { signal })
  const ports = stdout.split('\n').flatMap((line) => {
    const [, local, , state] = line.trim().split(/\s+/)
    return state === LISTENING ? [Number.parseInt(local?.split(':')[1] ?? '', 16)] : []
  })
  return new Set(ports)
}

/** Which of these are not in PATH there. */
export async function programsMissing(host: Host, names: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
  const { stdout } = await runScript(host, 'for name; do command -v -- "$name" >/dev/null || printf "%s\\n" "$name"; done', names, { signal })
  return stdout.split('\n').filter((name) => name !== '')
}
