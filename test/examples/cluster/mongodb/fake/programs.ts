import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

const BUNDLE = 'fake-mongod.mjs'

/** Bundles the fake server into a folder: plain JavaScript starts in a tenth of the time. */
export async function bundleFake(folder: string): Promise<void> {
  await build({
    config: false,
    silent: true,
    entry: { 'fake-mongod': fileURLToPath(new URL('fake-mongod.ts', import.meta.url)) },
    outDir: folder,
    outExtension: () => ({ js: '.mjs' }),
    format: 'esm',
    target: 'node20',
    clean: false,
    dts: false,
    noExternal: [/.*/],
    banner: { js: "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)" },
    esbuildOptions: (settings) => {
      // All that the fake takes of the driver; the rest of it would take longer to load than all else.
      settings.alias = { mongodb: 'bson' }
    },
  })
}

/** Programs in `bin` of a folder, as a topology names it, that run the bundle in `bundled`. What they know together is in `folder`. */
export function writePrograms(folder: string, release: string, bundled: string): void {
  mkdirSync(join(folder, 'bin'), { recursive: true })
  for (const program of ['mongod', 'mongos']) {
    writeFileSync(join(folder, 'bin', program), `#!/bin/sh\nexec '${process.execPath}' '${join(bundled, BUNDLE)}' '${folder}' ${program} ${release} "$@"\n`)
    chmodSync(join(folder, 'bin', program), 0o755)
  }
}
