/** What a command line touches of the world outside; `processIo()` is the real one, tests bring their own. */
export interface CliIo {
  /** Writes to the standard output. */
  readonly stdout: (text: string) => void
  /** Writes to the standard error. */
  readonly stderr: (text: string) => void
  /** True: the standard output is a terminal. */
  readonly isTTY: boolean
  /** True: somebody can answer a question. */
  readonly isInteractive: boolean
  /** Characters in a line of the terminal. */
  readonly columns: number
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Reads all of the standard input, for `-f -`. */
  readonly readStdin: () => Promise<string>
  /** Asks a question and gives the answer; undefined when the input ended. */
  readonly ask: (question: string, signal: AbortSignal) => Promise<string | undefined>
  /** Calls the listener for each interrupt (SIGINT, SIGTERM); returns how to stop that. */
  readonly onInterrupt: (listener: () => void) => () => void
}
