import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RequestFaultKind } from '../../../../examples/dataiku/server/faults.ts'
import { managed, openBench, recipe, table, type Answer, type Bench } from './bench.ts'

let bench: Bench
beforeEach(async () => void (bench = await openBench()))
afterEach(() => bench.server.close())

const ALL = '/projects/FLEET/datasets'
const post = (): Promise<Answer> => bench.send('POST', `${ALL}/`, table('a'))
const count = (): number => Object.keys(bench.project().datasets).length
const ask = (fault: RequestFaultKind): void => bench.server.fault({ fault, method: 'POST', path: /datasets$/ })

describe('a fault', () => {
  it.each([['error', 500, 0], ['rate-limited', 429, 0], ['error-after', 500, 1]] as const)('%s answers %d, and %d datasets were made', async (fault, status, made) => {
    ask(fault)
    expect(await post()).toMatchObject({ status, body: { errorType: expect.any(String), message: expect.any(String), detailedMessage: expect.any(String) } })
    expect(count()).toBe(made)
    expect((await bench.send('POST', `${ALL}/`, table('b'))).status).toBe(200)
  })
  it('unavailable answers 503, and no JSON', async () => {
    bench.server.fault({ fault: 'unavailable' })
    expect(await bench.send('GET', `${ALL}/`)).toMatchObject({ status: 503, text: expect.stringContaining('<html>') })
  })
  it('rate-limited says when to come again', async () => {
    bench.server.fault({ fault: 'rate-limited', afterMs: 3_000 })
    const response = await fetch(`${bench.server.url}/dip/publicapi${ALL}/`)
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '3'])
  })
  it.each([['reset-before', 0], ['reset-after', 1]] as const)('%s cuts the connection, and %d datasets were made', async (fault, made) => {
    ask(fault)
    await expect(post()).rejects.toThrow('fetch failed')
    expect(count()).toBe(made)
    expect(bench.server.requests.at(-1)).toMatchObject({ method: 'POST', path: `/dip/publicapi${ALL}`, query: '', status: 0 })
  })
  it('slow does it at once, and lets the reply wait', async () => {
    bench.server.fault({ fault: 'slow', method: 'POST', afterMs: 500 })
    let isAnswered = false
    const sent = post().finally(() => (isAnswered = true))
    await bench.asleep()
    expect(await bench.get(`${ALL}/`)).toHaveLength(1)
    bench.pass(499)
    await bench.get(`${ALL}/`)
    expect(isAnswered).toBe(false)
    bench.pass(1)
    expect((await sent).status).toBe(200)
  })
  it('hang never answers', async () => {
    ask('hang')
    const controller = new AbortController()
    const sent = fetch(`${bench.server.url}/dip/publicapi${ALL}/`, { method: 'POST', signal: controller.signal })
    await bench.get(`${ALL}/`)
    controller.abort()
    await expect(sent).rejects.toThrow('aborted')
    expect(count()).toBe(0)
  })
  it('of a request and of its future can meet: the reply is lost, and the future fails', async () => {
    await post()
    bench.server.fault({ fault: 'reset-after', method: 'DELETE' })
    bench.server.fault({ fault: 'fail', method: 'DELETE' })
    await expect(bench.send('DELETE', `${ALL}/a`)).rejects.toThrow('fetch failed')
    expect([bench.server.futures(), count()]).toEqual([[expect.objectContaining({ outcome: expect.objectContaining({ ended: 'failed' }) })], 1])
  })
  it('can be forgotten before it happens', async () => {
    ask('error')
    bench.server.fault({ fault: 'stuck' })
    bench.server.fault({ fault: 'renames' })
    bench.server.heal()
    await bench.make('POST', `${ALL}/`, table('a'))
    expect((await bench.make('POST', '/projects/FLEET/recipes/', recipe('r', [], ['a']))).body).toEqual({ name: 'r' })
    await bench.make('DELETE', `${ALL}/a`)
    expect(count()).toBe(0)
  })
})

describe('behind everybody\'s back', () => {
  it('things are changed, made and dropped', async () => {
    await bench.make('POST', `${ALL}/managed`, managed('a'))
    const edit = bench.server.edit
    edit({ project: 'FLEET', part: 'metadata', changes: { description: 'x' } })
    edit({ project: 'FLEET', part: 'dataset', name: 'a', changes: { tags: ['x'] } })
    edit({ project: 'FLEET', part: 'dataset', name: 'b', changes: { type: 'S3' } })
    edit({ project: 'FLEET', part: 'recipe', name: 'r', changes: { tags: ['x'] }, payload: 'x' })
    expect(await bench.get('/projects/FLEET/metadata')).toMatchObject({ label: 'Vehicle fleet', description: 'x' })
    expect(await bench.get(`${ALL}/`)).toMatchObject([{ name: 'a', managed: true, tags: ['x'] }, { name: 'b', type: 'S3' }])
    expect(await bench.get('/projects/FLEET/recipes/r')).toMatchObject({ recipe: { type: 'python', tags: ['x'] }, payload: 'x' })
    edit({ project: 'FLEET', part: 'recipe', name: 'r', changes: {}, payload: 'y' })
    expect(await bench.get('/projects/FLEET/recipes/r')).toMatchObject({ recipe: { tags: ['x'] }, payload: 'y' })
    for (const part of ['dataset', 'recipe'] as const) for (const name of ['a', 'b', 'r']) edit({ project: 'FLEET', part, name, changes: null })
    expect([await bench.get(`${ALL}/`), await bench.get('/projects/FLEET/recipes/')]).toEqual([[], []])
    edit({ project: 'FLEET', part: 'project', changes: null })
    expect(() => edit({ project: 'FLEET', part: 'project', changes: null })).toThrow('no project "FLEET"')
  })
  it('data is put into a place and taken away', () => {
    bench.server.store('lake/a', [1])
    expect(bench.server.data()).toEqual({ 'lake/a': [1] })
    bench.server.store('lake/a', null)
    expect(bench.server.data()).toEqual({})
  })
  it('requests are counted by what they are for', async () => {
    await bench.make('POST', `${ALL}/managed`, managed('a'))
    for (const path of [`${ALL}/a`, `${ALL}/a/schema`, '/projects/', '/projects/FLEET/metadata', '/futures/x?peek=true']) await bench.get(path)
    expect(bench.server.state().counts).toEqual({ 'POST projects': 1, 'POST datasets/managed': 1, 'GET datasets': 1, 'GET datasets/schema': 1, 'GET projects': 1, 'GET metadata': 1, 'GET futures': 1 })
  })
})
