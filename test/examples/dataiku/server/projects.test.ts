import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { managed, openBench, project, recipe, refusal, table, type Bench } from './bench.ts'

let bench: Bench
beforeEach(async () => void (bench = await openBench()))
afterEach(() => bench.server.close())

const KEPT = '/projects/FLEET'

describe('a new project', () => {
  it('is answered with text, which is no JSON', async () => {
    const { text } = await bench.make('POST', '/projects/', project('A_1'))
    expect(() => JSON.parse(text) as unknown).toThrow()
    expect(text).toContain('A_1')
  })
  it('has what it was given in several places', async () => {
    await bench.make('POST', '/projects/', project('A', { description: 'Trips', tags: ['bronze'], permissions: [{ group: 'g', admin: true }], settings: { limits: { maxOpenedStreams: 3 } } }))
    expect(await bench.get('/projects/A/metadata')).toEqual({ label: 'Vehicle fleet', description: 'Trips', shortDesc: '', tags: ['bronze'], checklists: { checklists: [] }, customFields: {}, custom: { kv: {} } })
    expect(await bench.get('/projects/A/permissions')).toMatchObject({ owner: 'mobility', permissions: [{ group: 'g', admin: true }] })
    expect(await bench.get('/projects/A/variables')).toEqual({ standard: {}, local: {} })
    expect(await bench.get('/projects/A/settings')).toMatchObject({ limits: { maxOpenedStreams: 3 }, codeEnvs: expect.any(Object), sparkSettings: expect.any(Object) })
    expect(await bench.get('/projects/')).toEqual([expect.objectContaining({ projectKey: 'FLEET' }), expect.objectContaining({ projectKey: 'A', name: 'Vehicle fleet', ownerLogin: 'mobility', tags: ['bronze'], shortDesc: '' })])
  })
  it.each([
    ['the key of another one', project('FLEET', { name: 'Other' }), 'already exists'],
    ['a key of other letters', project('fleet'), 'Invalid project key'],
    ['a key with a hyphen', project('A-B'), 'Invalid project key'],
    ['no owner', { projectKey: 'A', name: 'A' }, 'owner'],
    ['no name', { projectKey: 'A', owner: 'a' }, 'name'],
    ['no body', undefined, 'body'],
    ['no JSON', '{', 'JSON'],
  ])('is refused with %s', async (_, body, words) => {
    expect(await bench.send('POST', '/projects/', body)).toMatchObject({ status: 400, body: refusal('IllegalArgumentException', words) })
    expect(Object.keys(bench.server.state().projects)).toEqual(['FLEET'])
    expect(bench.project().parts.metadata['label']).toBe('Vehicle fleet')
  })
})

describe('a PUT', () => {
  it.each([
    ['metadata', { description: 'd', custom: { kv: { a: 1 } } }, { tags: ['t'] }, { label: 'FLEET', description: '', shortDesc: '', tags: ['t'], checklists: { checklists: [] }, customFields: {}, custom: { kv: {} } }],
    ['settings', { limits: { a: 1 } }, { sparkSettings: {} }, { sparkSettings: {} }],
    ['permissions', { additionalDashboardUsers: { users: ['u'] }, permissions: [{ group: 'g' }] }, { owner: 'finance' }, { owner: 'finance', permissions: [], additionalDashboardUsers: { users: [] } }],
    ['variables', { standard: { unit: 'km' }, local: { a: 1 } }, { standard: { other: 1 } }, { standard: { other: 1 }, local: {} }],
  ])('of %s is answered with nothing, and loses what it leaves out', async (part, first, second, shown) => {
    await bench.change(`${KEPT}/${part}`, first)
    expect(await bench.get(`${KEPT}/${part}`)).toMatchObject(first)
    expect((await bench.make('PUT', `${KEPT}/${part}`, second)).text).toBe('')
    expect(await bench.get(`${KEPT}/${part}`)).toEqual(shown)
  })
  it('of the whole keeps the settings that the server made', async () => {
    const before = await bench.get(`${KEPT}/settings`)
    await bench.change(`${KEPT}/settings`, { limits: {} })
    expect(await bench.get(`${KEPT}/settings`)).toEqual({ ...before, limits: {} })
  })
  it.each([['metadata', { tags: 'a' }, 'tags'], ['variables', { standard: [] }, 'standard'], ['permissions', { permissions: [{}] }, 'permissions.0.group'], ['settings', [], 'body']])('of %s is refused where it does not fit: %j', async (part, body, words) => {
    const before = bench.project()
    expect(await bench.send('PUT', `${KEPT}/${part}`, body)).toMatchObject({ status: 400, body: refusal('IllegalArgumentException', words) })
    expect(bench.project()).toEqual(before)
  })
  it('checks no version: the last one wins', async () => {
    const [first, second] = [await bench.get(`${KEPT}/metadata`), await bench.get(`${KEPT}/metadata`)]
    await bench.make('PUT', `${KEPT}/metadata`, { ...first, tags: ['first'] })
    await bench.make('PUT', `${KEPT}/metadata`, { ...second, description: 'second' })
    expect(await bench.get(`${KEPT}/metadata`)).toMatchObject({ tags: [], description: 'second' })
  })
})

describe('the deletion of a project', () => {
  const place = 'filesystem_managed/FLEET/b'
  beforeEach(async () => {
    await bench.make('POST', `${KEPT}/datasets/`, table('a'))
    await bench.make('POST', `${KEPT}/datasets/managed`, managed('b'))
    await bench.make('POST', `${KEPT}/recipes/`, recipe('r', ['a'], ['b']))
    for (const each of ['pg_fleet/public.a', place]) bench.server.store(each, [1, 2])
  })
  it.each([
    ['', ['filesystem_managed/FLEET/b', 'pg_fleet/public.a']],
    ['?clearManagedDatasets=false', ['filesystem_managed/FLEET/b', 'pg_fleet/public.a']],
    ['?clearManagedDatasets=true', ['pg_fleet/public.a']],
    ['?clearManagedDatasets=True&wait=False', ['pg_fleet/public.a']],
  ])('takes all that is in it, and data only where it is asked for: %s', async (query, left) => {
    await bench.make('DELETE', `${KEPT}${query}`)
    expect([Object.keys(bench.server.state().projects), Object.keys(bench.server.data()).sort()]).toEqual([[], left])
    expect((await bench.send('DELETE', KEPT)).status).toBe(404)
  })
  it('does not clear the data of a dataset that a PUT made unmanaged by leaving that out', async () => {
    const { managed: _, ...others } = await bench.get(`${KEPT}/datasets/b`)
    await bench.make('PUT', `${KEPT}/datasets/b`, others)
    await bench.make('DELETE', `${KEPT}?clearManagedDatasets=true`)
    expect(bench.server.data()[place]).toEqual([1, 2])
  })
})
