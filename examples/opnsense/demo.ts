import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createCli, processIo } from 'convergent/cli'
import { cliOptions } from './cli.ts'
import { opnsense } from './opnsense.ts'
import type { Row } from './server/config.ts'
import { startFirewall } from './server/start.ts'

const folder = await mkdtemp(join(tmpdir(), 'convergent-opnsense-'))
await cp(fileURLToPath(new URL('demo/firewall.yaml', import.meta.url)), join(folder, 'firewall.yaml'))
process.chdir(folder)
const server = await startFirewall()
const { url, key, secret } = server
const io = processIo()

/** What a look at the firewall shows: rules that are saved, and rules that packets meet. */
function listRules(): string {
  const { saved, live } = server.state()
  const list = (rows: readonly Row[]): string => rows.map((rule) => `${rule['description']}, port ${rule['destination_port']}`).sort().join('; ') || 'none'
  return `  saved: ${list(saved.rule)}\n  live:  ${list(live.rule)}`
}

/** A look at the firewall right before it is told to make the rules effective. */
let before = ''
const watchedFetch: typeof fetch = (request, init) => {
  if (String(request).endsWith('/firewall/filter/apply')) before = listRules()
  return fetch(request, init)
}
const cli = createCli({ ...cliOptions, provider: () => opnsense({ url, key, secret, fetch: watchedFetch }) })

/** Runs one command of the host's command line as a person would, says so, and gives back what it printed. */
async function run(expected: number, ...command: readonly string[]): Promise<string> {
  console.log(`\n$ opnsense ${command.map((word) => (word.includes(' ') ? `'${word}'` : word)).join(' ')}\n`)
  let printed = ''
  const code = await cli.run(command, { ...io, stdout: (text) => (printed += text, io.stdout(text)) })
  if (code !== 0) console.log(`\n(exit code ${code})`)
  if (code !== expected) throw new Error(`the demo expected exit code ${expected}, found ${code}`)
  return printed
}

/** Changes firewall.yaml, as with an editor. */
async function edit(...changes: readonly (readonly [from: string, to: string])[]): Promise<void> {
  const text = await readFile('firewall.yaml', 'utf8')
  await writeFile('firewall.yaml', changes.reduce((all, [from, to]) => all.replace(from, to), text))
}

try {
  console.log(`A local firewall listens on ${url}. firewall.yaml declares who may use ssh and http.`)
  await run(0, 'apply', '-f', 'firewall.yaml', '--auto-approve')
  console.log(`\nWhat is saved has no effect until it is loaded, once for all rules. Right before:\n${before}\nNow:\n${listRules()}`)
  const [checkpoint = ''] = /[0-9a-f-]{36}/.exec(await run(0, 'checkpoints', '--create', 'ssh and http')) ?? []

  console.log('\nIn the file, ssh moves to port 2222, http goes, https comes. What was reviewed is what is applied.')
  await edit(['port: 22,', 'port: 2222,'], ['name: http,', 'name: https,'], ['port: 80,', 'port: 443,'], ['http from', 'https from'])
  await run(2, 'plan', '-f', 'firewall.yaml', '--mode', 'sync', '-o', 'plan.json')
  await run(0, 'sync', '--plan', 'plan.json', '--auto-approve')
  console.log(`\nThe firewall:\n${listRules()}`)

  console.log('\nThen somebody means to let the laboratory browse, and mistypes the interface. Only the firewall can know that.')
  await edit(['  - { type: server', '  - { type: rule, name: lab, interface: [lann], source_net: [net_lab], description: all from the laboratory }\n\n  - { type: server'], ['{ type: alias, name: net_lab, alias_type: network, content: [192.0.2.128/26]', '{ type: alias, name: net_lab, alias_type: network, content: [192.0.2.128/27]'])
  await run(3, 'sync', '-f', 'firewall.yaml', '--auto-approve', '--rollback-on-failure')
  console.log(`\nThe alias that had been changed is as before, and nothing half done is live:\n${listRules()}`)

  console.log('\nSomebody else opens ssh to the whole world, by hand on the firewall itself.')
  const ssh = server.saved().rule.find(({ description }) => description === 'ssh from inside')
  server.edit('rule', String(ssh?.['uuid']), { source_net: 'any' })
  await run(2, 'drift')

  console.log('\nEnough of it: back to the checkpoint.')
  await run(0, 'restore', checkpoint, '--auto-approve')
  console.log(`\nExactly the two old rules, live:\n${listRules()}`)
} finally {
  await server.close()
  process.chdir(tmpdir())
  await rm(folder, { recursive: true })
}
