import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { declare, FLEET, KEY, openNewcomer, type Newcomer } from './newcomer/bench.ts'

let person: Newcomer
beforeEach(async () => {
  person = await openNewcomer()
  person.write('fleet.yaml', declare(...FLEET))
})
afterEach(() => person.close())

const CLEAN = 'filesystem_managed/FLEET/clean'
const [PROJECT, RAW, MANAGED, RECIPE] = FLEET
const dropping = MANAGED.replace(' }', ', dropData: true }')
const plan = ['plan', '-c', 'fleet.yaml', '--mode', 'sync']
const apply = ['apply', '-c', 'fleet.yaml', '--auto-approve']
const sync = ['sync', '-c', 'fleet.yaml', '--auto-approve']
const begin = async (): Promise<void> => expect(await person.run(sync)).toMatchObject({ code: 0, err: '' }) as never
const stateOf = (env = 'default') => JSON.parse(person.read(`.convergent/${env}.state.json`)) as { readonly resources: readonly { readonly address: string }[] }
const recorded = (env?: string): readonly string[] => stateOf(env).resources.map(({ address }) => address)

describe('an apply that fails', () => {
  beforeEach(async () => {
    await begin()
    // An update, a create, and what fails after both.
    person.write('fleet.yaml', declare(PROJECT, RAW.replace('trips', 'rides'), MANAGED, RECIPE, '{ type: dataset, name: FLEET.x, datasetType: S3 }', '{ type: recipe, name: FLEET.r, recipeType: pyton, inputs: { main: { items: [{ ref: raw }] } }, outputs: { main: { items: [{ ref: x }] } } }'))
  })
  const table = (): unknown => person.server.state().projects['FLEET']?.datasets['raw']?.['params']

  it('takes back what it made, and leaves what it changed', async () => {
    const { code, out, err } = await person.run(apply)
    expect({ code, err }).toEqual({ code: 3, err: '' })
    expect(out).toContain('failed create Recipe/FLEET.r: POST /projects/FLEET/recipes/: 400 Unknown recipe type "pyton"')
    expect(out).toContain('rolled back create Dataset/FLEET.x (id FLEET.x)')
    expect([person.names(), table()]).toEqual([['FLEET', 'FLEET.clean', 'FLEET.raw', 'FLEET.tidy'], { connection: 'pg', mode: 'table', table: 'rides' }])
    expect(recorded()).toEqual(['Dataset/FLEET.clean', 'Dataset/FLEET.raw', 'Project/FLEET', 'Recipe/FLEET.tidy'])
    expect(person.list('.convergent').filter((name) => name.startsWith('cleanup'))).toEqual([])
  })

  it('with --no-rollback leaves what it made, and another one does the rest', async () => {
    expect((await person.run([...apply, '--no-rollback'])).code).toBe(3)
    expect(person.names()).toContain('FLEET.x')
    expect(recorded()).toContain('Dataset/FLEET.x')
    // Nothing but the failure: nothing was changed.
    expect((await person.run([...apply, '--no-rollback'])).code).toBe(1)
    person.write('fleet.yaml', person.read('fleet.yaml').replace('pyton', 'python'))
    person.writes()
    expect((await person.run(apply)).code).toBe(0)
    expect(person.writes()).toEqual(['POST projects/FLEET/recipes'])
    expect((await person.run(plan)).code).toBe(0)
  })

  it('can be taken back as a whole afterwards', async () => {
    const { out } = await person.run([...apply, '--no-rollback'])
    expect(out).toContain('dataiku rollback <id>')
    expect((await person.run(['rollback', '--auto-approve'])).code).toBe(0)
    expect([person.names().includes('FLEET.x'), table()]).toEqual([false, { connection: 'pg', mode: 'table', table: 'trips' }])
  })
})

