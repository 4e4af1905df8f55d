import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createCli, processIo } from 'convergent/cli'
import { cliOptions } from './cli.ts'
import { parseDirector } from './input/load.ts'
import type { Order } from './server/order.ts'
import { startDirector } from './server/start.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'convergent-director-'))
await cp(fileURLToPath(new URL('demo', import.meta.url)), join(folder, 'banks'), { recursive: true })
process.chdir(folder)
const texts = await Promise.all(['bank-a', 'bank-b'].map((bank) => readFile(`banks/${bank}.yaml`, 'utf8')))
const nodes = new Map(texts.flatMap((text) => parseDirector(text)).filter(({ type }) => type === 'Node').map(({ name, inputs }) => [String(inputs['id']), name]))
const server = await startDirector({ nodes: [...nodes.keys()], orderMs: 100, lagMs: 300 })
const env = { DIRECTOR_URL: server.url, DIRECTOR_TOKEN: 'local', DIRECTOR_SECRET: 'local-secret' }
const cli = createCli(cliOptions)
const io = processIo()
const often = ['--poll-every', '0.1']

/** Runs one command of the host's command line as a person would, and says so; of a text that is long, both ends. */
async function run(expected: number, ...command: readonly string[]): Promise<void> {
  console.log(`\n$ director ${command.join(' ')}\n`)
  let printed = ''
  const code = await cli.run([...command, ...often], { ...io, env: command[0] === 'validate' ? {} : env, stdout: (text) => (command[0] === 'plan' ? void (printed += text) : io.stdout(text)) })
  const lines = printed.trimEnd().split('\n')
  if (printed !== '') console.log((lines.length < 40 ? lines : [...lines.slice(0, 10), `  … ${lines.length - 13} more lines`, ...lines.slice(-3)]).join('\n'))
  if (code !== 0) console.log(`\n(exit code ${code})`)
  if (code !== expected) throw new Error(`the demo expected exit code ${expected}, found ${code}`)
}

/** Runs one in a process of its own, and kills it when some orders are done, and as many as it gives at once are under way, each asked for already. */
async function runAndKill(...command: readonly string[]): Promise<void> {
  console.log(`\n$ director ${command.join(' ')}\n`)
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), main, ...command, ...often], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<NodeJS.Signals | null>((resolve) => void child.once('close', (_, signal) => resolve(signal)))
  // The plan was shown before.
  createInterface({ input: child.stdout }).on('line', (line) => /^(run|\[\d|\w+\/)/.test(line) && console.log(line))
  const isAskedFor = ({ id }: Order): boolean => server.requests.some(({ path, status }) => path.endsWith(id) && status === 200)
  const look = setInterval(() => {
    const open = listOpen()
    if (server.orders().length > open.length && open.length === 10 && open.every(isAskedFor)) child.kill('SIGKILL')
  }, 20)
  const signal = await ended
  clearInterval(look)
  if (signal !== 'SIGKILL') throw new Error('the demo expected to kill it')
  console.log('\n(kill -9)')
}

function listOpen(): readonly Order[] {
  return server.orders().filter(({ outcome }) => outcome === undefined)
}

/** What an order is to do, in a few words. */
function describe({ node, errand }: Order): string {
  if (errand.does === 'refresh-paths') return `${nodes.get(node)}: ${errand.does}`
  const name = errand.does === 'create' ? (errand.fields['policy_name'] ?? errand.fields['name']) : names.get(errand.id)
  return `${nodes.get(node)}: ${errand.does} ${errand.kind} ${String(name)}`
}

/** Changes the file of a bank, as with an editor. */
async function edit(file: string, ...changes: readonly (readonly [from: string, to: string])[]): Promise<void> {
  const text = await readFile(file, 'utf8')
  await writeFile(file, changes.reduce((all, [from, to]) => all.replaceAll(from, to), text))
}

/** What each object was called when they were listed last, by its id. */
const names = new Map<string, string>()

