import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Makes one plain JavaScript file of an entry here and all that it imports of ours: what a loader adds while it compiles (a call
 * for the name of each function that is made) would be measured with it.
 */
export async function bundleEntry(name: string, folder: string): Promise<string> {
  // Loaded when it is needed: it is larger than all that is measured.
  const { build } = await import('tsup')
  await build({
    config: false,
    entry: { [name]: fileURLToPath(new URL(`${name}.ts`, import.meta.url)) },
    outDir: folder,
    format: 'esm',
    outExtension: () => ({ js: '.mjs' }),
    target: 'node20',
    platform: 'node',
    silent: true,
    clean: false,
    dts: false,
    noExternal: [/^(?!node:)/],
  })
  return join(folder, `${name}.mjs`)
}
