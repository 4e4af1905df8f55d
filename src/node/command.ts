import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import type { OperationContext } from '../provider/operation.ts'
import { CommandError } from './command-error.ts'
import { watchSource } from './command-streams.ts'
import { findProgram } from './find-program.ts'
import { runInGroup, type GroupEnding } from './process-group.ts'

const GRACE_MS = 2_000
/** What is kept of a stream, in characters. */
const MOST_KEPT = 1 << 16
const LONGEST_LINE = 500

/** A command of the operating system. */
export interface CommandOptions {
  /** A program's name, which is looked for in PATH, or its path. With `shell`: a command line. */
  readonly command: string
  /** Its arguments, as they are: nothing is expanded. With `shell`: `$1` and so on. Default: none. */
  readonly args?: readonly string[]
  /** True: `/bin/sh` reads `command`; a path: that shell does. Never put what is not yours into its text: pass it in `args` or `env`. Default: false. */
  readonly shell?: boolean | string
  /** The folder that it runs in. Default: that of this process. */
  readonly cwd?: string
  /** Added to the environment of this process; undefined takes a variable away. Default: nothing is added. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** How long it has to end by itself when it is aborted, in milliseconds. Default: 2 000. */
  readonly graceMs?: number
  /** The exit codes that are no failure. Default: 0. */
  readonly codes?: readonly number[]
  /**
   * What it reads from its standard input: text, or a stream of bytes. A stream that fails ends the command, which does not see an end
   * of it then; one that the command does not read to its end is destroyed, and that is no failure. When this process dies, the command
   * may see the end right before it is killed, so it should check what must be whole. Default: nothing.
   */
  readonly stdin?: string | Readable
  /**
   * Gets what it writes to its standard output, byte for byte and no faster than it takes it; nothing of it is printed or kept then.
   * It is left open; when it fails, the command is ended. Default: it is printed, and its end is kept.
   */
  readonly stdout?: Writable
}

/** How a command ended. */
export interface CommandResult {
  /** One of those that are no failure. */
  readonly code: number
  /** The end of what it wrote, at most 65 536 characters; empty where a stream got it. */
  readonly stdout: string
  /** The end of what it wrote there, at most 65 536 characters. */
  readonly stderr: string
}

/**
 * Runs a command to its end, with the context of an operation or of a hook: `run: async (params, context) => { await
 * runCommand({ command: 'deploy' }, context) }`. What it prints is printed there, in whole characters and as it comes. When the
 * context is aborted, all of its process group is asked to end (SIGTERM), and killed after `graceMs`. When this settles, nothing of the
 * group is left; what the command itself left running is ended too, so a daemon needs a session of its own (`setsid`). When this
 * process dies, however it does, the group is killed at once, so a resume meets nothing of it. POSIX systems only.
 *
 * Throws `command` when it is not there, ends with another exit code, is aborted, or when a stream of `stdin` or `stdout` fails.
 *
 * @example
 * ```ts
 * import { runCommand } from 'convergent/node'
 *
 * const context = { signal: new AbortController().signal, print: (text: string) => undefined }
 * const { stdout } = await runCommand({ command: 'echo', args: ['$HOME', 'as it is'] }, context)
 * stdout // => '$HOME as it is\n'
 * const sorted = await runCommand({ command: 'sort', stdin: 'b\na\n' }, context)
 * sorted.stdout // => 'a\nb\n'
 * ```
 */
export async function runCommand(options: CommandOptions, context: Pick<OperationContext, 'signal' | 'print'>): Promise<CommandResult> {
  const { command, stdin } = options
  const broken = new AbortController()
  const fail = (what: string) => (error: Error) => broken.abort(new CommandError(command, `was ended with all that it had started, since ${what} failed: ${error.message}`))
  const leaveSource = watchSource(stdin, fail('what it reads'))
  try {
    return await runWith(options, context, broken.signal, fail('what takes its output'))
  } finally {
    leaveSource()
  }
}

async function runWith(options: CommandOptions, { signal: aborting, print }: Pick<OperationContext, 'signal' | 'print'>, broken: AbortSignal, onFault: (error: Error) => void): Promise<CommandResult> {
  const { command, args = [], shell = false, cwd = process.cwd(), graceMs = GRACE_MS, codes = [0], stdin, stdout } = options
  const env = { ...process.env, ...options.env }
  const [name, given] = shell === false ? [command, args] : [shell === true ? '/bin/sh' : shell, ['-c', command, 'sh', ...args]]
  const program = await findProgram(name, cwd, env['PATH'])
  if (aborting.aborted) throw new CommandError(command, 'was not started: it was aborted before')
  if (broken.aborted) throw broken.reason as CommandError
  const kept = { stdout: '', stderr: '' }
  const onOutput = (text: string, from: 'stdout' | 'stderr'): void => {
    kept[from] = (kept[from] + text).slice(-MOST_KEPT)
    print(text)
  }
  const signal = AbortSignal.any([aborting, broken])
  const ending = await runInGroup({ program, args: given, cwd, env, signal, graceMs, onOutput, stdin, stdout, onFault }).catch((error: Error) => {
    throw new CommandError(command, `could not be started: ${error.message}`)
  })
  if (aborting.aborted) throw new CommandError(command, `was aborted, and ended with all that it had started${describeLastLine(kept.stderr)}`)
  if (broken.aborted) throw broken.reason as CommandError
  if (ending.code !== null && codes.includes(ending.code)) return { code: ending.code, ...kept }
  throw new CommandError(command, `${describeEnding(ending)}${describeLastLine(kept.stderr)}`, ending.code ?? undefined)
}

function describeEnding({ code, signal }: GroupEnding): string {
  if (code === null) return `was ended by ${signal}, with all that it had started`
  // A shell, and so the one above it, tells so of a signal.
  const [name] = Object.entries(constants.signals).find(([, number]) => number === code - 128) ?? []
  return `ended with code ${code}${name === undefined ? '' : `, which stands for ${name}`}`
}

function describeLastLine(stderr: string): string {
  const line = stderr.trimEnd().split('\n').at(-1)?.trim() ?? ''
  return line === '' ? '' : `; it said last: ${line.slice(0, LONGEST_LINE)}`
}
