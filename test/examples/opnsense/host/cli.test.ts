import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createCli } from 'convergent/cli'
import { cliOptions } from '../../../../examples/opnsense/cli.ts'
import { startFirewall, type FirewallServer } from '../../../../examples/opnsense/server/start.ts'
import { memoryIo } from '../../../cli/memory-io.ts'

let server: FirewallServer
let folder: string
beforeEach(async () => {
  server = await startFirewall()
  folder = mkdtempSync(join(tmpdir(), 'opnsense-'))
})
afterEach(async () => {
  rmSync(folder, { recursive: true })
  await server.close()
})

async function run(text: string, command: readonly string[], env: Record<string, string | undefined> = {}) {
  const file = join(folder, 'firewall.yaml')
  writeFileSync(file, text)
  const given = { OPNSENSE_URL: server.url, OPNSENSE_KEY: server.key, OPNSENSE_SECRET: server.secret, ...env }
  const io = memoryIo({ env: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Record<string, string> })
  const code = await createCli(cliOptions).run([...command, '-f', file, '--state-dir', join(folder, 'state')], io)
  return { code, out: io.out(), err: io.err().replaceAll(folder, '') }
}

const good = 'resources: [{ type: alias, name: inside, alias_type: network, content: [10.0.0.0/8] }, { type: rule, name: r, description: R, source_net: inside }]'

it('applies a file, and then has nothing to do', async () => {
  const first = await run(good, ['sync', '--auto-approve'])
  expect(first).toMatchObject({ code: 0, err: '' })
  expect(server.live()).toMatchObject({ alias: [{ name: 'inside' }], rule: [{ description: 'R', source_net: 'inside' }] })
  const second = await run(good, ['plan', '--mode', 'sync'])
  expect(second).toMatchObject({ code: 0, err: '' })
  expect(second.out).toContain('Nothing to do')
})

it.each([
  ['a misspelt type', good.replace('type: rule', 'type: rul'), 'unknown type "rul"; did you mean "rule"? (/firewall.yaml:1:96)'],
  ['what is no YAML', 'resources: [', 'invalid YAML'],
  ['two rules that nothing tells apart', 'resources: [{ type: rule, name: a, description: R }, { type: rule, name: b, description: R }]', 'rule/b'],
  ['aliases that hold each other', 'resources: [{ type: alias, name: aa, alias_type: networkgroup, content: [bb] }, { type: alias, name: bb, alias_type: networkgroup, content: [aa] }]', 'alias/aa → alias/bb → alias/aa'],
])('refuses %s with a message, and asks the firewall to change nothing', async (_, text, message) => {
  const { code, err } = await run(text, ['sync', '--auto-approve'])
  expect(code).toBe(1)
  expect(err).toContain(message)
  expect(server.requests.filter(({ path }) => !path.includes('/search'))).toEqual([])
})

it.each([
  [{ OPNSENSE_URL: undefined }, 'OPNSENSE_URL is not set; set OPNSENSE_URL (https://192.0.2.1, say), OPNSENSE_KEY and OPNSENSE_SECRET'],
  [{ OPNSENSE_KEY: '', OPNSENSE_SECRET: undefined }, 'OPNSENSE_KEY and OPNSENSE_SECRET are not set'],
  [{ OPNSENSE_SECRET: 'wrong-canary' }, '401'],
  [{ OPNSENSE_URL: 'http://127.0.0.1:1' }, 'cannot be reached'],
])('says what is wrong with the environment: %o', async (env, message) => {
  const { code, out, err } = await run(good, ['plan'], env)
  expect(code).toBe(1)
  expect(err).toContain(message)
  expect(out + err).not.toContain('canary')
})

it('checks a file without a firewall', async () => {
  expect(await run(good, ['validate'], { OPNSENSE_URL: undefined, OPNSENSE_KEY: undefined, OPNSENSE_SECRET: undefined })).toMatchObject({ code: 0, err: '' })
})

it('takes the address of the API with its path or without', async () => {
  expect(await run(good, ['sync', '--auto-approve'], { OPNSENSE_URL: `${server.url}/api/` })).toMatchObject({ code: 0, err: '' })
})
