import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { basic, managed, openBench, project, refusal, table, type Bench, type Json } from './bench.ts'

let bench: Bench
const keys = { reader: { login: 'r', groups: ['readers'] }, writer: { login: 'w', groups: ['writers'] }, chief: { login: 'c', groups: ['chiefs'] }, owner: { login: 'mobility', groups: [] } }
const permissions = [{ group: 'readers', readProjectContent: true }, { group: 'writers', writeProjectContent: true }, { group: 'chiefs', admin: true }]
beforeEach(async () => void (bench = await openBench({ apiKey: 's3cret', keys, users: ['mobility', 'admin', 'finance'] })))
afterEach(() => bench.server.close())

describe('an API key', () => {
  it.each<readonly [string, Readonly<Record<string, string>>, number]>([
    ['as the user name with an empty password', basic('s3cret'), 200],
    ['as a header', { 'X-DKU-APITicket': 's3cret' }, 200],
    ['that is wrong', basic('wrong'), 401],
    ['that is wrong, as a header', { 'X-DKU-APITicket': 'wrong' }, 401],
    ['as a password', basic('', 's3cret'), 401],
    ['with a password', basic('s3cret', 'x'), 401],
    ['as a bearer', { authorization: 'Bearer s3cret' }, 401],
    ['that is left out', {}, 401],
  ])('%s', async (_, headers, status) => {
    const answer = await bench.send('POST', '/projects/', project('A'), headers)
    expect([answer.status, Object.keys(bench.server.state().projects)]).toEqual([status, status === 200 ? ['FLEET', 'A'] : ['FLEET']])
    if (status === 401) expect(answer.body).toEqual(refusal('UnauthorizedException', 'Invalid API key'))
  })
})

describe('what a key may do', () => {
  const calls: readonly (readonly [string, string, Json | undefined])[] = [
    ['GET', '/projects/FLEET/datasets/', undefined],
    ['POST', '/projects/FLEET/datasets/', table('a')],
    ['PUT', '/projects/FLEET/permissions', { owner: 'mobility', permissions }],
    ['DELETE', '/projects/FLEET', undefined],
  ]
  it.each([
    ['reader', [200, 403, 403, 403]],
    ['writer', [200, 200, 403, 403]],
    ['chief', [200, 200, 200, 200]],
    ['owner', [200, 200, 200, 200]],
  ])('follows from the permissions: %s', async (key, statuses) => {
    await bench.make('PUT', '/projects/FLEET/permissions', { owner: 'mobility', permissions })
    const got: number[] = []
    for (const call of calls) got.push((await bench.send(...call, basic(key))).status)
    expect(got).toEqual(statuses)
  })
  it('is told from what is not there, and who may not read a project does not see it', async () => {
    expect(await bench.send('GET', '/projects/FLEET/metadata', undefined, basic('reader'))).toMatchObject({ status: 403, body: refusal('DKUSecurityException', '"r" may not read') })
    expect((await bench.send('GET', '/projects/OTHER/metadata', undefined, basic('reader'))).status).toBe(404)
    expect((await bench.send('GET', '/projects/', undefined, basic('reader'))).body).toEqual([])
    expect((await bench.send('POST', '/projects/', project('A'), basic('chief'))).status).toBe(403)
  })
  it('ends where a PUT of the permissions leaves it out', async () => {
    await bench.make('PUT', '/projects/FLEET/permissions', { owner: 'mobility', permissions })
    expect((await bench.send('PUT', '/projects/FLEET/permissions', { owner: 'finance' }, basic('chief'))).status).toBe(200)
    expect((await bench.send('GET', '/projects/FLEET/permissions', undefined, basic('chief'))).status).toBe(403)
  })
})

describe('permissions', () => {
  it('come with every right, also those that nobody named', async () => {
    await bench.make('PUT', '/projects/FLEET/permissions', { owner: 'mobility', permissions: [{ group: 'readers', readProjectContent: true }] })
    const { permissions: shown, ...others } = await bench.get('/projects/FLEET/permissions')
    expect(shown).toEqual([expect.objectContaining({ group: 'readers', readProjectContent: true, admin: false, runScenarios: false })])
    expect(others).toEqual({ owner: 'mobility', additionalDashboardUsers: { users: [] } })
  })
  it('give the project to who sent them where they leave the owner out', async () => {
    await bench.make('PUT', '/projects/FLEET/permissions', { permissions: [] })
    expect((await bench.get('/projects/FLEET'))['ownerLogin']).toBe('admin')
  })
  it('take no owner who is nobody, nor does a new project', async () => {
    expect(await bench.send('PUT', '/projects/FLEET/permissions', { owner: 'nobody' })).toMatchObject({ status: 400, body: refusal('IllegalArgumentException', 'User "nobody" does not exist') })
    expect((await bench.send('POST', '/projects/', project('A', { owner: 'nobody' }))).status).toBe(400)
    expect((await bench.get('/projects/FLEET/permissions'))['owner']).toBe('mobility')
  })
})

describe('a path', () => {
  it.each([
    ['/elsewhere', 'NotFoundException'],
    ['/projects/OTHER/datasets/', 'NotFoundException'],
    ['/projects/constructor/metadata', 'NotFoundException'],
    ['/projects/FLEET/datasets/other', 'NotFoundException'],
    ['/projects/FLEET/datasets/other/schema', 'NotFoundException'],
    ['/projects/FLEET/recipes/other', 'NotFoundException'],
  ])('to nowhere: %s', async (path, errorType) => expect(await bench.send('GET', path)).toMatchObject({ status: 404, body: { errorType, detailedMessage: expect.any(String) } }))
  it('ends with or without a slash', async () => {
    await bench.make('POST', '/projects/FLEET/datasets/managed/', managed('a'))
    expect(await bench.get('/projects/FLEET/datasets')).toEqual(await bench.get('/projects/FLEET/datasets/'))
  })
})
