import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

const root = fileURLToPath(new URL('../..', import.meta.url))
const ENTRIES: readonly (readonly [name: string, path: string])[] = [
  ['convergent/node', 'src/node/index.ts'],
  ['convergent/cli', 'src/cli/index.ts'],
  ['convergent/operations', 'src/engine/operation/index.ts'],
  ['convergent', 'src/index.ts'],
]

/** Bundles the host program into a folder, with the library's own source in it, and gives the script: plain JavaScript starts fast. Packages stay where they are. */
export async function bundleHost(folder: string): Promise<string> {
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n')
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  await build({
    config: false,
    silent: true,
    entry: { cluster: join(root, 'examples/cluster/main.ts') },
    outDir: folder,
    format: 'esm',
    target: 'node20',
    clean: false,
    dts: false,
    noExternal: [/^convergent/],
    external: [/^[^./]/],
    esbuildOptions: (settings) => {
      settings.alias = Object.fromEntries(ENTRIES.map(([name, path]) => [name, join(root, path)]))
    },
  })
  return join(folder, 'cluster.js')
}
