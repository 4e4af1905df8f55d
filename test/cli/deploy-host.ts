import type { CliIo } from '../../src/cli/cli-io.ts'
import type { CliOptions } from '../../src/cli/cli-options.ts'
import { createCli } from '../../src/cli/create-cli.ts'
import { createDeployment } from '../runs/deployment.ts'

/** A host of deployments: services of two hosts, as files of a folder. Its state is in the folder beside them. */
export function createDeployHost(folder: string, more: Partial<CliOptions> = {}) {
  const deployment = createDeployment(folder)
  const cli = createCli({
    name: 'mini',
    provider: deployment.provider,
    hooks: deployment.hooks,
    files: ['deploy.json'],
    load: async () => ({ desired: [], phases: deployment.phases, operation: 'deploy', checks: [{ name: 'hosts reachable', run: () => ({ status: 'passed', details: { hosts: 2 } }) }] }),
    ...more,
  })
  const runWords = (argv: readonly string[], io?: CliIo): Promise<number> => cli.run([...argv, '--state-dir', `${folder}/state`], io)
  return { ...deployment, runWords, run: (line: string, io?: CliIo) => runWords(line.split(' '), io) }
}