/** Every object of the banks, as `node kind name`. */
function listObjects(): readonly string[] {
  return Object.entries(server.state().nodes).flatMap(([node, tables]) =>
    Object.entries(tables).flatMap(([table, rows]) =>
      rows.flatMap((row) => {
        const name = String(row['policy_name'] ?? row['name'])
        names.set(row.id, name)
        return name.startsWith('bank-') ? [`${nodes.get(node)} ${table} ${name}`] : []
      }),
    ),
  )
}

try {
  console.log(`A local Director listens on ${server.url}, with three LogPoints in three pools. It takes every write as an order and carries out
those of a LogPoint one after the other, 0.1 s each; what they did shows 0.3 s later. (Orders are asked for every 0.1 s here: --poll-every 0.1.)
Two banks of 20 resources each are declared in banks/. They can be checked without a Director
(43 with the three LogPoints, which are looked for and never changed):`)
  await run(0, 'validate', '-f', 'banks')
  await run(2, 'plan', '-f', 'banks', '--mode', 'sync', '-o', 'plan.json')

  console.log('\nThe plan is approved. Then the LogPoints are slow: one order on each takes 7 s, and the others queue behind it.')
  for (const node of nodes.keys()) server.fault({ fault: 'late', method: 'POST', path: new RegExp(`${node}/NormalizationPolicy`), afterMs: 7_000 })
  await runAndKill('sync', '--plan', 'plan.json')
  const left = listOpen()
  console.log(`\nKilled, with ${left.length} orders under way that nobody asks for any more:\n${left.map((order) => `  ${describe(order)}`).join('\n')}`)
  await run(2, 'doctor')

  console.log('\nIt goes on with the same plan: the orders that it had saved are asked for, and none of them is given twice.\nIn the middle of it the token expires.')
  server.fault({ fault: 'expire', method: 'POST', path: /ProcessingPolicy/ })
  const [asked, askedFor] = [server.requests.length, (order: Order): boolean => server.requests.slice(asked).some(({ path }) => path.endsWith(order.id))]
  await run(0, 'resume')
  const objects = listObjects()
  console.log(`\n${left.filter(askedFor).length} of the ${left.length} orders were asked for again. In all there were ${server.orders().length} orders, and there are ${objects.length} objects with ${new Set(objects).size} names.
The token was renewed with its secret key; the new pair is in .convergent/director-token.json, which nobody else may read.`)
  await run(0, 'plan', '-f', 'banks', '--mode', 'sync')

  console.log(`\nBank B calls its long-term repo an archive. No PUT takes a name: the new one is made, who uses the old one is moved, the old one goes.
The reply to the first order gets lost, and the last one takes its time.`)
  await edit('banks/bank-b.yaml', ['name: bank-b-longterm,', 'name: bank-b-archive, moved: bank-b-longterm,'], ['catch_all: bank-b-longterm', 'catch_all: bank-b-archive'])
  server.fault({ fault: 'reset-after', method: 'POST', path: /Repos$/ })
  server.fault({ fault: 'late', method: 'DELETE', path: /Repos/, afterMs: 1_500 })
  const before = server.orders().length
  await run(0, 'sync', '-f', 'banks', '--auto-approve')
  console.log(`\nThe orders that it took, though one reply never came:\n${server.orders().slice(before).map((order) => `  ${describe(order)}`).join('\n')}`)

  console.log('\nThen somebody keeps audit logs longer, and puts the archive on a disk that the LogPoint does not have. Only the LogPoint can know that.')
  const good = await readFile('banks/bank-b.yaml', 'utf8')
  await edit('banks/bank-b.yaml', ['retention: 305', 'retention: 700'], ['/opt/immune/storage-cold/, retention: 2555', '/opt/immune/storage-tape/, retention: 2555'])
  await run(3, 'sync', '-f', 'banks', '--auto-approve', '--rollback-on-failure')

  console.log('\nThe audit repo is as before. So is the file, once its last change is taken back:')
  await writeFile('banks/bank-b.yaml', good)
  await run(0, 'plan', '-f', 'banks', '--mode', 'sync')
  console.log(`\n${listObjects().length} objects on three LogPoints, ${server.orders().length} orders, ${server.requests.length} requests. Everything is as declared.`)
} finally {
  await server.close()
  process.chdir(tmpdir())
  await rm(folder, { recursive: true })
}
