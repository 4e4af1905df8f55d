import { join } from 'node:path'
import type { TakenOver } from '../core/entry.ts'
import { StoreError } from '../core/errors.ts'
import type { HolderProcess } from './file-holder.ts'
import { crc32, formatChecksum } from '../format/checksum.ts'
import { faultCode, ifThere, type FileSystem } from './file-system.ts'
import { removeFile, syncFolder, writeTemporary } from './file-write.ts'

/*
 * The lease folder of a stack holds one file, `<fence>.held` or `<fence>.free`; the highest number counts. A claim links a
 * complete file to the next number, which only one process can do; a release renames it. The highest file is never
 * removed, so the fence never goes back; should somebody remove it, `<fence>.was`, its second name, still says that it was
 * there. Each renewal appends an empty line: their number is the number of the renewal.
 */

/** A claim as the name of its file says it. */
export interface Claim {
  readonly fence: number
  readonly held: boolean
  readonly name: string
}

/** What stands in the file of a claim. */
export interface ClaimContent extends HolderProcess {
  readonly holder: string
  readonly since: string
  readonly termMs: number
  readonly takenOver?: TakenOver
}

/** The newest claim among the names of a lease folder. */
export function findClaim(names: readonly string[]): Claim | undefined {
  let newest: Claim | undefined
  for (const name of names) {
    const match = /^(\d+)\.(held|free)$/.exec(name)
    if (match === null) continue
    const claim = { fence: Number(match[1]), held: match[2] === 'held', name }
    if (newest === undefined || claim.fence > newest.fence || (claim.fence === newest.fence && !claim.held)) newest = claim
  }
  return newest
}

/** The highest fence that was ever claimed, as far as the names of a lease folder tell. */
export function findHighestFence(names: readonly string[]): number {
  return Math.max(0, ...names.map((name) => Number(/^(\d+)\.(?:held|free|was)$/.exec(name)?.[1] ?? 0)))
}

const givenUp = new Set<string>()

/** Frees a claim. Where the disk does not let it, this process at least counts it as free: nobody can prove that it is dead. */
export async function freeClaim(fs: FileSystem, folder: string, fence: number): Promise<void> {
  try {
    await ifThere(fs.rename(join(folder, `${fence}.held`), join(folder, `${fence}.free`)))
  } catch (error) {
    givenUp.add(join(folder, String(fence)))
    throw error
  }
}

/** True for a claim of this process that it could not free. */
export function isGivenUp(folder: string, fence: number, { pid }: ClaimContent): boolean {
  return pid === process.pid && givenUp.has(join(folder, String(fence)))
}

/** What stands in the file of a claim, and how often it was renewed; undefined where the file is gone by now. */
export async function readClaim(fs: FileSystem, folder: string, claim: Claim): Promise<{ readonly content: ClaimContent; readonly renewal: number } | undefined> {
  const path = join(folder, claim.name)
  const text = await ifThere(fs.readFile(path, 'utf8'))
  if (text === undefined) return undefined
  try {
    const { crc32: sum, ...value } = JSON.parse(text) as Partial<ClaimContent> & { readonly crc32?: string }
    const isWhole = (sum === undefined || sum === formatChecksum(crc32(JSON.stringify(value)))) && typeof value.holder === 'string' && typeof value.since === 'string' && typeof value.pid === 'number' && typeof value.host === 'string' && typeof value.termMs === 'number'
    if (isWhole) return { content: value as ClaimContent, renewal: text.length - text.trimEnd().length - 1 }
  } catch {
    // Said below.
  }
  throw new StoreError(`${path}: line 1 is no claim, it is damaged or empty, so nobody can tell who holds the stack; make sure that no run is under way, then rename it to ${claim.fence}.free`)
}

/** False: somebody else was faster. */
export async function createClaim(fs: FileSystem, folder: string, fence: number, content: ClaimContent): Promise<boolean> {
  const temporary = await writeTemporary(fs, folder, [`${JSON.stringify({ ...content, crc32: formatChecksum(crc32(JSON.stringify(content))) })}\n`])
  try {
    await fs.link(temporary, join(folder, `${fence}.held`))
  } catch (error) {
    await removeFile(fs, temporary).catch(() => undefined)
    if (faultCode(error) === 'EEXIST') return false
    throw error
  }
  try {
    return await confirmClaim(fs, folder, fence, temporary)
  } catch (error) {
    await removeFile(fs, temporary).catch(() => undefined)
    await freeClaim(fs, folder, fence).catch(() => undefined)
    throw error
  }
}

async function confirmClaim(fs: FileSystem, folder: string, fence: number, temporary: string): Promise<boolean> {
  // Between looking and linking, others may have claimed and released this number and cleared it away.
  const names = fs.namesIn(folder)
  const newest = findClaim(names)
  if (newest?.fence !== fence || !newest.held || findHighestFence(names) > fence) {
    await removeFile(fs, temporary)
    await removeFile(fs, join(folder, `${fence}.held`))
    return false
  }
  await fs.rename(temporary, join(folder, `${fence}.was`))
  await syncFolder(fs, folder)
  // Those that stay say nothing any more.
  for (const name of names) if (/^\d+\.(held|free|was)$/.test(name) && Number.parseInt(name, 10) < fence) await removeFile(fs, join(folder, name)).catch(() => undefined)
  return true
}
