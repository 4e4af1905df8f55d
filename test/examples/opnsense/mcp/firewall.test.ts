import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { showRun } from 'convergent'
import { fileStore } from 'convergent/node'
import { opnsenseHost } from '../../../../examples/opnsense/mcp/opnsense-host.ts'
import { startFirewall, type FirewallServer } from '../../../../examples/opnsense/server/start.ts'
import { callTool, settle, type Reply } from './conversation.ts'

const main = fileURLToPath(new URL('../../../../examples/opnsense/mcp/main.ts', import.meta.url))
const SECRET = 'a-secret-of-the-firewall'

let place: string
let firewall: FirewallServer
beforeEach(async () => {
  place = mkdtempSync(join(tmpdir(), 'convergent-mcp-'))
  firewall = await startFirewall({ key: 'agent', secret: SECRET })
  return async () => {
    await firewall.close()
    rmSync(place, { recursive: true, force: true })
  }
})

/** The server as `npm run opnsense:mcp` starts it, and an agent at the other end of its pipe. */
async function connect(...flags: readonly string[]): Promise<{ call(name: string, args?: Record<string, unknown>): Promise<Reply>; carryOut(tool: string, args: Record<string, unknown>, how?: Record<string, unknown>): Promise<Reply>; kill(): void; readonly client: Client }> {
  const env = { OPNSENSE_URL: firewall.url, OPNSENSE_KEY: 'agent', OPNSENSE_SECRET: SECRET }
  const transport = new StdioClientTransport({ command: process.execPath, args: ['--import', 'tsx', main, '--state-dir', join(place, 'state'), ...flags], env, stderr: 'ignore' })
  const client = new Client({ name: 'test', version: '1.0.0' })
  await client.connect(transport)
  onTestFinished(() => client.close())
  const call = async (name: string, args?: Record<string, unknown>): Promise<Reply> => {
    const reply = await callTool(client, name, args)
    expect(JSON.stringify(reply)).not.toContain(SECRET)
    return reply
  }
  return {
    client,
    call,
    carryOut: async (tool, args, how) => {
      const { planId, hash } = (await call(tool, args)).structured
      return call('applyPlan', { planId, hash, ...how })
    },
    kill: () => void process.kill(transport.pid as number, 'SIGKILL'),
  }
}

const rule = (name: string, port: string): string => `  - { type: rule, name: ${name}, sequence: 100, interface: [lan], protocol: TCP, destination_port: "${port}", description: Allow ${name} }`
const declaration = (...rules: readonly string[]): string => ['resources:', ...rules].join('\n')
const live = (): readonly string[] => firewall.live().rule.map((row) => `${row['description']} ${row['destination_port']}`).sort()

it('ssh and http, a checkpoint, three changes, and the way back: exactly the two old rules, live on the firewall', async () => {
  const { call, carryOut } = await connect()
  const planned = await call('plan', { declaration: declaration(rule('ssh', '22'), rule('http', '80')) })
  expect(settle(planned.text)).toMatchInlineSnapshot(`
    "Plan <id> for stack default, mode apply, made <time>

      + rule/ssh create
          + sequence: 100
          + interface: ["lan"]
          + protocol: "TCP"
          + destination_port: "22"
          + description: "Allow ssh"

      + rule/http create
          + sequence: 100
          + interface: ["lan"]
          + protocol: "TCP"
          + destination_port: "80"
          + description: "Allow http"

      * settle/filter: load the rules into the packet filter (once, after 2 writes)

    + create   * settle
    Plan: 2 to create, 1 to settle; 0 unchanged.

    planId: <id>
    hash:   <hash>
    To apply exactly this: applyPlan with this planId and hash."
  `)
  const applied = await call('applyPlan', { planId: planned.structured['planId'], hash: planned.structured['hash'] })
  expect(settle(applied.text)).toMatchInlineSnapshot(`
    "✓ create rule/ssh (id <id>)
    ✓ create rule/http (id <id>)
    ✓ settle/filter

    Done: 3 succeeded in <while>."
  `)
  expect(applied.progress.at(-1)?.progress).toBe(100)
  const before = firewall.live().rule
  const { checkpointId } = (await call('createCheckpoint', { description: 'ssh and http' })).structured

  expect((await carryOut('plan', { declaration: declaration(rule('ssh', '2222'), rule('https', '443')), mode: 'sync' })).isError).toBe(false)
  expect(live()).toEqual(['Allow https 443', 'Allow ssh 2222'])
  const restored = await carryOut('restoreCheckpoint', { checkpointId })
  expect(restored.isError).toBe(false)
  expect(live()).toEqual(['Allow http 80', 'Allow ssh 22'])
  expect(firewall.saved()).toEqual(firewall.live())
  const withoutIds = (rows: typeof before): unknown => rows.map(({ uuid: _, ...row }) => row).sort((a, b) => String(a['description']).localeCompare(String(b['description'])))
  expect(withoutIds(firewall.live().rule)).toEqual(withoutIds(before))
  expect((await call('showDrift')).text).toContain('No drift')
  expect((await call('listRuns')).structured['runs']).toHaveLength(3)
})

