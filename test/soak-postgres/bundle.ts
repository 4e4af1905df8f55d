import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Bundles the host's process into a folder, and gives the script: plain JavaScript starts in a tenth of the time. */
export async function bundleHost(folder: string): Promise<{ readonly host: string }> {
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n')
  await build({
    config: false,
    silent: true,
    entry: { 'host-process': join(root, 'test/soak-postgres/host-process.ts') },
    outDir: folder,
    format: 'esm',
    target: 'node20',
    splitting: true,
    clean: false,
    dts: false,
    noExternal: [/.*/],
    // The driver is CommonJS, and looks for what is not there.
    external: ['pg-native', 'pg-cloudflare'],
    banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)` },
    esbuildOptions: (options) => {
      options.alias = { convergent: join(root, 'src/index.ts') }
    },
  })
  return { host: join(folder, 'host-process.js') }
}
