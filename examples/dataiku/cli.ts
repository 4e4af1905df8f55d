import { join } from 'node:path'
import type { CliOptions } from 'convergent/cli'
import { importCommand } from './commands/import.ts'
import { rebuildCommand } from './commands/rebuild.ts'
import { connect } from './connect.ts'
import { dataiku } from './dataiku.ts'
import { writeCleanupGuide } from './cleanup-guide.ts'
import { loadDataiku } from './input/load.ts'

/** The host's command line: a DSS as the backend, YAML in two formats as the input, a state for each environment. */
export const cliOptions: CliOptions = {
  name: 'dataiku',
  description: 'Plans and applies projects, datasets and recipes of a Dataiku DSS.',
  provider: (context) => (context.offline ? dataiku({ url: 'http://offline.invalid', apiKey: 'offline' }) : connect(context)),
  load: async (paths, { env, readStdin }) => ({ desired: loadDataiku(paths, { env, ...(paths.includes('-') && { stdin: await readStdin() }) }) }),
  commands: { import: importCommand, rebuild: rebuildCommand },
  flagNames: { file: '-c, --config <path>', stack: '-e, --env <name>', stateDir: '--checkpoint-dir <folder>' },
  flags: [
    { flags: '--credentials <file>', description: 'where address and key are, when DATAIKU_DSS_URL and DATAIKU_API_KEY are not set (default: ~/.dataiku/config.json)' },
    { flags: '--instance <name>', description: 'an instance in that file (default: its default)' },
    { flags: '--future-timeout <seconds>', description: 'how long a future of the server is waited for (default: 180)' },
    { flags: '--poll-every <seconds>', description: 'between two looks at a future (default: 1)' },
  ],
  onFailure: 'rollback',
  rollbackScope: 'creates',
  stateFile: ({ stateDir, stack }) => join(stateDir, `${stack}.state.json`),
  afterRun: writeCleanupGuide,
}