it('a rule that the firewall refuses is named with its field, and what had been done is taken back, live as well', async () => {
  const { carryOut } = await connect()
  await carryOut('plan', { declaration: declaration(rule('ssh', '22')) })
  const web = '  - { type: alias, name: web, alias_type: host, content: [192.0.2.80], description: Web }'
  const wrong = rule('bad', '80').replace('[lan]', '[lann], source_net: [web]')
  const reply = await carryOut('plan', { declaration: declaration(rule('ssh', '22'), web, wrong) })
  expect(reply.isError).toBe(true)
  // Whether the aliases are settled before or after the refusal is for the schedule to say.
  const lines = settle(reply.text).split('\n').filter((line) => !line.includes('settle/alias'))
  expect(lines.slice(0, 6).join('\n')).toMatchInlineSnapshot(`
    "↩ create alias/web (id <id>): rolled back
    ✗ create rule/bad: failed: POST /firewall/filter/setRule/<id>: the firewall refuses it: interface: Option not in list. (status 200)
        interface: Option not in list.
    – settle/filter: skipped: the run stopped after rule/bad

    What had been done was taken back, by run <id>."
  `)
  expect(lines.find((line) => line.startsWith('Rolled back: '))).toMatch(/1 failed, [12] skipped, 1 rolled back/)
  expect(live()).toEqual(['Allow ssh 22'])
  expect(firewall.saved()).toEqual(firewall.live())
  expect(firewall.live().alias).toEqual([])
})

it('killed while rules are saved and not live: the next server goes on and makes them live', async () => {
  const first = await connect()
  firewall.fault({ fault: 'hang', path: /filter\/apply/ })
  const { planId, hash } = (await first.call('plan', { declaration: declaration(rule('ssh', '22'), rule('http', '80')) })).structured
  const applying = callTool(first.client, 'applyPlan', { planId, hash }).catch((error: unknown) => error)
  const store = fileStore(join(place, 'state'))
  await vi.waitFor(async () => expect((await showRun(undefined, { store })).steps.map(({ step }) => step)).toContain('settle:settle/filter'), { timeout: 20_000 })
  first.kill()
  expect(String(await applying)).toMatch(/closed/)
  firewall.heal()
  expect(firewall.saved().rule).toHaveLength(2)
  expect(live()).toEqual([])
  const { call } = await connect()
  expect((await call('listRuns')).structured['runs']).toMatchObject([{ open: true, status: 'running' }])
  expect((await call('resumeRun')).isError).toBe(false)
  expect(live()).toEqual(['Allow http 80', 'Allow ssh 22'])
})

it('more deletes than --max-deletes are for a person to agree to', async () => {
  const { carryOut } = await connect('--max-deletes', '0')
  await carryOut('plan', { declaration: declaration(rule('ssh', '22')) })
  expect((await carryOut('plan', { mode: 'destroy' })).text).toMatch(/^✗ too-many-deletes: .* at most 0 /)
  expect(live()).toEqual(['Allow ssh 22'])
  expect((await carryOut('plan', { mode: 'destroy' }, { confirmDeletes: 1 })).isError).toBe(false)
  expect(live()).toEqual([])
})

describe('a start that cannot be', () => {
  const env = { OPNSENSE_URL: 'https://192.0.2.1', OPNSENSE_KEY: 'agent', OPNSENSE_SECRET: SECRET }

  it('ends with 1 and says why, and prints nothing on the standard output', async () => {
    const ended: unknown = await promisify(execFile)(process.execPath, ['--import', 'tsx', main], { env: { PATH: process.env['PATH'], OPNSENSE_URL: env.OPNSENSE_URL } }).catch((error: unknown) => error)
    expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^OPNSENSE_KEY and OPNSENSE_SECRET are not set\nusage: .*\n$/) as string })
  })
  it('names the flag or the variable that is wrong', () => {
    const start = (changes: Record<string, string>, ...flags: readonly string[]): (() => unknown) => () => opnsenseHost({ ...env, ...changes }, flags)
    expect(start({ OPNSENSE_URL: '192.0.2.1' })).toThrow('OPNSENSE_URL is "192.0.2.1", expected an address such as https://192.0.2.1')
    expect(start({ OPNSENSE_URL: `https://agent:${SECRET}@192.0.2.1` })).toThrow(/^OPNSENSE_URL holds a user name; leave it out, and put key and secret into OPNSENSE_KEY and OPNSENSE_SECRET$/)
    expect(start({ OPNSENSE_KEY: '' })).toThrow('OPNSENSE_KEY is not set')
    expect(start({}, '--max-deletes', 'five')).toThrow('--max-deletes is "five", expected a number')
    expect(start({}, '--max-delete', '5')).toThrow("Unknown option '--max-delete'")
  })
  it('and one that can be has the stack and the state folder of the command line, unless it is told others', async () => {
    const host = opnsenseHost(env, ['--state-dir', place])
    expect(host).toMatchObject({ stack: 'default', maxDeletes: 5, store: { name: `file:${place}` } })
    expect(opnsenseHost(env, ['--stack', 'branch', '--max-deletes', '2'])).toMatchObject({ stack: 'branch', maxDeletes: 2 })
    // What an agent is told of the format is in the format.
    expect(host.parse(host.format.slice(host.format.indexOf('resources:'))).map(({ type, name }) => `${type}/${name}`)).toEqual(['alias/net_office', 'rule/office-https'])
  })
})
