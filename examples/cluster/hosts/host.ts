import type { Readable, Writable } from 'node:stream'

/** Where processes run: this machine, or one that SSH reaches. All that is done there is a program that is run to its end. */
export interface Host {
  /** As the topology calls it. */
  readonly name: string
  /** Where its databases are reached: a name or an IP address. */
  readonly address: string
  /**
   * Runs a program to its end; its arguments are passed as they are. Nothing of it is left when this settles, nor when this
   * program dies meanwhile; what is to stay leaves with `setsid`. Throws `HostError` for another exit code, or when it cannot be run.
   */
  run(argv: readonly string[], call: HostCall): Promise<HostReply>
  /** Ends what is open towards it. */
  close(): Promise<void>
}

/** How a program is run. */
export interface HostCall {
  /** Aborted: it is ended, with all that it started. */
  readonly signal: AbortSignal
  /** What it reads. Default: nothing. */
  readonly stdin?: string | Readable
  /** Gets what it writes, bytes and all; then the reply has none of it. Default: it is in the reply. */
  readonly stdout?: Writable
  /** Exit codes that are no failure. Default: 0. */
  readonly codes?: readonly number[]
}

/** What came of a program. */
export interface HostReply {
  /** One of those that are no failure. */
  readonly code: number
  /** The end of what it wrote, at most 65,536 characters. */
  readonly stdout: string
  /** The same of its standard error. */
  readonly stderr: string
}

/** How a host is reached, as a plan carries it: plain data, without secrets. */
export interface HostSpec {
  /** As the topology calls it. */
  readonly name: string
  /** Where its databases are reached. */
  readonly address: string
  /** How SSH reaches it. Absent: it is this machine. */
  readonly ssh?: SshSpec
}

/** How SSH reaches a host. */
export interface SshSpec {
  readonly address: string
  readonly port: number
  readonly user: string
  /** The file of the private key. */
  readonly keyFile: string
  /** `SHA256:…` of the host's key, as `ssh-keyscan … | ssh-keygen -lf -` prints it: another one is refused. */
  readonly hostKey: string
}
