import { join } from 'node:path'
import type { TakenOver } from '../core/entry.ts'
import { StoreError } from '../core/errors.ts'
import type { HolderProcess } from './file-holder.ts'
import { faultCode, ifThere, type FileSystem } from './file-system.ts'
import { removeFile, syncFolder, writeTemporary } from './file-write.ts'

/*
 * The lease folder of a stack holds one file, `<fence>.held` or `<fence>.free`; the highest number counts. A claim links a
 * complete file to the next number, which only one process can do; a release renames it. The highest file is never
 * removed, so the fence never goes back. Each renewal appends an empty line: their number is the number of the renewal.
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

/** What stands in the file of a claim, and how often it was renewed; undefined where the file is gone by now. */
export async function readClaim(fs: FileSystem, folder: string, claim: Claim): Promise<{ readonly content: ClaimContent; readonly renewal: number } | undefined> {
  const path = join(folder, claim.name)
  const text = await ifThere(fs.readFile(path, 'utf8'))
  if (text === undefined) return undefined
  try {
    const value = JSON.parse(text) as Partial<ClaimContent> | null
    const isWhole = typeof value?.holder === 'string' && typeof value.since === 'string' && typeof value.pid === 'number' && typeof value.host === 'string' && typeof value.termMs === 'number'
    if (isWhole) return { content: value as ClaimContent, renewal: text.length - text.trimEnd().length - 1 }
  } catch {
    // Said below.
  }
  throw new StoreError(`${path}: this is no claim, so nobody can tell who holds the stack; make sure that no run is under way, then rename it to ${claim.fence}.free`)
}

/** False: somebody else was faster. */
export async function createClaim(fs: FileSystem, folder: string, fence: number, content: ClaimContent): Promise<boolean> {
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
