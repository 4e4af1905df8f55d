import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Moment } from './moment.ts'
import type { Place } from './place.ts'

/** By what everything that a round starts is known, however it is called. */
export const MARK = 'SOAK_ROUND'
/** Longer than any work of a round. */
const LIMIT_MS = 120_000

/** How a host program ended. */
export interface HostEnd {
  readonly killed: boolean
  readonly code: number | null
  /** Kinds of the operations that were under way when it was killed, by what was heard of it; `plan`, `between` or `end` where there was none. */
  readonly hit: readonly string[]
  /** The end of what it wrote, for people. */
  readonly words: string
  readonly durationMs: number
}

interface Heard {
  readonly event: string
  readonly action?: { readonly address: string }
  readonly phase?: string
}

/** Runs the host's command line as a process. `moment`: it is killed then, alone: what it started is left to itself. */
export async function runHost(script: string, place: Place, command: readonly string[], moment?: Moment): Promise<HostEnd> {
  const startedMs = performance.now()
  const child = spawn(process.execPath, [script, ...command, '--file', place.topologyFile, '--state-dir', place.stateDir], {
    cwd: place.folder,
    env: { ...process.env, SOAK_PASSWORD: place.password, [MARK]: place.folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const gone = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  const lines: string[] = []
  const underWay = new Set<string>()
  let isStarted = false
  let isFinished = false
  let hit: readonly string[] | undefined
  let toCome = moment?.nth ?? 0
  const kill = async (delayMs: number): Promise<void> => {
    await sleep(delayMs)
    if (child.exitCode !== null || child.signalCode !== null) return
    hit = underWay.size > 0 ? [...new Set([...underWay].map(kindOf))] : [isFinished ? 'end' : isStarted ? 'between' : 'plan']
    child.kill('SIGKILL')
  }
  const hear = ({ event, action, phase }: Heard): void => {
    if (event === 'run:started') isStarted = true
    if (event === 'run:finished') isFinished = true
    if (event === 'action:started' && action !== undefined) underWay.add(action.address)
    else if (event !== 'action:checked' && action !== undefined) underWay.delete(action.address)
    if (moment === undefined || moment.event !== event) return
    if (moment.about !== undefined && moment.about !== phase && !(action !== undefined && kindOf(action.address) === moment.about)) return
    if (toCome-- === 0) void kill(moment.delayMs)
  }
  const note = (line: string): void => void (lines.push(line) > 40 && lines.shift())
  createInterface({ input: child.stdout }).on('line', (line) => {
    const heard = parse(line)
    if (heard === undefined || heard.event === 'action:succeeded') note(line.slice(0, 300))
    else if (heard.event !== 'action:checked') note(line.slice(0, 1_000))
    if (heard !== undefined) hear(heard)
  })
  createInterface({ input: child.stderr }).on('line', note)
  if (moment?.event === 'spawn') void kill(moment.delayMs)
  const limit = setTimeout(() => {
    note(`it was ended after ${LIMIT_MS} ms`)
    child.kill('SIGKILL')
  }, LIMIT_MS)
  const [code, signal] = await gone
  clearTimeout(limit)
  const killed = hit !== undefined && signal === 'SIGKILL'
  return { killed, code, hit: killed ? (hit ?? []) : [], words: lines.slice(-12).join('\n'), durationMs: performance.now() - startedMs }
}

function parse(line: string): Heard | undefined {
  try {
    return line.startsWith('{') ? (JSON.parse(line) as Heard) : undefined
  } catch {
    return undefined
  }
}

function kindOf(address: string): string {
  return address.split('/')[0] as string
}
