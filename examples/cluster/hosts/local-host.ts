import { CommandError, runCommand } from 'convergent/node'
import { HostError } from './host-error.ts'
import type { Host, HostCall, HostReply, HostSpec } from './host.ts'

/** This machine. */
export function localHost({ name, address }: HostSpec): Host {
  return {
    name,
    address,
    run: (argv, call) => runHere(name, argv, call),
    close: () => Promise.resolve(),
  }
}

async function runHere(host: string, [command = '', ...args]: readonly string[], { signal, ...call }: HostCall): Promise<HostReply> {
  try {
    return await runCommand({ command, args, cwd: '/', ...call }, { signal, print: () => undefined })
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    throw new HostError(host, error.message, { ...(error.exitCode !== undefined && { exitCode: error.exitCode }), cause: error })
  }
}
