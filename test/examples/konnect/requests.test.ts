import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { setUpBench, type Bench } from './bench.ts'

let bench: Bench
beforeEach(async () => void (bench = await setUpBench(100)))
afterEach(() => bench.close())

const input = (content = '# A'): string => `
portals:
  - { ref: p, name: p, pages: [{ ref: one, slug: one, content: "${content}" }, { ref: two, slug: two, content: "# B" }], snippets: [{ ref: s, name: s, content: S }] }
apis:
  - ref: a
    name: a
    versions: [{ ref: a1, version: "1", spec: { content: x } }, { ref: a2, version: "2", spec: { content: y } }]
    publications: [{ ref: ap, portal_id: p }]
  - { ref: b, name: b, publications: [{ ref: bp, portal_id: p }] }
`

/** Runs a command, and tells its requests by what they ask for. */
async function run(command: string, text: string): Promise<{ readonly requests: Record<string, number>; readonly err: string }> {
  const file = join(bench.folder, 'input.yaml')
  writeFileSync(file, text)
  const before = bench.server.requests.length
  const { err, code } = await bench.run(...command.split(' '), '-f', file, '--verbose')
  expect(code === 0 || code === 2).toBe(true)
  const requests: Record<string, number> = {}
  for (const { method, path } of bench.server.requests.slice(before)) {
    const key = `${method} ${path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…')}`
    requests[key] = (requests[key] ?? 0) + 1
  }
  return { requests, err }
}

it('a plan asks for one list of each kind (or parent), and for the details of what is declared and could differ', async () => {
  const nothing = await run('plan --mode sync', input())
  expect(nothing.requests).toEqual({ 'GET /v3/portals': 1, 'GET /v3/apis': 1, 'GET /v3/api-publications': 1 })
  expect(nothing.err).toMatch(/^plan: 3 requests$/m)

  await run('sync --auto-approve', input())
  const same = await run('plan --mode sync', input())
  const lists = { 'GET /v3/portals': 1, 'GET /v3/apis': 1, 'GET /v3/api-publications': 1, 'GET /v3/portals/…/pages': 1, 'GET /v3/portals/…/snippets': 1, 'GET /v3/apis/…/versions': 2 }
  // No list shows the content of pages, snippets and specifications.
  expect(same.requests).toEqual({ ...lists, 'GET /v3/portals/…/pages/…': 2, 'GET /v3/portals/…/snippets/…': 1, 'GET /v3/apis/…/versions/…': 2 })

  // What nobody declares any more is deleted as it is: its content makes no difference.
  const fewer = input().replace(', { ref: a2, version: "2", spec: { content: y } }', '')
  expect((await run('plan --mode sync', fewer)).requests['GET /v3/apis/…/versions/…']).toBe(1)
})

it('an apply looks once and writes once for each action', async () => {
  const made = await run('sync --auto-approve', input())
  const writes = Object.entries(made.requests).filter(([key]) => !key.startsWith('GET'))
  expect(Object.fromEntries(writes)).toEqual({ 'POST /v3/portals': 1, 'POST /v3/portals/…/pages': 2, 'POST /v3/portals/…/snippets': 1, 'POST /v3/apis': 2, 'POST /v3/apis/…/versions': 2, 'PUT /v3/apis/…/publications/…': 2 })
  expect(made.err).toMatch(/^plan: 3 requests$/m)
  expect(made.err).toMatch(/^run: 20 requests$/m)

  const edited = await run('sync --auto-approve', input('# New'))
  expect(edited.err).toMatch(/^run: 2 requests$/m)
  expect(edited.requests).toMatchObject({ 'PATCH /v3/portals/…/pages/…': 1 })
})
