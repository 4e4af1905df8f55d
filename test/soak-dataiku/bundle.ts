import { join } from 'node:path'
import { bundleScripts } from '../soak/bundle-scripts.ts'

/** The scripts of a soak. */
export interface Bundle {
  readonly host: string
  readonly server: string
}

/** Bundles the host and the server into a folder, and gives the scripts. */
export async function bundleProcesses(folder: string): Promise<Bundle> {
  await bundleScripts(folder, { 'host-process': 'test/soak-dataiku/host-process.ts', 'server-process': 'test/soak-dataiku/server-process.ts' })
  return { host: join(folder, 'host-process.js'), server: join(folder, 'server-process.js') }
}
