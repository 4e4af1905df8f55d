import type { CliOptions } from 'convergent/cli'
import { loadKonnect } from './input/load.ts'
import { konnect } from './konnect.ts'

/** The host's command line: Konnect as the backend, kongctl's YAML as the input. */
export const cliOptions: CliOptions = {
  name: 'konnect',
  description: 'Plans and applies a declarative Konnect configuration.',
  flags: [{ flags: '--base-dir <folder>', description: 'let !file read anything below this folder' }],
  provider: ({ env, offline }) => {
    const { KONNECT_URL: url, KONNECT_TOKEN: token } = env
    if (offline) return konnect({ url: url ?? 'http://offline.invalid', token: token ?? '' })
    if (url === undefined || token === undefined) throw new Error(`${url === undefined ? 'KONNECT_URL' : 'KONNECT_TOKEN'} is not set; set KONNECT_URL (https://eu.api.konghq.com, say) and KONNECT_TOKEN`)
    return konnect({ url, token })
  },
  load: async (paths, { env, flags, readStdin }) => {
    const baseDir = flags['baseDir']
    return loadKonnect(paths, { env, ...(typeof baseDir === 'string' && { baseDir }), ...(paths.includes('-') && { stdin: await readStdin() }) })
  },
}