describe('data', () => {
  const declareAll = (...entries: readonly string[]): void => person.write('fleet.yaml', declare(...entries))
  beforeEach(async () => {
    await begin()
    person.server.store(CLEAN, [1, 2])
  })

  it('stays where nobody said otherwise', async () => {
    declareAll(PROJECT, RAW)
    expect((await person.run(plan)).out).not.toContain('destroys')
    expect((await person.run(sync)).code).toBe(0)
    expect(person.names()).toEqual(['FLEET', 'FLEET.raw'])
    expect(person.server.data()[CLEAN]).toEqual([1, 2])
  })

  it('goes where an apply has recorded it, and the plan says so first', async () => {
    declareAll(PROJECT, RAW, dropping, RECIPE)
    const said = await person.run(plan)
    expect(said).toMatchObject({ code: 2, out: expect.stringContaining('+ dropData: true') as string })
    person.writes()
    expect((await person.run(sync)).code).toBe(0)
    expect(person.writes()).toEqual([])
    declareAll(PROJECT, RAW)
    expect((await person.run(plan)).out).toContain('destroys its data (filesystem_managed, /FLEET/clean)')
    expect(person.server.data()[CLEAN]).toEqual([1, 2])
    expect((await person.run(sync)).code).toBe(0)
    expect(person.writes()).toEqual(['DELETE projects/FLEET/recipes/tidy', 'DELETE projects/FLEET/datasets/clean?dropData=true'])
    expect(person.server.data()[CLEAN]).toBeUndefined()
  })

  it('stays where it was said in the same step as the delete', async () => {
    declareAll(PROJECT.replace(' }', ', dropData: true }'))
    expect((await person.run(sync)).code).toBe(0)
    expect(person.server.data()[CLEAN]).toEqual([1, 2])
  })

  it('is in no rollback', async () => {
    declareAll(PROJECT, RAW, MANAGED, RECIPE, dropping.replace('clean', 'extra'))
    expect((await person.run(sync)).code).toBe(0)
    person.server.store('filesystem_managed/FLEET/extra', [3])
    expect((await person.run(['rollback', '--auto-approve'])).code).toBe(0)
    expect(person.names()).not.toContain('FLEET.extra')
    expect(person.server.data()['filesystem_managed/FLEET/extra']).toEqual([3])
  })
})

describe('the state', () => {
  it('is one of each environment, in a file that can be read', async () => {
    expect((await person.run([...sync, '-e', 'prod'])).code).toBe(0)
    expect(person.list('.convergent')).toEqual(['prod.state.json', 'stacks'])
    expect(stateOf('prod')).toMatchObject({ stack: 'prod', serial: 1, resources: [{ address: 'Dataset/FLEET.clean', id: 'FLEET.clean' }, {}, {}, { address: 'Recipe/FLEET.tidy', inputs: { payload: 'pass' } }] })
    expect((await person.run(['state', '-e', 'prod'])).out.split('\n')).toEqual(recorded('prod').map((address) => `${address} (id ${address.split('/')[1]})`))
    expect((await person.run(['state', '-e', 'dev'])).out).toBe('Nothing is recorded of stack dev.')
    // A second environment does not take over what the first one has.
    expect((await person.run([...plan, '-e', 'dev'])).out).toContain('not-owned')
  })

  it('is in another folder and another file where somebody says so', async () => {
    expect((await person.run([...sync, '--checkpoint-dir', join(person.folder, 'kept'), '--state-file', 'state.json'])).code).toBe(0)
    expect([person.list('.convergent'), person.list('kept')]).toEqual([[], ['stacks']])
    expect(JSON.parse(person.read('state.json'))).toMatchObject({ stack: 'default', serial: 1 })
  })

  it('forgets what it is told to, and the server keeps it', async () => {
    await begin()
    const before = person.look()
    expect(JSON.parse((await person.run(['state', 'show', 'Recipe/FLEET.tidy'])).out)).toMatchObject({ id: 'FLEET.tidy', dependsOn: ['Project/FLEET', 'Dataset/FLEET.raw', 'Dataset/FLEET.clean'] })
    expect((await person.run(['state', 'rm', 'Recipe/FLEET.tidy', '--auto-approve'])).code).toBe(0)
    expect([recorded(), person.look()]).toEqual([['Dataset/FLEET.clean', 'Dataset/FLEET.raw', 'Project/FLEET'], before])
    // It is somebody else's now, and is left alone until it is taken over.
    expect((await person.run(plan)).out).toContain('blocked, not-owned')
    person.write('fleet.yaml', declare(PROJECT, RAW, MANAGED, RECIPE.replace(' payload', ' adopt: true, payload')))
    expect((await person.run(sync)).code).toBe(0)
    expect([recorded().length, person.look()]).toEqual([4, before])
    expect((await person.run(['state', 'reset', '--auto-approve'])).code).toBe(0)
    expect([recorded(), person.look()]).toEqual([[], before])
  })
})

