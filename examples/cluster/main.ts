import { createCli } from 'convergent/cli'
import { cliOptions } from './cli.ts'
import { sharedHosts } from './hosts/shared-hosts.ts'

process.exitCode = await createCli(cliOptions).run(process.argv.slice(2))
await sharedHosts.close()
