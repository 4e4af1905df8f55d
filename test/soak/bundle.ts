import { readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Scripts that start fast. */
export interface Bundle {
  readonly server: string
  readonly host: string
}

/** Bundles both processes into a folder: plain JavaScript starts in a tenth of the time. The kinds stay files, since the host reads its folder. */
export async function bundleProcesses(folder: string): Promise<Bundle> {
  const kinds = readdirSync(join(root, 'examples/konnect/kinds')).map((name) => name.replace(/\.ts$/, ''))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n')
  await build({
    config: false,
    silent: true,
    entry: {
      'server-process': join(root, 'test/soak/server-process.ts'),
      'host-process': join(root, 'test/soak/host-process.ts'),
      ...Object.fromEntries(kinds.map((name) => [`kinds/${name}`, join(root, `examples/konnect/kinds/${name}.ts`)])),
    },
    outDir: folder,
    format: 'esm',
    target: 'node20',
    splitting: true,
    clean: false,
    dts: false,
    noExternal: [/.*/],
    esbuildOptions: (options) => {
      options.alias = { convergent: join(root, 'src/index.ts'), 'convergent/rest': join(root, 'src/provider/rest/index.ts') }
    },
  })
  return { server: join(folder, 'server-process.js'), host: join(folder, 'host-process.js') }
}
