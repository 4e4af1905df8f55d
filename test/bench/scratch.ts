import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder on the disk for the time of one scenario. */
export interface Scratch {
  readonly folder: string
  /** Bytes of all files in it. */
  weigh(): Promise<number>
  remove(): Promise<void>
}

export async function makeScratch(): Promise<Scratch> {
  const folder = await mkdtemp(join(tmpdir(), 'convergent-bench-'))
  return {
    folder,
    async weigh() {
      const sizes = await Promise.all((await listFiles(folder)).map(async (path) => (await stat(path)).size))
      return sizes.reduce((sum, size) => sum + size, 0)
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Every file below a folder; a second name of one that was seen counts once. */
export async function listFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const seen = new Set<number>()
  const paths: string[] = []
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name)
    const { ino } = await stat(path)
    if (!seen.has(ino)) paths.push(path)
    seen.add(ino)
  }
  return paths
}
