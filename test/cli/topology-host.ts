import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CliContext } from '../../src/cli/cli-context.ts'
import type { CliOptions } from '../../src/cli/cli-options.ts'
import { createCli } from '../../src/cli/create-cli.ts'
import { createDeployment } from '../runs/deployment.ts'
import { memoryIo } from './memory-io.ts'

/** A host whose commands are its own: what a topology file says is deployed, and taken away. Counts what it is asked. */
export function createTopologyHost(more: Partial<CliOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'convergent-topology-'))
  const file = join(folder, 'top ology.json')
  writeFileSync(file, JSON.stringify({ name: 'shop' }))
  const deployment = createDeployment(folder)
  const asked: string[] = []
  const contexts: CliContext[] = []
  const nameOf = (files: readonly string[]): string => (JSON.parse(readFileSync(files[0] ?? 'no file', 'utf8')) as { readonly name: string }).name
  const cli = createCli({
    name: 'cluster',
    provider: deployment.provider,
    stack: ({ files }) => {
      asked.push('stack')
      return nameOf(files)
    },
    hooks: async ({ files, stack }) => {
      asked.push(`hooks of ${stack} ${nameOf(files)}`)
      return deployment.hooks
    },
    commands: {
      deploy: {
        description: 'deploy what a topology describes',
        flags: [{ flags: '--slowly', description: 'take your time' }],
        load: async (paths, context) => {
          contexts.push(context)
          asked.push(`deploy ${paths.length}`)
          return { phases: deployment.phases }
        },
      },
      destroy: { description: 'take it all away', isDestructive: true, load: async () => ({ phases: deployment.phases.slice(0, 1) }) },
      status: {
        description: 'say how it is',
        run: async (paths, context) => {
          contexts.push(context)
          context.print(`${context.stack}: ${paths.length} file`)
          context.remark('beside it')
          return 7
        },
      },
    },
    conclude: ({ counts }, { command }) => `${command} ran ${counts.succeeded}\u0007\nConnect with: nothing`,
    ...more,
  })
  const run = async (line: string, how: Parameters<typeof memoryIo>[0] = {}) => {
    const io = memoryIo(how)
    const words = line.split(' ').map((word) => word.replace('FILE', file).replace('DIR', folder))
    const code = await cli.run([...words, ...(words[0]?.startsWith('-') === true ? [] : ['--state-dir', join(folder, 'state')])], io)
    return { code, out: io.out(), err: io.err(), questions: io.questions }
  }
  return { ...deployment, cli, folder, file, asked, contexts, run }
}
