import { neutraliseLines } from '../render/neutralise.ts'
import type { CliIo } from './cli-io.ts'
import type { CliOptions } from './cli-options.ts'
import { asksForJson } from './command-flags.ts'
import { describeError, errorToJson } from './error-report.ts'
import { ExitCode, exitCodeOfError } from './exit-code.ts'
import { Interrupted, Interruption } from './interruption.ts'
import { Invocation } from './invocation.ts'
import { loadPeer } from './load-peer.ts'
import { processIo } from './process-io.ts'
import { buildProgram } from './program.ts'

/** A command line of a host. */
export interface Cli {
  /**
   * Runs one command and gives its exit code; it never ends the process itself. 0: nothing to do, done, or declined; 1: an
   * error, nothing was changed; 2: changes are pending (`plan`, `diff`, `drift`); 3: partly applied or stale; 4: somebody
   * else changes the stack; 130: interrupted. `argv`: without the program's name. `io`: default, the process.
   */
  run(argv: readonly string[], io?: CliIo): Promise<number>
}

/**
 * Makes a whole command line from a provider and a loader of files: `plan`, `show`, `plans`, `diff`, `validate`, `apply`,
 * `sync`, `destroy`, `drift`, `resume`, `rollback`, `restore`, `checkpoints`, `runs`, `state`, `doctor`, `unlock` and `abandon`. Where
 * `load` gives phases of operations, these are what is planned and applied; when one fails, `--on-failure`,
 * `--on-failed-check` and `--on-unknown` say what is done, or a person at the terminal is asked. `commands` are the host's
 * own: one with `load` does what `apply` does, with `--plan-only` and `--plan-file`, and one with `run` does what it likes.
 * Without `load`, of the built-in ones only those are there that need none, `apply` for plans that were kept. Needs the
 * packages commander, and log-update for live progress on a terminal (`missing-peer` otherwise).
 *
 * @example
 * ```ts
 * import { createCli } from 'convergent/cli'
 * import { createFakeBackend } from 'convergent/testing'
 *
 * const { provider } = createFakeBackend()
 * const cli = createCli({ name: 'demo', provider, load: async () => ({ desired: [] }) })
 * await cli.run(['validate', '--file', 'config']) // => 0
 * ```
 *
 * @example
 * ```ts
 * import { createCli } from 'convergent/cli'
 * import { createFakeBackend } from 'convergent/testing'
 *
 * const { provider } = createFakeBackend()
 * const status = { description: 'say how it is', run: async (paths: readonly string[]) => paths.length }
 * const cli = createCli({ name: 'demo', provider, commands: { status } })
 * await cli.run(['status', '--file', 'a.yaml', '--file', 'b.yaml']) // => 2
 * ```
 *
 * @example
 * ```ts
 * // Users know other flags, a failed run is taken back, and a command takes arguments.
 * import { createCli } from 'convergent/cli'
 * import { createFakeBackend } from 'convergent/testing'
 *
 * const { provider } = createFakeBackend()
 * const cli = createCli({
 *   name: 'demo',
 *   provider,
 *   flagNames: { file: '-c, --config <path>', stack: '-e, --env <name>', stateDir: '--checkpoint-dir <folder>' },
 *   onFailure: 'rollback',
 *   afterRun: ({ outcome }) => `the run ${outcome}`,
 *   commands: {
 *     export: {
 *       description: 'write what exists into a file',
 *       arguments: [{ name: '<project>', description: 'its key' }, { name: '[files...]', description: 'where to' }],
 *       run: async (paths, context) => context.arguments.length,
 *     },
 *   },
 * })
 * await cli.run(['export', 'SALES', 'a.yml', 'b.yml', '-e', 'prod']) // => 3
 * ```
 */
export function createCli(options: CliOptions): Cli {
  return { run: (argv, io = processIo()) => runCommand(options, argv, io) }
}

async function runCommand(options: CliOptions, argv: readonly string[], io: CliIo): Promise<number> {
  const say = (text: string): void => io.stderr(`${text}\n`)
  const interruption = new Interruption(say)
  const stopListening = io.onInterrupt(() => interruption.interrupt())
  let exitCode: number = ExitCode.done
  let invocation: Invocation | undefined
  try {
    const { Command } = await loadPeer('commander', () => import('commander'))
    const program = buildProgram(new Command(), options, io, async (name, given, work) => {
      invocation = new Invocation(options, name, given, io, interruption)
      exitCode = await work(invocation)
    })
    await program.parseAsync([...argv], { from: 'user' })
    return interruption.hasHappened ? ExitCode.interrupted : exitCode
  } catch (error) {
    if (isCommanderExit(error)) return error.exitCode === 0 ? ExitCode.done : ExitCode.error
    const hasStarted = invocation?.hasStarted ?? false
    if (interruption.hasHappened && !hasStarted) {
      say(`${options.name}: interrupted; nothing was changed`)
      return ExitCode.interrupted
    }
    if (error instanceof Interrupted) return ExitCode.interrupted
    const asNdjson = argv.includes('--ndjson')
    if (asNdjson || (invocation === undefined ? asksForJson(argv) : invocation.isForPrograms)) io.stdout(`${JSON.stringify({ ...(asNdjson && { event: 'error' }), error: errorToJson(error) })}\n`)
    say(`${options.name}: ${neutraliseLines(describeError(error))}`)
    return interruption.hasHappened ? ExitCode.interrupted : exitCodeOfError(error, hasStarted)
  } finally {
    stopListening()
  }
}

/** Help, the version, or a command line that it refused; it has printed all that there is to say. */
function isCommanderExit(error: unknown): error is { readonly exitCode: number } {
  return error instanceof Error && 'exitCode' in error && 'code' in error && String(error.code).startsWith('commander.')
}
