import type { CliOptions } from 'convergent/cli'
import { readEnvironment } from './environment.ts'
import { loadOpnsense } from './input/load.ts'
import { opnsense } from './opnsense.ts'

/** The host's command line: a firewall as the backend, a list of resources in YAML as the input. */
export const cliOptions: CliOptions = {
  name: 'opnsense',
  description: 'Plans and applies a declarative configuration of an OPNsense firewall.',
  provider: ({ env, offline }) => opnsense(offline ? { url: 'http://offline.invalid', key: '', secret: '' } : readEnvironment(env)),
  load: async (paths, { readStdin }) => ({ desired: loadOpnsense(paths, paths.includes('-') ? { stdin: await readStdin() } : {}) }),
}
