import { join } from 'node:path'

/**
 * Makes plain JavaScript of an entry here and all that it imports of ours: what a loader adds while it compiles (a call for the
 * name of each function that is made) would be measured with it.
 */
export async function bundleEntry(name: string, folder: string): Promise<string> {
  // Loaded when it is needed: the bundler is larger than all that is measured.
  const { bundleScripts } = await import('../soak/bundle-scripts.ts')
  await bundleScripts(folder, { [name]: `test/bench/${name}.ts` })
  return join(folder, `${name}.js`)
}
