import { createCli } from 'convergent/cli'
import { cliOptions } from './cli.ts'

process.exitCode = await createCli(cliOptions).run(process.argv.slice(2))
