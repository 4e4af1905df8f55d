import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createCli, processIo } from 'convergent/cli'
import { cliOptions } from './cli.ts'
import { startDataiku } from './server/start.ts'

const folder = await mkdtemp(join(tmpdir(), 'convergent-dataiku-'))
await cp(fileURLToPath(new URL('demo', import.meta.url)), folder, { recursive: true })
process.chdir(folder)
const server = await startDataiku({ futureMs: 300 })
const env = { HOME: folder, DATAIKU_DSS_URL: server.url, DATAIKU_API_KEY: 'local', BIKES_CONNECTION: 'filesystem_managed' }
const cli = createCli(cliOptions)
const io = processIo()

/** Runs one command of the host's command line as a person would, and says so. */
async function run(expected: number, ...command: readonly string[]): Promise<void> {
  console.log(`\n$ dataiku ${command.join(' ')}\n`)
  const code = await cli.run([...command, '--poll-every', '0.1'], { ...io, env })
  if (code !== 0) console.log(`\n(exit code ${code})`)
  if (code !== expected) throw new Error(`the demo expected exit code ${expected}, found ${code}`)
}

/** What the server has, as `project: datasets and recipes`. */
function listObjects(): readonly string[] {
  return Object.entries(server.state().projects).map(([key, { datasets, recipes }]) => `${key}: ${[...Object.keys(datasets), ...Object.keys(recipes)].sort().join(', ') || 'nothing in it'}`)
}

function show(expected: string): void {
  const [found = 'nothing', ...others] = listObjects()
  console.log(`\n(on the server: ${found})`)
  if (found !== expected || others.length > 0) throw new Error(`the demo expected ${expected}, found ${[found, ...others].join('; ')}`)
}

try {
  console.log('A project and a dataset are created.')
  await run(0, 'sync', '-c', '1-project.yml', '-e', 'dev', '--auto-approve')
  show('BIKE_COUNTS: daily_counts')

  console.log('\nA description changes: one update. What the server has set beside it stays, although its PUT replaces everything.')
  await run(0, 'sync', '-c', '2-description.yml', '-e', 'dev', '--auto-approve')

  console.log('\nThe dataset is declared no more: one delete. Its data stays, since nobody said drop_data.')
  server.store('filesystem_managed/BIKE_COUNTS/daily_counts', [['north', '2026-05-01', 512]])
  await run(0, 'sync', '-c', '3-without-dataset.yml', '-e', 'dev', '--auto-approve')
  show('BIKE_COUNTS: nothing in it')
  if (server.data()['filesystem_managed/BIKE_COUNTS/daily_counts'] === undefined) throw new Error('the demo expected the data to be there')

  console.log('\nTwo datasets and a recipe that the server refuses: what was created is taken back.')
  await run(3, 'sync', '-c', '4-recipe.yml', '-e', 'dev', '--auto-approve')
  show('BIKE_COUNTS: nothing in it')

  console.log('\nThe state of the environment, which can be read at any time, also while a run goes on:')
  console.log(`\n$ cat .convergent/dev.state.json\n\n${await readFile('.convergent/dev.state.json', 'utf8')}`)
  await run(0, 'plan', '-c', '3-without-dataset.yml', '-e', 'dev', '--mode', 'sync')
} finally {
  await server.close()
  process.chdir(tmpdir())
  await rm(folder, { recursive: true, force: true })
}
