import { readdirSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { join } from 'node:path'
import type { Kind } from './kind.ts'

/** Loads every file of a folder as a kind: to add one is to add a file, which exports it as `kind`. Parents come first. */
export async function loadKinds(folder: string): Promise<readonly Kind[]> {
  const files = readdirSync(folder).filter((name) => /\.[jt]s$/.test(name)).sort()
  const modules = await Promise.all(files.map((name) => import(pathToFileURL(join(folder, name)).href) as Promise<{ readonly kind?: Kind | readonly Kind[] }>))
  return sortParentsFirst(
    modules.flatMap(({ kind }, index) => {
      if (kind === undefined) throw new Error(`${files[index]} exports no kind`)
      return kind
    }),
  )
}

/** Every kind of this host. */
export const kinds = await loadKinds(fileURLToPath(new URL('kinds', import.meta.url)))

function sortParentsFirst(found: readonly Kind[]): readonly Kind[] {
  const depthOf = ({ input }: Kind): number => {
    const parent = found.find(({ type }) => type === input.parent?.type)
    return parent === undefined ? 0 : depthOf(parent) + 1
  }
  return found.toSorted((a, b) => depthOf(a) - depthOf(b))
}
