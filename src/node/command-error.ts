import { ConvergentError } from '../core/errors.ts'

/** `code: 'command'`. A command could not be run, or ended as it should not. Its arguments are not in the message: they may be secret. */
export class CommandError extends ConvergentError {
  /** Names the kind of fault. */
  readonly code = 'command'
  /** As it was given, without arguments. */
  readonly command: string
  /** What it ended with; absent: it did not run, or a signal ended it with all that it had started. */
  readonly exitCode: number | undefined
  /** Made by this package. */
  constructor(command: string, problem: string, exitCode?: number) {
    super(`the command ${JSON.stringify(command)} ${problem}`)
    this.command = command
    this.exitCode = exitCode
  }
}