describe('drift', () => {
  it('is what is no longer as applied; what the server adds is none', async () => {
    await begin()
    expect(await person.run(['drift'])).toMatchObject({ code: 0, out: 'No drift: 4 recorded resources checked.' })
    person.server.edit({ project: 'FLEET', part: 'dataset', name: 'raw', changes: { customMeta: { kv: { by: 'somebody' } }, description: 'theirs' } })
    expect((await person.run(['drift'])).code).toBe(0)
    person.server.edit({ project: 'FLEET', part: 'recipe', name: 'tidy', changes: {}, payload: 'raise' })
    person.server.edit({ project: 'FLEET', part: 'metadata', changes: { tags: ['gold'] } })
    const { code, out } = await person.run(['drift'])
    expect(code).toBe(2)
    expect(out).toContain('Recipe/FLEET.tidy')
    expect(out).toContain('Drift: 2 changed; 4 recorded resources checked.')
    expect((await person.run(sync)).code).toBe(0)
    expect(person.server.state().projects['FLEET']?.recipes['tidy']?.payload).toBe('pass')
    expect(person.server.state().projects['FLEET']?.datasets['raw']).toMatchObject({ description: 'theirs', customMeta: { kv: { by: 'somebody' } } })
  })
})

describe('--output json', () => {
  it('is one document on the standard output, of a plan, a run, a state and an error', async () => {
    const ask = async (...command: readonly string[]) => {
      const { code, out } = await person.run([...command, '--output', 'json'])
      return [code, JSON.parse(out)] as const
    }
    expect(await ask(...plan)).toMatchObject([2, { stack: 'default', summary: { create: 4 } }])
    expect(await ask(...sync)).toMatchObject([0, { outcome: 'succeeded', counts: { succeeded: 4 } }])
    expect(await ask('state')).toMatchObject([0, { stack: 'default', resources: [{ id: 'FLEET.clean' }, {}, {}, {}] }])
    person.server.edit({ project: 'FLEET', part: 'recipe', name: 'tidy', changes: null })
    expect(await ask('drift')).toMatchObject([2, {}])
    person.write('fleet.yaml', 'resorces: []')
    expect(await ask(...plan)).toMatchObject([1, { error: { message: expect.stringContaining('did you mean "resources"?') as string } }])
  })
})

describe('a credentials file', () => {
  const none = { DATAIKU_DSS_URL: undefined, DATAIKU_API_KEY: undefined }
  const content = (): string => JSON.stringify({ dss_instances: { default: { url: 'http://127.0.0.1:1', api_key: 'other' }, prod: { url: person.server.url, api_key: KEY } }, default_instance: 'default' })

  it('is asked where the environment has nothing: by its flag, or in the home folder', async () => {
    person.write('.dataiku/config.json', content())
    chmodSync(join(person.folder, '.dataiku/config.json'), 0o600)
    const named = ['--credentials', join(person.folder, '.dataiku/config.json'), '--instance', 'prod']
    expect(await person.run([...sync, ...named], { env: none })).toMatchObject({ code: 0, err: '' })
    expect(await person.run([...plan, '--instance', 'prod'], { env: { ...none, HOME: person.folder } })).toMatchObject({ code: 0, err: '' })
    const { code, out, err } = await person.run([...plan, '--instance', 'prd'], { env: { ...none, HOME: person.folder } })
    expect({ code, out, err }).toEqual({ code: 1, out: '', err: 'dataiku: .dataiku/config.json: there is no instance "prd"; did you mean "prod"?' })
  })

  it.skipIf(process.platform === 'win32')('that others may read, or that says nothing, is told', async () => {
    person.write('config.json', content())
    chmodSync(join(person.folder, 'config.json'), 0o644)
    const given = [...plan, '--credentials', 'config.json', '--instance', 'prod']
    expect(await person.run(given, { env: none })).toMatchObject({ code: 2, err: 'Warning: config.json holds an API key, and others than its owner may use it (mode 644); run chmod 600 config.json' })
    expect((await person.run(given)).err).toBe('Warning: DATAIKU_DSS_URL and DATAIKU_API_KEY are set, so --credentials and --instance say nothing; unset both to use a credentials file')
  })
})

it('--verbose shows each call, and never the key', async () => {
  const { code, out, err } = await person.run([...sync, '--verbose'])
  expect(code).toBe(0)
  expect(err).toMatch(/POST .*\/projects\/FLEET\/datasets\/managed/)
  expect(out + err).not.toContain(KEY)
  expect(out + err).not.toContain(btoa(`${KEY}:`))
})
