import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { bundleScripts } from './bundle-scripts.ts'

/** Scripts that start fast. */
export interface Bundle {
  readonly server: string
  readonly host: string
}

/** Bundles both processes into a folder. The kinds stay files, since the host reads its folder. */
export async function bundleProcesses(folder: string): Promise<Bundle> {
  const kinds = readdirSync(new URL('../../examples/konnect/kinds', import.meta.url)).map((name) => name.replace(/\.ts$/, ''))
  await bundleScripts(folder, {
    'server-process': 'test/soak/server-process.ts',
    'host-process': 'test/soak/host-process.ts',
    ...Object.fromEntries(kinds.map((name) => [`kinds/${name}`, `examples/konnect/kinds/${name}.ts`])),
  })
  return { server: join(folder, 'server-process.js'), host: join(folder, 'host-process.js') }
}
