import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientChannel } from 'ssh2'
import { HostError } from './host-error.ts'
import type { HostCall, HostReply } from './host.ts'
import type { SshConnection } from './ssh-connection.ts'
import { sendFrames } from './ssh-feed.ts'
import { GRACE_SECONDS } from './ssh-script.ts'

const OPEN_ATTEMPTS = 40
const OPEN_PAUSE_MS = 50
const MOST_KEPT = 1 << 16
const LONGEST_LINE = 500
/** After the exit code the rest of the output comes. Who left the session, and holds it open, is not waited for. */
const REST_MS = 2_000
/** When it is told to stop, and nothing is heard of it. */
const STOP_MS = GRACE_SECONDS * 1_000 + 5_000

/** A program on its way. */
export interface ChannelCall {
  readonly host: string
  readonly program: string
  readonly commandLine: string
  readonly connection: SshConnection
  readonly call: HostCall
}

/** Runs a command line in a channel of its own, to its end. */
export async function runOnChannel({ host, program, commandLine, connection, call }: ChannelCall): Promise<HostReply> {
  const lost = () => new HostError(host, `the connection dropped while ${program} ran, so it was ended there at an unknown point; the next call connects anew`, { isAmbiguous: true })
  const { code, stderr, stdout, fault } = await openWithPatience(connection, commandLine, call).catch((error: Error) => {
    if (connection.isLost()) throw lost()
    throw new HostError(host, `${program} could not be started: ${error.message}`, { cause: error })
  })
  const said = stderr.trimEnd().split('\n').at(-1)?.trim().slice(0, LONGEST_LINE) ?? ''
  const last = said === '' ? '' : `; it said last: ${said}`
  if (call.signal.aborted) throw new HostError(host, `${program} was aborted, ${code === undefined ? 'and nobody knows whether it ended' : 'and ended with all that it had started'}${last}`, { isAmbiguous: code === undefined })
  if (fault !== undefined) throw new HostError(host, `${program} was ended with all that it had started, since ${fault.message}`, { cause: fault })
  if (code === undefined) throw lost()
  if ((call.codes ?? [0]).includes(code)) return { code, stdout, stderr }
  throw new HostError(host, `${program} ended with code ${code}${last}`, { exitCode: code })
}

/** A server counts a session for a moment after we have seen its end, and refuses one too many: nothing was started then. */
async function openWithPatience(connection: SshConnection, commandLine: string, call: HostCall): Promise<Followed> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await openChannel(connection, commandLine, call)
    } catch (error) {
      if (!(error as Error).message.includes('Channel open failure') || attempts === OPEN_ATTEMPTS || connection.isLost()) throw error
      await sleep(OPEN_PAUSE_MS, undefined, { signal: call.signal })
    }
  }
}

function openChannel({ client }: SshConnection, commandLine: string, call: HostCall): Promise<Followed> {
  return new Promise((resolve, reject) => {
    const onLost = (): void => reject(new Error('the connection was lost'))
    client.once('close', onLost)
    client.exec(commandLine, (error, channel) => {
      client.off('close', onLost)
      if (error) reject(error)
      // At once: what a short program said, and its exit code, may have come with the same packet.
      else resolve(follow(channel, call))
    })
  })
}

interface Followed {
  /** Undefined: nobody told. */
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
  /** A stream of the caller's that failed. */
  readonly fault: Error | undefined
}

function follow(channel: ClientChannel, { signal, stdin, stdout }: HostCall): Promise<Followed> {
  const kept = { stdout: '', stderr: '' }
  let code: number | undefined
  let fault: Error | undefined
  let isFed = stdin === undefined || stdin === ''
  let timer: NodeJS.Timeout | undefined
  const closed = new AbortController()
  const closeIn = (ms: number): void => {
    clearTimeout(timer)
    timer = setTimeout(() => channel.destroy(), ms)
  }
  // The lifeline: a line asks the program to end, and its own end is for what has not begun yet.
  const stop = (): void => {
    closed.abort()
    if (isFed) channel.write('stop\n')
    else channel.end()
    // Whoever takes the output may never take the rest of it.
    if (stdout) channel.unpipe(stdout).resume()
    closeIn(STOP_MS)
  }
  const fail = (what: string) => (error: Error): void => {
    if (fault !== undefined || signal.aborted || closed.signal.aborted) return
    fault = new Error(`${what} failed: ${error.message}`, { cause: error })
    stop()
  }
  const onTargetError = fail('what takes its output')
  const onTargetClose = (): void => onTargetError(new Error('it was closed'))
  return new Promise<Followed>((resolve) => {
    channel.on('error', () => undefined)
    channel.on('exit', (exitCode: number | null) => {
      code ??= exitCode ?? undefined
      closeIn(REST_MS)
    })
    channel.once('close', () => resolve({ code, ...kept, fault }))
    if (stdout) {
      stdout.on('error', onTargetError).on('close', onTargetClose)
      channel.pipe(stdout, { end: false })
    } else channel.setEncoding('utf8').on('data', (text: string) => void (kept.stdout = (kept.stdout + text).slice(-MOST_KEPT)))
    channel.stderr.setEncoding('utf8').on('data', (text: string) => void (kept.stderr = (kept.stderr + text).slice(-MOST_KEPT)))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { signal: closed.signal })
    if (!isFed && stdin !== undefined) void sendFrames(stdin, channel, closed.signal).then(() => void (isFed = true), fail('what it reads'))
  }).finally(() => {
    clearTimeout(timer)
    closed.abort()
    stdout?.off('close', onTargetClose)
    // A write that is still on its way may fail, and that must have somebody who hears of it.
    if (stdout) setImmediate(() => stdout.off('error', onTargetError))
  })
}
