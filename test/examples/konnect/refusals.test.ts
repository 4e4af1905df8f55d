import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAdaptorServer } from '@hono/node-server'
import { memoryStore, plan, planToText } from 'convergent'
import { manualClock } from 'convergent/testing'
import { loadKonnect } from '../../../examples/konnect/input/load.ts'
import { konnect } from '../../../examples/konnect/konnect.ts'
import { hasShared, inputs, setUpBench, type Bench } from './bench.ts'

let bench: Bench
let folder: string
beforeEach(async () => {
  bench = await setUpBench()
  folder = join(bench.folder, 'input')
  mkdirSync(folder)
})
afterEach(() => bench.close())

function write(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

/** Runs a sync that must refuse: exit code 1, one clear message, and nothing changed anywhere. */
async function refuse(expected: string | RegExp, ...command: readonly string[]): Promise<void> {
  await refuseWith({}, expected, ...command)
}

async function refuseWith(env: Record<string, string>, expected: string | RegExp, ...command: readonly string[]): Promise<void> {
  const objects = bench.server.objects()
  const state = bench.stateBytes()
  const { code, err } = await bench.runWith(env, ...command)
  expect(err).toMatch(expected)
  expect(err).not.toMatch(/\n\s+at /)
  expect(err).not.toContain('undefined')
  expect(code).toBe(1)
  expect(bench.server.objects()).toEqual(objects)
  expect(bench.stateBytes()).toBe(state)
}

const sync = (file: string): readonly string[] => ['sync', '-f', file, '--auto-approve']

describe('bad input changes nothing', () => {
  it.each([
    ['invalid YAML', 'apis:\n  - ref: a\n   name: A\n', 'a.yaml:3:'],
    ['an unknown kind', 'apps:\n  - ref: a\n', 'unknown kind "apps"; did you mean "apis"?'],
    ['an unknown field', 'apis:\n  - ref: a\n    name: A\n    descripton: x\n', 'api/a: unknown field "descripton"; did you mean "description"?'],
    ['a wrong type', 'apis:\n  - ref: a\n    name: [A]\n', 'api/a: name: '],
    ['a dangling reference', 'apis:\n  - ref: a\n    name: A\n    publications:\n      - {ref: p, portal_id: prtal}\nportals:\n  - {ref: portal, name: P}\n', 'api_publication/p: portal_id: refers to "portal/prtal", which is not declared; did you mean "portal/portal"?'],
    ['a cycle', 'apis:\n  - ref: a\n    name: A\n    documents:\n      - {ref: x, slug: x, content: X, parent_document_id: y}\n      - {ref: y, slug: y, content: Y, parent_document_id: x}\n', /api_document\/[xy] → api_document\/[xy] → api_document\/[xy]/],
    ['a duplicate address', 'apis:\n  - {ref: a, name: A}\n  - {ref: a, name: B}\n', /api\/a: is declared twice, first at .*a\.yaml:2/],
    ['a missing file', 'apis:\n  - ref: a\n    name: !file missing.txt\n', '!file missing.txt: there is no such file'],
    ['a file outside of the folder', 'apis:\n  - ref: a\n    name: !file ../../etc/passwd\n', 'it lies outside of'],
    ['an unset variable', 'apis:\n  - ref: a\n    name: !env NOT_SET\n', '!env NOT_SET: the environment variable is not set'],
  ])('%s', async (_, yaml, expected) => refuse(expected, ...sync(write('a.yaml', yaml))))

  it('a link that leads out of the folder', async () => {
    writeFileSync(join(bench.folder, 'secret.txt'), 'secret')
    symlinkSync(join(bench.folder, 'secret.txt'), join(folder, 'inside.txt'))
    await refuse('it lies outside of', ...sync(write('a.yaml', 'apis:\n  - ref: a\n    name: !file inside.txt\n')))
  })
  it.skipIf(!hasShared)('a kind that this host does not know', () => refuse(/ai_gateways.*ai-gateway\.yaml:1:1/, ...sync(join(inputs, 'basic/ai-gateway.yaml'))))
})

describe('a backend that cannot be trusted changes nothing', () => {
  const good = 'apis:\n  - {ref: a, name: A}\n'

  it('a wrong token', () => refuseWith({ KONNECT_TOKEN: 'wrong' }, '401 Unauthorized: Invalid credentials; check the token', ...sync(write('a.yaml', good))))
  it('a server that is down', async () => {
    const { port } = await new Promise<AddressInfo>((resolve) => {
      const closed = createServer().listen(0, '127.0.0.1', () => {
        const address = closed.address() as AddressInfo
        closed.close(() => resolve(address))
      })
    })
    await refuseWith({ KONNECT_URL: `http://127.0.0.1:${port}` }, `http://127.0.0.1:${port} cannot be reached: `, ...sync(write('a.yaml', good)))
  })
  it.each([
    ['garbage', () => new Response('<html>Hello</html>', { headers: { 'content-type': 'text/html' } }), 'the reply is no JSON, it begins with "<html>Hello</html>"'],
    ['a total that is too large', (reply: { meta: { page: { total: number } } }) => Response.json({ ...reply, meta: { page: { ...reply.meta.page, total: 9 } } }), 'it says that it has 9 and shows'],
    ['the same page again and again', (reply: { data: unknown[] }, first: { data: unknown[] }) => Response.json({ ...reply, data: first.data }), 'is shown twice'],
    ['no total', (reply: { data: unknown[] }) => Response.json({ data: reply.data }), 'expected a number at meta.page.total, found undefined'],
    ['no list', () => Response.json({ meta: {}, data: {} }), 'expected a list of objects at data, found object'],
  ])('a list that shows %s', async (_, lie, expected) => {
    for (const name of ['one', 'two', 'three', 'four', 'five']) await fetch(`${bench.server.url}/v3/apis`, { method: 'POST', headers: { authorization: 'Bearer local', 'content-type': 'application/json' }, body: JSON.stringify({ name }) })
    let first: unknown
    const proxy = createAdaptorServer({
      fetch: async (request) => {
        const url = new URL(request.url)
        const reply = (await (await fetch(`${bench.server.url}${url.pathname}${url.search}`, { headers: request.headers })).json()) as never
        first ??= reply
        return (lie as (reply: unknown, first: unknown) => Response)(reply, first)
      },
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const { port } = proxy.address() as AddressInfo
    const { code, err } = await bench.runWith({ KONNECT_URL: `http://127.0.0.1:${port}` }, ...sync(write('a.yaml', good)))
    proxy.close()
    expect(err).toContain(expected)
    expect(code).toBe(1)
    expect(bench.server.objects()['api']).toHaveLength(5)
  })
})

describe('a plan file that must not be applied changes nothing', () => {
  const planned = async (): Promise<string> => {
    const file = join(bench.folder, 'plan.json')
    const { code } = await bench.run('plan', '-f', write('a.yaml', 'apis:\n  - {ref: a, name: A}\n'), '--mode', 'sync', '-o', file)
    expect(code).toBe(2)
    return file
  }
  const altered = async (change: (text: string) => string): Promise<string> => {
    const plan = await planned()
    const other = join(bench.folder, 'other.json')
    writeFileSync(other, change(readFileSync(plan, 'utf8')))
    return other
  }
  const apply = (file: string): readonly string[] => ['sync', '--plan', file, '--auto-approve']

  it('truncated', async () => refuse(/truncated/, ...apply(await altered((text) => text.slice(0, -100)))))
  it('altered', async () => refuse(/was altered/, ...apply(await altered((text) => text.replace('"name":"A"', '"name":"Z"')))))
  it('of a newer version', async () => refuse(/format version 2, this release reads up to 1/, ...apply(await altered((text) => text.replace('"version":1', '"version":2')))))
  it('of another stack', async () => refuse(/stack/, ...apply(await planned()), '--stack', 'other'))
  it('no plan at all', async () => refuse(/plan/, ...apply(write('b.json', '{"hello":1}'))))
  it('expired', async () => {
    const provider = konnect({ url: bench.server.url, token: 'local' })
    const { desired, scope } = loadKonnect([write('a.yaml', 'apis:\n  - {ref: a, name: A}\n')])
    // Planned by a clock that stands at the beginning of the year.
    const old = await plan(desired, { provider, scope, store: memoryStore(), clock: manualClock(), mode: 'sync', expiresInMs: 1_000 })
    await refuse(/expired at 2026-01-01T00:00:01.000Z/, ...apply(write('old.json', await planToText(old))))
  })
  it('applied already', async () => {
    const plan = await planned()
    expect((await bench.run(...apply(plan))).code).toBe(0)
    await refuse(/was applied already, by run/, ...apply(plan))
  })
  it('with deletes, as apply', async () => {
    expect((await bench.run(...apply(await planned()))).code).toBe(0)
    const plan = join(bench.folder, 'deleting.json')
    writeFileSync(join(folder, 'a.yaml'), 'apis: []\n')
    expect((await bench.run('plan', '-f', join(folder, 'a.yaml'), '--mode', 'sync', '--allow-empty', '-o', plan)).code).toBe(2)
    await refuse(/delete api\/a/, 'apply', '--plan', plan, '--auto-approve')
  })
})
