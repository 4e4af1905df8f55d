import { describe, expect, it } from 'vitest'
import { createFaultyFetch } from '../../src/testing/faulty-fetch.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

const url = 'https://api.example/things'

/** A list of things to which a POST adds one. */
function openThings(shape: (items: readonly object[]) => unknown = (items) => ({ data: items, total: items.length })) {
  const items: object[] = []
  const requests: string[] = []
  const clock = manualClock()
  const faulty = createFaultyFetch({
    clock,
    fetch: (request) => {
      requests.push(request.method)
      if (request.method === 'POST') items.push({ id: String(items.length + 1), parts: [{ n: 1 }, { n: 2 }] })
      return Response.json(shape(items))
    },
  })
  const list = async (): Promise<unknown> => (await faulty.fetch(url)).json()
  const post = (): Promise<Response> => faulty.fetch(url, { method: 'POST', body: '{}' })
  return { ...faulty, items, requests, clock, list, post }
}

describe('createFaultyFetch', () => {
  it('fails the next request that fits, once', async () => {
    const { faults, list, post, requests } = openThings()
    faults.overload('write')
    await list()
    const refused = await post()
    expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('content-type')]).toEqual([429, '1', 'application/problem+json'])
    expect((await post()).status).toBe(200)
    expect(requests).toEqual(['GET', 'POST'])
  })
  it('says 400 and 500 without carrying out', async () => {
    const { faults, post, requests } = openThings()
    faults.refuseInput()
    faults.failServer('write')
    expect([(await post()).status, (await post()).status]).toEqual([400, 500])
    expect(requests).toEqual([])
  })
  it('loses a reply of what was done, and refuses a connection before anything is', async () => {
    const { faults, post, items } = openThings()
    faults.refuseConnection('write')
    await expect(post()).rejects.toMatchObject({ name: 'TypeError', message: 'fetch failed', cause: { code: 'ECONNREFUSED' } })
    expect(items.length).toBe(0)
    faults.loseReply('write')
    await expect(post()).rejects.toMatchObject({ name: 'TypeError', message: 'fetch failed', cause: { code: 'ECONNRESET' } })
    expect(items.length).toBe(1)
  })
  it('hangs until it is aborted', async () => {
    const { faults, fetch, requests } = openThings()
    faults.hang('read')
    const controller = new AbortController()
    const hanging = fetch(url, { signal: controller.signal })
    controller.abort()
    await expect(hanging).rejects.toMatchObject({ name: 'AbortError' })
    expect(requests).toEqual([])
  })
  it('leaves the last item out where a total tells, and waits for a list that has one', async () => {
    const { faults, list, post } = openThings()
    faults.cutList()
    expect(await list()).toEqual({ data: [], total: 0 })
    await post()
    await post()
    expect(await list()).toEqual({ data: [{ id: '1', parts: [{ n: 1 }, { n: 2 }] }], total: 2 })
    expect(await list()).toMatchObject({ data: [{ id: '1' }, { id: '2' }] })
  })
  it.each([
    ['a list in an object', (items: readonly object[]) => ({ items, next: null, size: 7 })],
    ['a list alone', (items: readonly object[]) => items],
  ])('tears %s that has no total', async (_, shape) => {
    const { faults, list, post } = openThings(shape)
    await post()
    faults.cutList()
    await expect(list()).rejects.toThrow(SyntaxError)
    expect(JSON.stringify(await list())).toContain('"id":"1"')
  })
  it('shows a list as it was until the lag is over', async () => {
    const { faults, list, post, clock } = openThings()
    await list()
    faults.lag(5_000)
    await post()
    expect(await list()).toEqual({ data: [], total: 0 })
    await clock.advance(4_999)
    expect(await list()).toEqual({ data: [], total: 0 })
    await clock.advance(1)
    expect(await list()).toMatchObject({ total: 1 })
  })
  it('forgets what has not happened', async () => {
    const { faults, list, post } = openThings()
    await list()
    for (const fault of [faults.overload, faults.loseReply, faults.hang, faults.failServer, faults.refuseConnection]) fault('write')
    faults.lag(5_000)
    faults.heal()
    expect((await post()).status).toBe(200)
    expect(await list()).toMatchObject({ total: 1 })
  })
  it('asks what a request is', async () => {
    const { fetch, faults } = createFaultyFetch({ fetch: () => Response.json({}), kindOf: ({ url }) => (url.endsWith('/search') ? 'read' : undefined) })
    faults.overload('read')
    expect((await fetch(url, { method: 'POST' })).status).toBe(200)
    expect((await fetch(`${url}/search`, { method: 'POST' })).status).toBe(429)
  })
})
