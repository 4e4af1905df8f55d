import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RequestFaultKind } from '../../../../examples/director/server/faults.ts'
import { NODE, openBench, repo, type Answer, type Bench } from './bench.ts'

let bench: Bench
beforeEach(async () => void (bench = await openBench()))
afterEach(() => bench.server.close())

const post = (): Promise<Answer> => bench.write('POST', 'Repos', repo('a'))
const count = (): number => bench.server.objects(NODE, 'Repos').length - 3
const ask = (fault: RequestFaultKind): void => bench.server.fault({ fault, method: 'POST', path: /Repos$/ })

describe('a fault', () => {
  it.each([['error', 500, 0], ['rate-limited', 429, 0], ['error-after', 500, 1]] as const)('%s answers %d, and %d orders were accepted', async (fault, status, accepted) => {
    ask(fault)
    expect((await post()).status).toBe(status)
    expect([bench.server.orders().length, count()]).toEqual([accepted, accepted])
    expect((await bench.write('POST', 'Repos', repo('b'))).status).toBe(200)
  })
  it('unavailable answers 503, and no JSON', async () => {
    bench.server.fault({ fault: 'unavailable' })
    const response = await fetch(`${bench.server.url}/configapi/${NODE}/Repos`)
    expect([response.status, await response.text()]).toEqual([503, expect.stringContaining('<html>')])
  })
  it('rate-limited says when to come again', async () => {
    bench.server.fault({ fault: 'rate-limited', afterMs: 3_000 })
    const response = await fetch(`${bench.server.url}/configapi/${NODE}/Repos`)
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '3'])
  })
  it.each([['reset-before', 0], ['reset-after', 1]] as const)('%s cuts the connection, and %d orders were accepted', async (fault, accepted) => {
    ask(fault)
    await expect(post()).rejects.toThrow('fetch failed')
    expect([bench.server.orders().length, count()]).toEqual([accepted, accepted])
    expect(bench.server.requests).toMatchObject([{ method: 'POST', path: `/configapi/${NODE}/Repos`, status: 0 }])
  })
  it('hang never answers', async () => {
    ask('hang')
    const controller = new AbortController()
    const sent = fetch(`${bench.server.url}/configapi/${NODE}/Repos`, { method: 'POST', signal: controller.signal })
    await bench.get('Repos')
    controller.abort()
    await expect(sent).rejects.toThrow('aborted')
    expect(bench.server.orders()).toEqual([])
  })
  it('of a request and of its order can meet: the reply is lost, and the order fails', async () => {
    ask('reset-after')
    bench.server.fault({ fault: 'fail', path: /Repos$/ })
    await expect(post()).rejects.toThrow('fetch failed')
    expect(bench.server.orders()).toMatchObject([{ outcome: { isSuccess: false } }])
    expect(count()).toBe(0)
  })
  it('can be forgotten before it happens', async () => {
    ask('error')
    bench.server.fault({ fault: 'stuck' })
    bench.server.heal()
    expect(await bench.page(await post())).toMatchObject({ success: true })
  })
})

describe('behind everybody\'s back', () => {
  it('an object is changed, made and dropped, and reads show it at once', async () => {
    await bench.make('Repos', repo('a'))
    bench.server.edit({ node: NODE, table: 'Repos', name: 'a', changes: { repoha: [{ ha_li: '192.0.2.1', ha_day: 7 }] } })
    bench.server.edit({ node: NODE, table: 'Repos', name: 'b', changes: { hiddenrepopath: [], repoha: [] } })
    expect((await bench.get(`Repos/${bench.idOf('Repos', 'a')}`)).body).toMatchObject({ repopath: [{ retention: 90 }], repoha: [{ ha_day: 7 }] })
    expect((await bench.get(`Repos/${bench.idOf('Repos', 'b')}`)).status).toBe(200)
    for (const name of ['a', 'b']) bench.server.edit({ node: NODE, table: 'Repos', name, changes: null })
    expect(await bench.list('Repos')).toHaveLength(3)
  })
})
