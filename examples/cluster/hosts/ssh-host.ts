import pLimit from 'p-limit'
import { HostError } from './host-error.ts'
import type { Host, HostCall, HostReply, HostSpec, SshSpec } from './host.ts'
import { runOnChannel } from './ssh-channel.ts'
import { connect, type SshConnection } from './ssh-connection.ts'
import { commandLineOf, LONGEST_COMMAND_LINE } from './ssh-script.ts'

/** What sshd takes on one connection is ten, unless it is told otherwise (MaxSessions). */
const CHANNELS_AT_ONCE = 8

/** A machine that SSH reaches: Linux with sh, coreutils and util-linux. One connection, opened at its first use and after it was lost. */
export function sshHost({ name, address, ssh }: HostSpec & { readonly ssh: SshSpec }): Host {
  const limit = pLimit(CHANNELS_AT_ONCE)
  let connecting: Promise<SshConnection> | undefined
  const open = (): Promise<SshConnection> => {
    const opening = connect(name, ssh, () => forget(opening))
    opening.catch(() => forget(opening))
    return (connecting = opening)
  }
  const forget = (opening: Promise<SshConnection>): void => {
    if (connecting === opening) connecting = undefined
  }
  const run = async (argv: readonly string[], call: HostCall): Promise<HostReply> => {
    const commandLine = commandLineOf(argv, hasStdin(call))
    if (commandLine.includes('\0')) throw new HostError(name, `${argv[0]} cannot be run: an argument has a NUL in it`)
    if (Buffer.byteLength(commandLine) > LONGEST_COMMAND_LINE) throw new HostError(name, `${argv[0]} cannot be run: its arguments are longer than ${LONGEST_COMMAND_LINE} bytes in all; pass what is long by stdin`)
    return limit(async () => {
      throwIfAborted(name, argv, call.signal)
      const connection = await orAborted(name, argv, call.signal, connecting ?? open())
      return runOnChannel({ host: name, program: argv[0] ?? '', commandLine, connection, call })
    })
  }
  return {
    name,
    address,
    run: async (argv, call) => {
      const { stdin } = call
      if (stdin === undefined || typeof stdin === 'string') return run(argv, call)
      // It may fail before anybody reads it.
      stdin.on('error', () => undefined)
      return run(argv, call).finally(() => stdin.destroy())
    },
    close: async () => {
      const opening = connecting
      connecting = undefined
      await opening?.then(({ client }) => client.end(), () => undefined)
    },
  }
}

function hasStdin({ stdin }: HostCall): boolean {
  return stdin !== undefined && stdin !== ''
}

function throwIfAborted(host: string, argv: readonly string[], signal: AbortSignal): void {
  if (signal.aborted) throw new HostError(host, `${argv[0]} was not started: it was aborted before`)
}

/** Others may go on to wait for it. */
async function orAborted<T>(host: string, argv: readonly string[], signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const over = new AbortController()
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { signal: over.signal }))
  try {
    await Promise.race([promise, aborted])
    throwIfAborted(host, argv, signal)
    return await promise
  } finally {
    over.abort()
  }
}
