import { join } from 'node:path'
import { bundleScripts } from '../soak/bundle-scripts.ts'

/** The scripts of a soak. */
export interface Bundle {
  readonly host: string
  readonly director: string
}

/** Bundles the host and the Director into a folder, and gives the scripts. */
export async function bundleProcesses(folder: string): Promise<Bundle> {
  await bundleScripts(
    folder,
    { 'host-process': 'test/soak-director/host-process.ts', 'director-process': 'test/soak-director/director-process.ts' },
    // The reader of YAML is CommonJS.
    { banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)` } },
  )
  return { host: join(folder, 'host-process.js'), director: join(folder, 'director-process.js') }
}
