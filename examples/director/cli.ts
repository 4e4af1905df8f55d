import { join } from 'node:path'
import type { CliContext, CliOptions } from 'convergent/cli'
import { readTime } from '../parts/read-time.ts'
import { director, type DirectorOptions } from './director.ts'
import { readEnvironment } from './environment.ts'
import { loadDirector } from './input/load.ts'
import { pairFile } from './pair-file.ts'

/** The host's command line: a Director as the backend, lists of resources in YAML, each for a node, as the input. */
export const cliOptions: CliOptions = {
  name: 'director',
  description: 'Plans and applies a declarative configuration of LogPoints behind a Director.',
  provider: (context) => director(readOptions(context)),
  load: async (paths, { readStdin }) => ({ desired: loadDirector(paths, paths.includes('-') ? { stdin: await readStdin() } : {}) }),
  flags: [
    { flags: '--order-timeout <seconds>', description: 'how long an order of the Director is waited for (default: 180)' },
    { flags: '--poll-every <seconds>', description: 'between two questions for an order (default: 1)' },
    { flags: '--read-lag <seconds>', description: 'how long reads may show what was before (default: 10)' },
  ],
}

function readOptions({ env, flags, stateDir, offline }: CliContext): DirectorOptions {
  const times = { ...readTime('orderTimeoutMs', '--order-timeout', flags['orderTimeout']), ...readTime('pollEveryMs', '--poll-every', flags['pollEvery']), ...readTime('lagMs', '--read-lag', flags['readLag']) }
  if (offline) return { url: 'http://offline.invalid', token: '', secret: '', ...times }
  const access = readEnvironment(env)
  return { ...access, ...times, pairs: pairFile(join(stateDir, 'director-token.json'), access.url, access.secret) }
}
