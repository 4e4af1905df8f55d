import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createCli, processIo } from 'convergent/cli'
import { cliOptions } from './cli.ts'
import { startKonnect } from './server/start.ts'

const input = fileURLToPath(new URL('demo', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'convergent-demo-'))
const server = await startKonnect({ token: 'demo' })
const cli = createCli(cliOptions)
const io = processIo()

/** Runs one command of the host's command line as a person would, and says so. */
async function run(...command: readonly string[]): Promise<number> {
  const shown = command.map((word) => (word === input ? 'examples/konnect/demo' : word.replace(folder, '.'))).join(' ')
  console.log(`\n$ konnect ${shown}\n`)
  const code = await cli.run([...command, '--state-dir', join(folder, 'state')], { ...io, env: { ...process.env, KONNECT_URL: server.url, KONNECT_TOKEN: 'demo' } })
  if (code !== 0) console.log(`\n(exit code ${code})`)
  return code
}

function expectCode(code: number, expected: number): void {
  if (code !== expected) throw new Error(`the demo expected exit code ${expected}, found ${code}`)
}

try {
  console.log(`A local Konnect listens on ${server.url}.`)
  const plan = join(folder, 'plan.json')
  expectCode(await run('plan', '-f', input, '--mode', 'sync', '-o', plan), 2)
  expectCode(await run('sync', '--plan', plan, '--auto-approve'), 0)
  expectCode(await run('plan', '-f', input, '--mode', 'sync'), 0)

  console.log('\nNow somebody changes three things by hand: a portal is renamed, a document is rewritten, a publication is withdrawn.')
  const { portal = [], document = [], publication = [] } = server.objects()
  server.edit('portal', String(portal[0]?.['id']), { display_name: 'Harbor Devs' })
  server.edit('document', String(document[0]?.['id']), { content: '# Under construction\n' })
  server.drop('publication', String(publication[0]?.['id']))

  expectCode(await run('drift'), 2)
  expectCode(await run('sync', '-f', input, '--auto-approve'), 0)
  expectCode(await run('plan', '-f', input, '--mode', 'sync'), 0)
  console.log(`\n${server.requests.length} requests in all. Everything is as declared.`)
} finally {
  await server.close()
  await rm(folder, { recursive: true })
}
