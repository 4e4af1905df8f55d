import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCli } from 'convergent/cli'
import { cliOptions } from '../../../../examples/director/cli.ts'
import { startDirector, type DirectorServer } from '../../../../examples/director/server/start.ts'
import { memoryIo } from '../../../cli/memory-io.ts'
import { documentOf, nodes } from './bench.ts'

let server: DirectorServer
let folder: string
beforeEach(async () => {
  server = await startDirector({ nodes: Object.values(nodes), orderMs: 5, lagMs: 5 })
  folder = mkdtempSync(join(tmpdir(), 'director-'))
})
afterEach(async () => {
  rmSync(folder, { recursive: true })
  await server.close()
})

async function run(text: string, command: readonly string[], env: Record<string, string | undefined> = {}) {
  const file = join(folder, 'bank.yaml')
  writeFileSync(file, text)
  const given = { DIRECTOR_URL: server.url, DIRECTOR_TOKEN: 'local', DIRECTOR_SECRET: 'local-secret', ...env }
  const io = memoryIo({ env: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Record<string, string> })
  const code = await createCli(cliOptions).run([...command, '--poll-every', '0.01', '--state-dir', join(folder, 'state'), ...(text === '' ? [] : ['-f', file])], io)
  return { code, out: io.out(), err: io.err().replaceAll(folder, '') }
}

const repo = 'type: Repo, name: shop, hiddenrepopath: [{ path: /opt/immune/storage/, retention: 90 }]'
const good = documentOf('a', repo, 'type: RoutingPolicy, name: shop, catch_all: shop')
const none = { DIRECTOR_URL: undefined, DIRECTOR_TOKEN: undefined, DIRECTOR_SECRET: undefined }
const writesOf = (): readonly string[] => server.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`)

describe('the command line', () => {
  it('applies a file, and then has nothing to do', async () => {
    expect(await run(good, ['plan', '--mode', 'sync'])).toMatchObject({ code: 2, err: '' })
    expect(await run(good, ['sync', '--auto-approve'])).toMatchObject({ code: 0, err: '' })
    expect(server.objects(nodes.a, 'RoutingPolicies')).toContainEqual(expect.objectContaining({ policy_name: 'shop', catch_all: 'shop' }))
    const second = await run(good, ['plan', '--mode', 'sync'])
    expect(second).toMatchObject({ code: 0, err: '' })
    expect(second.out).toContain('Nothing to do')
    expect(await run('', ['drift'])).toMatchObject({ code: 0, err: '' })
    expect(await run(good, ['destroy', '--auto-approve'])).toMatchObject({ code: 0, err: 'Warning: this destroy removes 2 objects.\n' })
    expect(server.objects(nodes.a, 'Repos').map(({ name }) => name)).not.toContain('shop')
  })

  it('gives a plan as JSON', async () => {
    const { code, out } = await run(good, ['plan', '--json'])
    expect(code).toBe(2)
    expect(JSON.parse(out)).toMatchObject({ summary: { create: 2 }, actions: [{ address: 'Repo/node-a/shop' }, { address: 'RoutingPolicy/node-a/shop' }] })
  })

  it('keeps a renewed token beside the state, for the next process', async () => {
    server.expire()
    expect(await run(good, ['sync', '--auto-approve'])).toMatchObject({ code: 0, err: '' })
    expect(readdirSync(join(folder, 'state'))).toContain('director-token.json')
    expect(await run(good, ['plan'])).toMatchObject({ code: 0, err: '' })
    expect(server.requests.filter(({ path }) => path === '/refreshToken').length).toBe(1)
  })

  it('needs no state where names say what is ours', async () => {
    const env = { DIRECTOR_OWNED: 'shop*, bank-a-*' }
    expect(await run(good, ['sync', '--auto-approve'], env)).toMatchObject({ code: 0, err: '' })
    rmSync(join(folder, 'state'), { recursive: true })
    expect(await run(good, ['plan', '--mode', 'sync'], env)).toMatchObject({ code: 0 })
    expect(await run(documentOf('a', repo), ['sync', '--auto-approve'], env)).toMatchObject({ code: 0, err: 'Warning: this sync removes 1 object.\n' })
    expect(server.objects(nodes.a, 'RoutingPolicies').map(({ policy_name }) => policy_name)).toEqual(['default', '_logpoint', '_LogPointAlerts'])
  })

  it('checks a file without a Director', async () => {
    expect(await run(good, ['validate'], none)).toMatchObject({ code: 0, err: '' })
    expect(server.requests).toEqual([])
  })
})

it.each([
  ['a misspelt type', good.replace('type: Repo', 'type: Rep'), 'unknown type "Rep"; did you mean "Repo"? (/bank.yaml:5:13)'],
  ['what is no YAML', 'resources: [', 'invalid YAML'],
  ['a node that nobody knows', good.replace('a'.repeat(32), 'd'.repeat(32)), 'there is no Node with id'],
  ['a pool that is closed to the token', good.replace('11111111', '99999999'), 'No access to the pool'],
])('refuses %s with a message, and changes nothing', async (_, text, message) => {
  const { code, err } = await run(text, ['sync', '--auto-approve'])
  expect(code).toBe(1)
  expect(err).toContain(message)
  expect(writesOf()).toEqual([])
})

it.each([
  [{ DIRECTOR_URL: undefined }, 'DIRECTOR_URL is not set; set DIRECTOR_URL (https://director.example, say), DIRECTOR_TOKEN, and DIRECTOR_SECRET to the secret key of that token'],
  [{ DIRECTOR_TOKEN: '', DIRECTOR_SECRET: undefined }, 'DIRECTOR_TOKEN and DIRECTOR_SECRET are not set'],
  [{ DIRECTOR_URL: 'director.example' }, 'DIRECTOR_URL is "director.example", expected an address such as https://director.example'],
  [{ DIRECTOR_URL: 'https://director.example/configapi' }, 'expected an address without a path: https://director.example; pool and logpoint are in the input'],
  [{ DIRECTOR_URL: 'https://u@director.example' }, 'DIRECTOR_URL holds a user name'],
  [{ DIRECTOR_TOKEN: 'canary with blanks' }, 'DIRECTOR_TOKEN holds a blank'],
  [{ DIRECTOR_TOKEN: 'canary', DIRECTOR_SECRET: 'canary' }, 'make a new token in the Director Console'],
  [{ DIRECTOR_URL: 'http://127.0.0.1:1' }, 'cannot be reached'],
  [{ DIRECTOR_OWNED: '*' }, 'DIRECTOR_OWNED is "*", expected names such as bank-a-*'],
])('says what is wrong with the environment: %o', async (env, message) => {
  const { code, out, err } = await run(good, ['plan'], env)
  expect(code).toBe(1)
  expect(err).toContain(message)
  expect(out + err).not.toContain('canary')
})

it.each(['0', 'soon', '-1'])('says what is wrong with a time of %s', async (time) => {
  expect(await run(good, ['plan', '--order-timeout', time])).toMatchObject({ code: 1, err: expect.stringContaining('--order-timeout') as string })
})
