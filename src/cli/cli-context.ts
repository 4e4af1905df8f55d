/** What a host's functions are told about the command that runs. */
export interface CliContext {
  /** `plan`, `apply`, … */
  readonly command: string
  /** The stack: what `--stack` (or the host's name for it) says, or `CliOptions.stack`. */
  readonly stack: string
  /** The files and folders that `--file` gave, else `CliOptions.files`; empty where there are none. */
  readonly files: readonly string[]
  /** The folder that `--state-dir` names. */
  readonly stateDir: string
  /** True: nothing is asked of a backend (`validate`), so no address or token of it is needed. */
  readonly offline: boolean
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** The host's own flags, and the built-in ones as it spells them (see `CliOptions.flags`, `flagNames` and `CliCommand.flags`), by their camel-cased name. */
  readonly flags: Readonly<Record<string, unknown>>
  /** Writes a line to the standard error, beside the output. */
  readonly remark: (text: string) => void
  /** Reads all of the standard input: what the path `-` stands for. */
  readonly readStdin: () => Promise<string>
}
