import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { MARK } from './host-program.ts'

/** It is killed at once, by somebody who has to get his turn on a machine that is busy. */
const OUTLIVES_MS = 2_000
const POLL_MS = 50

/** A process, as the kernel tells of it. */
export interface Seen {
  readonly pid: number
  readonly parent: number
  readonly group: number
  readonly session: number
  readonly argv: readonly string[]
}

/** All processes that belong to a folder: by their command line, their environment or where they are. Those that are dead already are left out. */
export function processesOf(folder: string): readonly Seen[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return []
    const text = (file: string): string => look(() => readFileSync(`/proc/${name}/${file}`, 'latin1'))
    // The name of the program is in parentheses, and may have any in it.
    const [state, parent, group, session] = text('stat').replace(/^.*\) /s, '').split(' ')
    const command = text('cmdline')
    if (state === undefined || state === '' || state === 'Z' || state === 'X') return []
    const isOurs = command.includes(folder) || text('environ').split('\0').includes(`${MARK}=${folder}`) || look(() => readlinkSync(`/proc/${name}/cwd`)).startsWith(folder)
    return isOurs ? [{ pid: Number(name), parent: Number(parent), group: Number(group), session: Number(session), argv: command.split('\0') }] : []
  })
}

/** What there is of a folder at this moment, is no instance, and outlives its host program by more than an instant. */
export async function findSurvivors(folder: string): Promise<readonly Seen[]> {
  const there = new Set(processesOf(folder).map(({ pid }) => pid))
  for (const untilMs = performance.now() + OUTLIVES_MS; ; ) {
    const left = processesOf(folder).filter(({ pid }) => there.has(pid) && !openFile(pid, 9).startsWith(folder))
    if (left.length === 0 || performance.now() >= untilMs) return left
    await sleep(POLL_MS)
  }
}

/** A process in words. */
export function describeProcess({ pid, parent, group, argv }: Seen): string {
  return `process ${pid} (parent ${parent}, group ${group}): ${argv.join(' ').slice(0, 300).trimEnd()}`
}

/** Where an open file of a process is; empty: it has none of this number, or is gone. */
export function openFile(pid: number, descriptor: number): string {
  return look(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`))
}

/** The ports of this machine on which anybody listens. */
export function listening(): ReadonlySet<number> {
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => look(() => readFileSync(file, 'latin1')).split('\n'))
  return new Set(lines.map((line) => line.trim().split(/\s+/)).filter((fields) => fields[3] === '0A').map((fields) => Number.parseInt((fields[1] as string).split(':')[1] as string, 16)))
}

/** A process may end while it is looked at. */
function look(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
