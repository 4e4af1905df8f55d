/** `code: 'host'`. A program could not be run on a host, or ended with another exit code than expected. */
export class HostError extends Error {
  readonly code = 'host'
  readonly host: string
  /** Its exit code, where it ended by itself. */
  readonly exitCode: number | undefined
  /** True: nobody knows whether it ran, or how far. */
  readonly isAmbiguous: boolean

  constructor(host: string, problem: string, { exitCode, isAmbiguous = false, cause }: { readonly exitCode?: number; readonly isAmbiguous?: boolean; readonly cause?: unknown } = {}) {
    super(`host ${host}: ${problem}`, { cause })
    this.name = 'HostError'
    this.host = host
    this.exitCode = exitCode
    this.isAmbiguous = isAmbiguous
  }
}
