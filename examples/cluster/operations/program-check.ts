import type { Instance } from '../cluster.ts'
import { checksumOf } from '../hosts/file.ts'
import { hostOf } from '../hosts/shared-hosts.ts'

/** Why a program must not be run on an instance's host; undefined: it may. `sha256`: as it was when the plan was made. */
export async function findWrongProgram({ host }: Instance, program: string, sha256: string | undefined, signal: AbortSignal): Promise<string | undefined> {
  const found = await checksumOf(hostOf(host), program, signal)
  if (found === undefined) return `${program} is not on ${host.name}`
  if (sha256 !== undefined && found !== sha256) return `${program} on ${host.name} has a wrong checksum: found ${found}, expected ${sha256}; if it was replaced on purpose, plan again, with that checksum where the topology names one`
  return undefined
}
