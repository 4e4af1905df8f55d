import { describe, expect, it } from 'vitest'
import { ProviderError } from '../../src/core/errors.ts'
import type { ApiCall } from '../../src/core/event.ts'
import { createHttpClient, type HttpClientOptions } from '../../src/provider/rest/index.ts'
import { createCaseContext } from '../../src/testing/provider-context.ts'

/** A client over scripted replies, one for each request; what was asked and what was told to the engine. */
function script(replies: readonly (Response | (() => Response))[], options: Partial<HttpClientOptions> = {}) {
  const told: string[] = []
  const queue = [...replies]
  const requests: { readonly headers: Headers }[] = []
  const context = {
    signal: new AbortController().signal,
    admit: async () => void told.push('admit'),
    refused: (retryAfterMs?: number) => void told.push(`refused ${retryAfterMs}`),
    wait: async () => undefined,
    elapsedMs: () => 0,
    trace: ({ status }: ApiCall) => void told.push(`${status}`),
  }
  const client = createHttpClient({
    baseUrl: 'https://api.example',
    ...options,
    fetch: async (_, init) => {
      requests.push({ headers: new Headers(init?.headers) })
      const next = queue.shift()
      return typeof next === 'function' ? next() : (next as Response)
    },
  })
  return { told, requests, post: () => client.request({ method: 'POST', path: '/x', body: {} }, context), get: () => client.request({ method: 'GET', path: '/x' }, context) }
}

const reply = (status: number, body: unknown = {}, headers: Record<string, string> = {}): Response => new Response(JSON.stringify(body), { status, headers })

describe('a request that was refused as one too many', () => {
  it('waits for its turn, and is made again: it was not carried out', async () => {
    const { told, post } = script([reply(429, {}, { 'retry-after': '3' }), reply(503, {}, { 'retry-after': '1' }), reply(201, { id: '1' })])
    expect(await post()).toEqual({ id: '1' })
    expect(told).toEqual(['admit', '429', 'refused 3000', 'admit', '503', 'refused 1000', 'admit', '201'])
  })
  it('is a fault when it was refused too often', async () => {
    const { told, post } = script(Array.from({ length: 20 }, () => reply(429)))
    await expect(post()).rejects.toMatchObject({ kind: 'retryable', status: 429 })
    expect(told.filter((line) => line === 'admit').length).toBe(10)
  })
  it('is not one that a server refuses because it is down', async () => {
    const { told, post } = script([reply(503)])
    await expect(post()).rejects.toMatchObject({ kind: 'retryable', status: 503 })
    expect(told).toEqual(['admit', '503'])
  })
})

describe('a token that has expired', () => {
  it('is refreshed once for all requests that failed with it, and they are made again', async () => {
    let token = 'old'
    let refreshes = 0
    const { requests, post, get } = script([reply(401), reply(401), reply(201, { id: '1' }), reply(200, { id: '2' })], {
      headers: () => ({ authorization: `Bearer ${token}` }),
      refresh: async () => {
        refreshes++
        await Promise.resolve()
        token = 'new'
      },
    })
    expect(await Promise.all([post(), get()])).toEqual([{ id: '1' }, { id: '2' }])
    expect(refreshes).toBe(1)
    expect(requests.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer old', 'Bearer old', 'Bearer new', 'Bearer new'])
  })
  it('is not refreshed again for a late refusal of the old one', async () => {
    let token = 'old'
    let refreshes = 0
    let answerLate: (response: Response) => void = () => undefined
    const client = createHttpClient({
      baseUrl: 'https://api.example',
      headers: () => ({ authorization: token }),
      refresh: async () => void (token = `new ${++refreshes}`),
      fetch: async (url, init) => {
        const isOld = new Headers(init?.headers).get('authorization') === 'old'
        if (isOld && String(url).endsWith('/late')) return new Promise((resolve) => (answerLate = resolve))
        return isOld ? reply(401) : reply(200, { token })
      },
    })
    const late = client.request({ method: 'GET', path: '/late' }, createCaseContext())
    await client.request({ method: 'GET', path: '/soon' }, createCaseContext())
    answerLate(reply(401))
    expect([await late, refreshes]).toEqual([{ token: 'new 1' }, 1])
  })
  it('whose headers cannot be made says so in its own words', async () => {
    const { post } = script([], { headers: () => Promise.reject(new ProviderError('fatal', 'the token is gone')) })
    await expect(post()).rejects.toMatchObject({ kind: 'fatal', message: 'the token is gone' })
  })
  it('that is refused again is an error', async () => {
    const { post } = script([reply(401), reply(401)], { refresh: async () => undefined })
    await expect(post()).rejects.toMatchObject({ kind: 'fatal', status: 401, message: expect.stringContaining('check the token') as string })
  })
  it('that cannot be refreshed says why', async () => {
    const { post } = script([reply(401)], { refresh: () => Promise.reject(new Error('the secret is wrong')) })
    await expect(post()).rejects.toThrow('the secret is wrong')
  })
})

describe('a lease', () => {
  /** Holds until the headers are made. */
  function script(proof: () => Promise<void>) {
    const sent: string[] = []
    let isHeld = true
    const context = { signal: new AbortController().signal, admit: async () => undefined, refused: () => undefined, wait: async () => undefined, elapsedMs: () => 0, trace: () => void sent.push('traced'), hold: () => (isHeld ? undefined : proof().then(() => void (isHeld = true))) }
    const client = createHttpClient({
      baseUrl: 'https://api.example',
      headers: async () => {
        await Promise.resolve()
        isHeld = false
        return {}
      },
      fetch: async () => (sent.push(isHeld ? 'sent' : 'sent without a lease'), reply(201, { id: '1' })),
    })
    return { sent, post: () => client.request({ method: 'POST', path: '/x', body: {} }, context) }
  }
  it('that is lost while new credentials are got lets nothing be sent', async () => {
    const { sent, post } = script(() => Promise.reject(new Error('the lease is lost')))
    await expect(post()).rejects.toThrow('the lease is lost')
    expect(sent).toEqual([])
  })
  it('that is proven again lets it be sent', async () => {
    const { sent, post } = script(() => Promise.resolve())
    expect(await post()).toEqual({ id: '1' })
    expect(sent).toEqual(['sent', 'traced'])
  })
})

describe('success that is decided by the body', () => {
  const findProblem = (body: unknown): { readonly message: string; readonly fields: readonly { readonly path: string; readonly reason: string }[] } | undefined => {
    const { result, validations = {} } = body as { readonly result?: string; readonly validations?: Record<string, string> }
    return result === 'failed' ? { message: 'not saved', fields: Object.entries(validations).map(([path, reason]) => ({ path, reason })) } : undefined
  }
  it('is an error with its fields where the body says so', async () => {
    const { post } = script([reply(200, { result: 'failed', validations: { 'rule.interface': 'is required' } })], { findProblem })
    await expect(post()).rejects.toMatchObject({ kind: 'fatal', status: 200, message: 'POST /x: not saved: rule.interface is required', fields: [{ path: 'rule.interface', reason: 'is required' }] })
  })
  it('is a success elsewhere', async () => {
    expect(await script([reply(200, { result: 'saved' })], { findProblem }).post()).toEqual({ result: 'saved' })
  })
})
