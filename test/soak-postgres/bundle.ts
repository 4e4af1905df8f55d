import { join } from 'node:path'
import { bundleScripts } from '../soak/bundle-scripts.ts'

/** Bundles the host's process into a folder, and gives the script. */
export async function bundleHost(folder: string): Promise<{ readonly host: string }> {
  await bundleScripts(
    folder,
    { 'host-process': 'test/soak-postgres/host-process.ts' },
    {
      // The driver is CommonJS, and looks for what is not there.
      external: ['pg-native', 'pg-cloudflare'],
      banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)` },
    },
  )
  return { host: join(folder, 'host-process.js') }
}
