import { join } from 'node:path'
import { LeaseHeldError, LeaseLostError, StoreError } from '../core/errors.ts'
import type { Lease } from '../store/store.ts'
import { describeProcess, isProvablyDead, type HolderProcess } from './file-holder.ts'
import { faultCode, ifThere, type FileSystem } from './file-system.ts'
import { removeFile, syncFolder, writeTemporary } from './file-write.ts'

/*
 * The lease folder of a stack holds one file, `<fence>.held` or `<fence>.free`; the highest number counts. A claim links a
 * complete file to the next number, which only one process can do; a release renames it. The highest file is never
 * removed, so the fence never goes back.
 */

interface Claim {
  readonly fence: number
  readonly held: boolean
  readonly name: string
}

interface ClaimFile extends HolderProcess {
  readonly holder: string
  readonly since: string
}

/** The newest claim among the names of a lease folder. */
function findClaim(names: readonly string[]): Claim | undefined {
  let newest: Claim | undefined
  for (const name of names) {
    const match = /^(\d+)\.(held|free)$/.exec(name)
    if (match === null) continue
    const claim = { fence: Number(match[1]), held: match[2] === 'held', name }
    if (newest === undefined || claim.fence > newest.fence || (claim.fence === newest.fence && !claim.held)) newest = claim
  }
  return newest
}

/** Claims a stack: when it is free, or when its holder is provably dead. */
export async function claimLease(fs: FileSystem, folder: string, stack: string, holder: string): Promise<Lease> {
  const self = describeProcess()
  for (;;) {
    const newest = findClaim((await ifThere(fs.readdir(folder))) ?? [])
    if (newest?.held === true) {
      const present = await readClaim(fs, folder, newest)
      if (present === undefined) continue
      if (!isProvablyDead(present, self)) throw new LeaseHeldError(stack, describeHolder(present), present.since)
    }
    const fence = (newest?.fence ?? 0) + 1
    if (await createClaim(fs, folder, fence, { holder, since: new Date().toISOString(), ...self })) return { stack, holder, fence }
  }
}

function describeHolder({ holder, pid, host }: ClaimFile): string {
  return `${holder} (process ${pid} on ${host})`
}

async function readClaim(fs: FileSystem, folder: string, claim: Claim): Promise<ClaimFile | undefined> {
  const path = join(folder, claim.name)
  const text = await ifThere(fs.readFile(path, 'utf8'))
  if (text === undefined) return undefined
  try {
    const value = JSON.parse(text) as Partial<ClaimFile> | null
    if (typeof value?.holder === 'string' && typeof value.since === 'string' && typeof value.pid === 'number' && typeof value.host === 'string') return value as ClaimFile
  } catch {
    // Said below.
  }
  throw new StoreError(`${path}: this is no claim, so nobody can tell who holds the stack; make sure that no run is under way, then rename it to ${claim.fence}.free`)
}

/** False: somebody else was faster. */
async function createClaim(fs: FileSystem, folder: string, fence: number, content: ClaimFile): Promise<boolean> {
  const temporary = await writeTemporary(fs, folder, [`${JSON.stringify(content)}\n`])
  const path = join(folder, `${fence}.held`)
  try {
    await fs.link(temporary, path)
  } catch (error) {
    if (faultCode(error) === 'EEXIST') return false
    throw error
  } finally {
    await removeFile(fs, temporary)
  }
  // Between looking and linking, others may have claimed and released this number and cleared it away.
  const names = fs.namesIn(folder)
  const newest = findClaim(names)
  if (newest?.fence !== fence || !newest.held) {
    await removeFile(fs, path)
    return false
  }
  await syncFolder(fs, folder)
  for (const name of names) if (/^\d+\.(held|free)$/.test(name) && Number.parseInt(name, 10) < fence) await removeFile(fs, join(folder, name))
  return true
}

/** Gives a claim back; nothing happens when it is lost already. */
export async function releaseLease(fs: FileSystem, folder: string, lease: Lease): Promise<void> {
  await ifThere(fs.rename(join(folder, `${lease.fence}.held`), join(folder, `${lease.fence}.free`)))
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
