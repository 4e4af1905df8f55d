import { HostError } from './host-error.ts'
import type { Host } from './host.ts'
import { PROBE, START, STOP } from './daemon-scripts.ts'
import { runScript } from './shell.ts'

const NOT_RUNNING = 3
const POLL_MS = 100
const LOG_LINES = 20
/** A starter that finds one that ends just then tries again. */
const TRIES = 5

/** Where a daemon is known by. */
export interface DaemonFiles {
  /** It runs as long as somebody of it has this open, with the lock. */
  readonly lockFile: string
  /** Its process id, and that of its session and group. */
  readonly pidFile: string
}

/** A program that outlives us, as one process in the foreground. */
export interface Daemon extends DaemonFiles {
  /** The program's path or name, and its arguments. */
  readonly argv: readonly string[]
  /** What messages call it. Default: the program. */
  readonly title?: string
  /** What it writes is added to it. */
  readonly logFile: string
  /** Who it runs as; that needs root. Default: who runs our programs there. */
  readonly user?: string | undefined
}

/** What was started. */
export interface StartedDaemon {
  readonly pid: number
  /** True: it was not started now. */
  readonly alreadyRan: boolean
}

/** How it is stopped. */
export interface StopOptions {
  /** What asks it to end. */
  readonly stopSignal: 'SIGTERM' | 'SIGINT' | 'SIGQUIT'
  /** How long it has until it is killed. */
  readonly graceMs: number
}

/** How it ended. */
export interface StoppedDaemon {
  /** True: it did not end when it was asked to. */
  readonly killed: boolean
}

/** Starts it in a session of its own, unless it runs. However many do so at once, one of them starts it. Throws when it ends at once. */
export async function startDaemon(host: Host, { argv, lockFile, pidFile, logFile, user = '', title = argv[0] ?? '' }: Daemon, signal: AbortSignal): Promise<StartedDaemon> {
  for (let tries = 0; tries < TRIES; tries++) {
    const { stdout } = await runScript(host, START, [lockFile, pidFile, logFile, user, ...argv], { signal })
    const [answer, pid] = stdout.trim().split(' ')
    if (answer === 'started') return { pid: Number(pid), alreadyRan: false }
    if (answer === 'ended') throw new HostError(host.name, `${title} ended right after its start; ${await describeLog(host, logFile, signal)}`)
    const running = await daemonPid(host, { lockFile, pidFile }, signal)
    if (running !== undefined) return { pid: running, alreadyRan: true }
  }
  throw new HostError(host.name, `${title} was not started: somebody else starts and stops it all the time (${lockFile})`)
}

/** Undefined: it does not run. */
export async function daemonPid(host: Host, { lockFile, pidFile }: DaemonFiles, signal: AbortSignal): Promise<number | undefined> {
  const { code, stdout } = await runScript(host, PROBE, [lockFile, pidFile], { signal, codes: [0, NOT_RUNNING] })
  return code === NOT_RUNNING ? undefined : Number(stdout.trim())
}

/** Asks it to end, and kills it with its group when it has not ended in time. Settles when nothing of it runs; it may have ended before. */
export async function stopDaemon(host: Host, { lockFile, pidFile }: DaemonFiles, { stopSignal, graceMs }: StopOptions, signal: AbortSignal): Promise<StoppedDaemon> {
  const { stdout } = await runScript(host, STOP, [lockFile, pidFile, stopSignal.slice('SIG'.length), String(Math.ceil(graceMs / POLL_MS))], { signal })
  return { killed: stdout.trim() === 'killed' }
}

/** The end of a log; empty where there is none. */
export async function readLog(host: Host, logFile: string, lines: number, signal: AbortSignal): Promise<string> {
  const { stdout } = await runScript(host, '[ ! -e "$1" ] || exec tail -n "$2" -- "$1"', [logFile, String(lines)], { signal })
  return stdout.trimEnd()
}

async function describeLog(host: Host, logFile: string, signal: AbortSignal): Promise<string> {
  const log = await readLog(host, logFile, LOG_LINES, signal)
  return log === '' ? `its log ${logFile} is empty` : `its log ${logFile} ends with:\n${log}`
}
