import { spawn } from 'node:child_process'
import type { Duplex, Readable, Writable } from 'node:stream'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { feedFrom, pourInto, type Pour } from './command-streams.ts'
import { isDead } from './dead-group.ts'

/*
 * A command runs in a process group of its own, under a small shell that is its leader. A watcher in the same group reads from
 * a pipe whose other end only this process has: when that ends, however it did, the watcher kills the group. So nothing of it
 * outlives this process, and what was cut off can be run again. The watcher ignores what asks the group to end, since a
 * command may take its time then; the shell waits for the watcher, so that a plain end leaves no process to anybody else.
 */
const LEADER = `trap : TERM
(trap '' TERM HUP INT; read -r line <&3; kill -KILL 0) >/dev/null 2>&1 4>&- &
watcher=$!
"$@" 2>&4 3<&- 4>&-
code=$?
kill -KILL "$watcher"
wait "$watcher"
exit "$code"`

const POLL_MS = 10
const POLLS_A_LOOK = 10
/** What was killed is gone at once, or waits for the operating system. */
const KILLED_MS = 500

/** What runs, and who hears of it. */
export interface GroupOptions {
  /** A path: a name would be looked for in what the shell itself can do. */
  readonly program: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Ends the whole group. */
  readonly signal: AbortSignal
  /** From the request to end to the kill. */
  readonly graceMs: number
  /** Whole characters, as they come. */
  readonly onOutput: (text: string, from: 'stdout' | 'stderr') => void
  /** Default: nothing. */
  readonly stdin?: string | Readable | undefined
  /** Gets the bytes of its standard output, which `onOutput` then does not. */
  readonly stdout?: Writable | undefined
  /** What takes them failed: the signal should be raised. */
  readonly onFault: (error: Error) => void
}

/** How a command ended. */
export interface GroupEnding {
  /** 128 and the signal's number where a signal ended the command. */
  readonly code: number | null
  /** What ended the whole group. */
  readonly signal: NodeJS.Signals | null
}

/** Runs a command in its own process group. When it settles, the group is gone, or was killed. */
export async function runInGroup({ program, args, cwd, env, signal, graceMs, onOutput, ...given }: GroupOptions): Promise<GroupEnding> {
  const child = spawn('/bin/sh', ['-c', LEADER, 'sh', program, ...args], { cwd, env, detached: true, stdio: [given.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'ignore', 'pipe', 'pipe'] })
  const ended = new Promise<GroupEnding>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, endedBy) => resolve({ code, signal: endedBy }))
  })
  const { pid: group } = child
  if (group === undefined) return ended
  const [stdin, stdout, , lifeline, stderr] = child.stdio as unknown as readonly [Writable | null, Readable, null, Duplex, Readable]
  const streams = [stdout, lifeline, stderr]
  let heard = 0
  for (const stream of streams) stream.on('error', () => undefined)
  const pour = given.stdout && pourInto(given.stdout, stdout, given.onFault, () => void (heard += 1))
  for (const [stream, from] of [[stdout, 'stdout'], [stderr, 'stderr']] as const)
    if (from === 'stderr' || pour === undefined)
      stream.setEncoding('utf8').on('data', (text: string) => {
        heard += 1
        onOutput(text, from)
      })
  if (stdin !== null && given.stdin !== undefined) feedFrom(given.stdin, stdin)
  let ending: Promise<void> | undefined
  const end = (): void => void (ending ??= endGroup(group, graceMs))
  signal.addEventListener('abort', end, { once: true })
  try {
    const told = await ended
    // What it left running goes as well: it may hold the pipes for ever, and nobody would know of it.
    if (isThere(group)) end()
    await ending
    // What they wrote is in the pipes; who left the group may still hold them open.
    await untilQuiet(() => heard, pour, signal)
    return told
  } finally {
    signal.removeEventListener('abort', end)
    pour?.stop()
    stdin?.destroy()
    for (const stream of streams) stream.destroy()
  }
}

async function untilQuiet(heard: () => number, pour: Pour | undefined, signal: AbortSignal): Promise<void> {
  // A stream that just goes on is heard one turn of the loop later.
  for (let before = -1, quiet = 0; quiet < 2 && !(signal.aborted && pour?.isBlocked()); quiet = before === heard() ? quiet + 1 : 0) {
    before = heard()
    if (pour?.isBlocked()) {
      const stop = new AbortController()
      await Promise.race([pour.room(), untilAborted(signal, stop.signal)])
      stop.abort()
      before = -1
    } else await setImmediate()
  }
}

function untilAborted(signal: AbortSignal, until: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true, signal: until }))
}

async function endGroup(group: number, graceMs: number): Promise<void> {
  send(group, 'SIGTERM')
  await isGoneWithin(group, graceMs)
  // Also where it seems to be dead: one that was begun while we looked was not seen.
  if (!send(group, 'SIGKILL')) return
  await isGoneWithin(group, KILLED_MS)
}

async function isGoneWithin(group: number, ms: number): Promise<boolean> {
  const untilMs = performance.now() + ms
  for (let polls = 1; isThere(group); polls++) {
    if (performance.now() >= untilMs) return false
    if (polls % POLLS_A_LOOK === 0 && (await isDead(group))) return true
    await setTimeout(POLL_MS)
  }
  return true
}

function isThere(group: number): boolean {
  return send(group, 0)
}

/** False: there is no such group. */
function send(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
