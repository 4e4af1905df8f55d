import { createDeployHost } from './deploy-host.ts'

// The host for the pseudo-terminal: the folder, then the command line.
const [folder = '.', ...line] = process.argv.slice(2)
process.exitCode = await createDeployHost(folder).run(line.join(' '))
