import { join } from 'node:path'
import { bundleScripts } from '../soak/bundle-scripts.ts'

/** Bundles the host into a folder, and gives the script. */
export async function bundleHost(folder: string): Promise<{ readonly host: string }> {
  await bundleScripts(folder, { 'host-process': 'test/soak-opnsense/host-process.ts' })
  return { host: join(folder, 'host-process.js') }
}
