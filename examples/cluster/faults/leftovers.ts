import { existsSync, readFileSync, readdirSync } from 'node:fs'

const LISTENING = '0A'

/** Living processes that have a text in their command line, each with its id. */
export function listProcesses(text: string): readonly { readonly pid: number; readonly command: string }[] {
  return readdirSync('/proc').map(Number).filter((pid) => pid > 0 && pid !== process.pid).flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      return command.includes(text) ? [{ pid, command }] : []
    } catch {
      // It has ended meanwhile.
      return []
    }
  })
}

/** What is left of a cluster: its processes, ports and folder. */
export function listLeftovers(directory: string, ports: readonly number[]): readonly string[] {
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(1) : []))
  const listening = new Set(lines.map((line) => line.trim().split(/\s+/)).filter(([, , , state]) => state === LISTENING).map(([, local]) => Number.parseInt(local?.split(':')[1] ?? '', 16)))
  return [
    ...listProcesses(directory).map(({ pid, command }) => `process ${pid} (${command})`),
    ...ports.filter((port) => listening.has(port)).map((port) => `port ${port}`),
    ...(existsSync(directory) ? [`folder ${directory} with ${readdirSync(directory).join(', ') || 'nothing in it'}`] : []),
  ]
}
