import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { setUpBench, type Bench } from './bench.ts'

const kinds = new URL('../../../examples/konnect/kinds/', import.meta.url)

let bench: Bench
let file: string
const declare = (yaml: string): void => writeFileSync(file, yaml)
beforeEach(async () => {
  bench = await setUpBench()
  file = join(bench.folder, 'konnect.yaml')
})
afterEach(() => bench.close())

const TWO_APIS = `apis:
  - ref: a
    name: A
    documents:
      - ref: a-start
        title: Start
        slug: start
        content: Hello.
  - ref: b
    name: B
`

describe('what exists and who owns it', () => {
  it('shows on the objects: another machine with an empty state has nothing to do', async () => {
    declare(TWO_APIS)
    expect((await bench.run('sync', '-f', file, '--auto-approve')).code).toBe(0)
    const elsewhere = await bench.run('plan', '-f', file, '--mode', 'sync', '--state-dir', join(bench.folder, 'elsewhere'))
    expect(elsewhere.out).toContain('Nothing to do: 3 resources are as declared.')
    declare('apis:\n  - ref: b\n    name: B\n')
    const sync = await bench.run('sync', '-f', file, '--auto-approve', '--state-dir', join(bench.folder, 'elsewhere'))
    expect(sync.code).toBe(0)
    expect(bench.server.objects()['api']?.map(({ name }) => name)).toEqual(['B'])
    expect(bench.server.objects()['document']).toEqual([])
  })

  it('leaves alone what nobody marked, and an omitted kind', async () => {
    const headers = { authorization: 'Bearer local', 'content-type': 'application/json' }
    await fetch(`${bench.server.url}/v3/apis`, { method: 'POST', headers, body: JSON.stringify({ name: 'By hand' }) })
    await fetch(`${bench.server.url}/v3/portals`, { method: 'POST', headers, body: JSON.stringify({ name: 'ours', labels: { 'KONGCTL-namespace': 'default' } }) })
    const before = bench.server.objects()
    declare(TWO_APIS)
    await bench.run('sync', '-f', file, '--auto-approve')
    declare('apis: []\n')
    expect((await bench.run('sync', '-f', file, '--auto-approve', '--allow-empty')).code).toBe(0)
    expect(bench.server.objects()['api']).toEqual(before['api'])
    expect(bench.server.objects()['portal']).toEqual(before['portal'])
    declare('apis:\n  - ref: hand\n    name: By hand\n    description: Mine now.\n')
    const taken = await bench.run('sync', '-f', file, '--auto-approve')
    expect(taken.out).toContain('is not ours')
    expect(bench.server.objects()['api']).toEqual(before['api'])
  })

  it('a plan file is applied on another day, by another process, once', async () => {
    declare(TWO_APIS)
    const plan = join(bench.folder, 'plan.json')
    expect((await bench.run('plan', '-f', file, '--mode', 'sync', '-o', plan)).code).toBe(2)
    expect((await bench.run('sync', '--plan', plan, '--auto-approve')).code).toBe(0)
    expect(bench.server.objects()['api']).toHaveLength(2)
    const again = await bench.run('sync', '--plan', plan, '--auto-approve')
    expect(again.code).toBe(1)
    expect(again.err).toContain('was applied already')
  })

  it('a strategy that is swapped while a publication uses it is freed before it goes', async () => {
    const yaml = (name: string): string => `portals:\n  - {ref: p, name: P}\napplication_auth_strategies:\n  - {ref: ${name}, name: ${name}, display_name: S, strategy_type: key_auth, configs: {key_auth: {key_names: [X]}}}\napis:\n  - ref: a\n    name: A\n    publications:\n      - {ref: pub, portal_id: p, auth_strategy_ids: [${name}]}\n`
    declare(yaml('one'))
    expect((await bench.run('sync', '-f', file, '--auto-approve')).code).toBe(0)
    declare(yaml('two'))
    const swapped = await bench.run('sync', '-f', file, '--auto-approve')
    expect(swapped.code).toBe(0)
    expect(bench.server.objects()['strategy']?.map(({ name }) => name)).toEqual(['two'])
    declare('portals: []\napplication_auth_strategies: []\napis: []\n')
    expect((await bench.run('sync', '-f', file, '--auto-approve', '--allow-empty')).code).toBe(0)
    expect(Object.values(bench.server.objects()).flat()).toEqual([])
  })
})

describe('the kinds', () => {
  it.each(readdirSync(kinds).filter((name) => name !== 'shared.ts'))('%s is short', (name) => {
    expect(readFileSync(new URL(name, kinds), 'utf8').split('\n').length).toBeLessThan(60)
  })
  it('an empty list of strategies means none, and is no perpetual difference', async () => {
    declare('portals:\n  - {ref: p, name: P}\napis:\n  - ref: a\n    name: A\n    publications:\n      - {ref: pub, portal_id: p, auth_strategy_ids: []}\n')
    expect((await bench.run('sync', '-f', file, '--auto-approve')).code).toBe(0)
    expect((await bench.run('plan', '-f', file, '--mode', 'sync')).out).toContain('Nothing to do')
  })
})
