import { Writable } from 'node:stream'
import type { Host, HostCall, HostReply } from './host.ts'

/** Runs a plain sh script. What it is about comes in as `$1` and so on, and is never put into its text. */
export function runScript(host: Host, script: string, args: readonly string[], call: HostCall): Promise<HostReply> {
  return host.run(['sh', '-c', script, 'sh', ...args], call)
}

/** Runs one whose output may be long, all of which is wanted. */
export async function readScript(host: Host, script: string, args: readonly string[], call: HostCall): Promise<HostReply> {
  const pieces: Buffer[] = []
  const stdout = new Writable({
    write: (piece: Buffer, _encoding, done) => {
      pieces.push(piece)
      done()
    },
  })
  const reply = await runScript(host, script, args, { ...call, stdout })
  return { ...reply, stdout: Buffer.concat(pieces).toString() }
}
