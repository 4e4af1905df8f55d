import type { CliContext } from './cli-context.ts'
import type { Loaded } from './loaded.ts'

/** A flag of the host's own. */
export interface CliFlag {
  /** As commander writes it: `--root <folder>`. */
  readonly flags: string
  /** One line for the help. */
  readonly description: string
}

/** What stands behind a command of the host's own, without a flag. */
export interface CliArgument {
  /** As commander writes it: `<job>` is needed, `[job]` is not, `<job...>` takes one or more, `[job...]` any number. Only the last one takes several. */
  readonly name: string
  /** One line for the help. */
  readonly description: string
}

/** A command that plans what its `load` gives, shows it, asks, and applies it: what `apply` does, with the same flags and exit codes. */
export interface CliLoadCommand {
  /** One line for the help. */
  readonly description: string
  /** Flags of this command alone. Default: none. */
  readonly flags?: readonly CliFlag[]
  /** Reads what is to be planned. */
  readonly load: (paths: readonly string[], context: CliContext) => Promise<Loaded>
  /** True: who is asked has to type the stack's name. Default: false, `y` will do. */
  readonly isDestructive?: boolean
  /** Not there. */
  readonly arguments?: never
  /** Not there. */
  readonly run?: never
}

/** What a command is told that does everything itself. */
export interface CliRunContext extends CliContext {
  /** What was given for `CliRunCommand.arguments`, in order; those of one that takes several follow one another. */
  readonly arguments: readonly string[]
  /** Writes a line to the standard output, also with `--json`. */
  readonly print: (text: string) => void
  /** Aborted at an interrupt; nobody waits for the command then. */
  readonly signal: AbortSignal
}

/** A command that does everything itself: `status`, and the like. */
export interface CliRunCommand {
  /** One line for the help. */
  readonly description: string
  /** Flags of this command alone. Default: none. */
  readonly flags?: readonly CliFlag[]
  /** What stands behind it without a flag. Default: nothing may. */
  readonly arguments?: readonly CliArgument[]
  /** Does it, and gives the exit code. `paths`: as `context.files`. */
  readonly run: (paths: readonly string[], context: CliRunContext) => Promise<number>
  /** Not there. */
  readonly load?: never
  /** Not there. */
  readonly isDestructive?: never
}

/** A command of the host's own. */
export type CliCommand = CliLoadCommand | CliRunCommand
