import { afterEach, describe, expect, it } from 'vitest'
import { startKonnect, type KonnectServer } from '../../../examples/konnect/server/start.ts'
import type { KonnectServerOptions } from '../../../examples/konnect/server/app.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'

let server: KonnectServer | undefined
afterEach(() => server?.close())

/** A local Konnect on a socket, and a client that tells the status, or that there was none. */
async function start(options: Partial<KonnectServerOptions> = {}) {
  const running = await startKonnect({ token: 't', ...options })
  server = running
  const call = async (method: string, path: string, body?: unknown): Promise<{ readonly status: number | 'reset'; readonly retryAfter?: string | null; readonly body?: Record<string, unknown> }> => {
    try {
      const reply = await fetch(`${running.url}${path}`, { method, headers: { authorization: 'Bearer t', 'content-type': 'application/json' }, ...(body !== undefined && { body: JSON.stringify(body) }) })
      return { status: reply.status, retryAfter: reply.headers.get('retry-after'), body: (await reply.json()) as Record<string, unknown> }
    } catch {
      return { status: 'reset' }
    }
  }
  return { running, call, names: () => (running.objects()['api'] ?? []).map(({ name }) => name) }
}

describe('the local server, on demand', () => {
  it('cuts the connection before or after it did what it was asked', async () => {
    const { running, call, names } = await start()
    running.fault({ fault: 'reset-before', method: 'POST' })
    expect((await call('POST', '/v3/apis', { name: 'a' })).status).toBe('reset')
    expect(names()).toEqual([])
    running.fault({ fault: 'reset-after', method: 'POST' })
    expect((await call('POST', '/v3/apis', { name: 'b' })).status).toBe('reset')
    expect(names()).toEqual(['b'])
    expect((await call('POST', '/v3/apis', { name: 'c' })).status).toBe(201)
    expect(running.requests.map(({ status }) => status)).toEqual([0, 0, 201])
  })
  it('refuses what it does not carry out', async () => {
    const { running, call, names } = await start()
    running.fault({ fault: 'overload', retryAfterS: 7 })
    running.fault({ fault: 'unavailable' })
    running.fault({ fault: 'error', path: /apis/ })
    expect(await call('POST', '/v3/apis', { name: 'a' })).toMatchObject({ status: 429, retryAfter: '7', body: { title: expect.any(String) as string } })
    expect(await call('POST', '/v3/apis', { name: 'a' })).toMatchObject({ status: 503, retryAfter: null })
    expect((await call('GET', '/v3/portals')).status).toBe(200)
    expect((await call('POST', '/v3/apis', { name: 'a' })).status).toBe(500)
    expect(names()).toEqual([])
    running.fault({ fault: 'error', times: 99 })
    running.heal()
    expect((await call('GET', '/v3/portals')).status).toBe(200)
  })
  it('takes so many requests a second, from everybody together', async () => {
    const clock = manualClock()
    const { call } = await start({ rate: { perSecond: 2, burst: 3 }, clock })
    const statuses = async (count: number): Promise<unknown[]> => {
      const found: unknown[] = []
      for (let at = 0; at < count; at++) found.push((await call('GET', '/v3/portals')).status)
      return found
    }
    expect(await statuses(5)).toEqual([200, 200, 200, 429, 429])
    await clock.advance(1_000)
    expect(await statuses(3)).toEqual([200, 200, 429])
  })
  it('shows what is new in lists only after a while, and at its own path at once', async () => {
    const clock = manualClock()
    const { call } = await start({ listLagMs: 500, clock })
    const { body } = await call('POST', '/v3/apis', { name: 'a' })
    expect((await call('GET', `/v3/apis/${String(body?.['id'])}`)).status).toBe(200)
    expect((await call('GET', '/v3/apis')).body?.['data']).toEqual([])
    await clock.advance(500)
    expect((await call('GET', '/v3/apis')).body?.['data']).toMatchObject([{ name: 'a' }])
  })
})
