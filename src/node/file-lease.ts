import { constants } from 'node:fs'
import { join } from 'node:path'
import { LeaseHeldError, LeaseLostError } from '../core/errors.ts'
import { DEFAULT_TERM_MS } from '../store/lease-term.ts'
import type { ClaimOptions, Holding, Lease } from '../store/store.ts'
import { createClaim, findClaim, findHighestFence, freeClaim, isGivenUp, readClaim, type ClaimContent } from './file-claim.ts'
import { describeProcess, isProvablyDead } from './file-holder.ts'
import { faultCode, ifThere, type FileSystem } from './file-system.ts'
import { withFile, writeWhole } from './file-write.ts'

/**
 * Claims a stack: when it is free, when its holder is provably dead, or when that very claim is to be taken over. `known`: the
 * highest fence that is known from elsewhere.
 */
export async function claimLease(fs: FileSystem, folder: string, stack: string, holder: string, known: number, { termMs = DEFAULT_TERM_MS, takeOver }: ClaimOptions = {}): Promise<Lease> {
  const self = describeProcess()
  for (;;) {
    const names = (await ifThere(fs.readdir(folder))) ?? []
    const newest = findClaim(names)
    let taken = {}
    if (newest?.held === true) {
      const present = await readClaim(fs, folder, newest)
      if (present === undefined) continue
      const from = describeHolder(present.content)
      if (isGivenUp(folder, newest.fence, present.content)) taken = {}
      else if (newest.fence === takeOver?.fence) taken = { takenOver: { from, reason: takeOver.reason } }
      else if (!isProvablyDead(present.content, self)) throw new LeaseHeldError(stack, from, present.content.since)
    }
    const fence = Math.max(known, findHighestFence(names)) + 1
    if (await createClaim(fs, folder, fence, { holder, since: new Date().toISOString(), termMs, ...self, ...taken })) return { stack, holder, fence, termMs, ...taken }
  }
}

function describeHolder({ holder, pid, host }: ClaimContent): string {
  return `${holder} (process ${pid} on ${host})`
}

/** Appends a line to the file of the claim. Nothing needs to be durable: a machine that stops has lost its lease anyway. */
export async function renewLease(fs: FileSystem, folder: string, lease: Lease): Promise<void> {
  // A file that a successor cleared away must not come back.
  await ifThere(withFile(fs, join(folder, `${lease.fence}.held`), constants.O_WRONLY | constants.O_APPEND, (handle) => writeWhole(handle, '\n')))
  checkFence(fs, folder, lease)
}

/** The present claim of a stack; undefined where it is free. */
export async function readHolding(fs: FileSystem, folder: string): Promise<Holding | undefined> {
  for (;;) {
    const newest = findClaim((await ifThere(fs.readdir(folder))) ?? [])
    if (newest?.held !== true) return undefined
    const present = await readClaim(fs, folder, newest)
    if (present === undefined) continue
    if (isGivenUp(folder, newest.fence, present.content)) return undefined
    const { content, renewal } = present
    const { since, termMs, takenOver } = content
    return { holder: describeHolder(content), fence: newest.fence, renewal, since, termMs, ...(takenOver && { takenOver }) }
  }
}

/** Gives a claim back; nothing happens when it is lost already. */
export async function releaseLease(fs: FileSystem, folder: string, lease: Lease): Promise<void> {
  await freeClaim(fs, folder, lease.fence)
}

/** Throws `lease-lost` unless the lease is the newest claim and was not released. Looks at the folder, at once. */
export function checkFence(fs: FileSystem, folder: string, lease: Lease): void {
  let names: readonly string[] = []
  try {
    names = fs.namesIn(folder)
  } catch (error) {
    if (faultCode(error) !== 'ENOENT') throw error
  }
  const newest = findClaim(names)
  if (newest?.fence === lease.fence && newest.held) return
  const why =
    newest === undefined ? 'there is no claim in the store'
    : newest.fence === lease.fence ? 'it was released'
    : `it was claimed again with fence ${newest.fence}, this one has ${lease.fence}`
  throw new LeaseLostError(lease.stack, why)
}
