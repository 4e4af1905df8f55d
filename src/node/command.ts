import { constants } from 'node:os'
import type { OperationContext } from '../provider/operation.ts'
import { CommandError } from './command-error.ts'
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
}

/** How a command ended. */
export interface CommandResult {
  /** One of those that are no failure. */
  readonly code: number
  /** The end of what it wrote, at most 65 536 characters. */
  readonly stdout: string
  /** The end of what it wrote there, at most 65 536 characters. */
  readonly stderr: string
}

/**
 * Runs a command to its end, with the context of an operation or of a hook: `run: async (params, context) => { await
 * runCommand({ command: 'deploy' }, context) }`. What it prints is printed there, in whole characters and as it comes. When the
 * context is aborted, all of its process group is asked to end (SIGTERM), and killed after `graceMs`. When this settles, nothing of the
 * group is left; what the command itself left running is ended too, so a daemon needs a session of its own (`setsid`). When this
 * process dies, however it does, the group is killed at once, so a resume meets nothing of it. Its standard input is empty.
 * POSIX systems only.
 *
 * Throws `command` when it is not there, ends with another exit code, or is aborted.
 *
 * @example
 * ```ts
 * import { runCommand } from 'convergent/node'
 *
 * const context = { signal: new AbortController().signal, print: (text: string) => undefined }
 * const { stdout } = await runCommand({ command: 'echo', args: ['$HOME', 'as it is'] }, context)
 * stdout // => '$HOME as it is\n'
 * ```
 */
export async function runCommand(options: CommandOptions, { signal, print }: Pick<OperationContext, 'signal' | 'print'>): Promise<CommandResult> {
  const { command, args = [], shell = false, cwd = process.cwd(), graceMs = GRACE_MS, codes = [0] } = options
  const env = { ...process.env, ...options.env }
  const [name, given] = shell === false ? [command, args] : [shell === true ? '/bin/sh' : shell, ['-c', command, 'sh', ...args]]
  const program = await findProgram(name, cwd, env['PATH'])
  if (signal.aborted) throw new CommandError(command, 'was not started: it was aborted before')
  const kept = { stdout: '', stderr: '' }
  const onOutput = (text: string, from: 'stdout' | 'stderr'): void => {
    kept[from] = (kept[from] + text).slice(-MOST_KEPT)
    print(text)
  }
  const ending = await runInGroup({ program, args: given, cwd, env, signal, graceMs, onOutput }).catch((error: Error) => {
    throw new CommandError(command, `could not be started: ${error.message}`)
  })
  if (signal.aborted) throw new CommandError(command, `was aborted, and ended with all that it had started${describeLastLine(kept.stderr)}`)
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
