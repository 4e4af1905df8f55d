import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NODE, openBench, repo, type Answer, type Bench, type Json } from './bench.ts'

let bench: Bench
beforeEach(async () => void (bench = await openBench({ token: 't', secret: 's', tokenTtlMs: 1_000, secretTtlMs: 5_000 })))
afterEach(() => bench.server.close())

const list = (token?: string): Promise<Answer> => bench.send('GET', `/configapi/${NODE}/Repos`, undefined, token)
const refresh = (secretKey: string): Promise<Answer> => bench.send('POST', '/refreshToken', { secretKey })

describe('a token', () => {
  it.each(['wrong', ''])('that is not valid is 401 with JSON, and nothing is done: %j', async (token) => {
    const { status, body } = await bench.send('POST', `/configapi/${NODE}/Repos`, { data: repo('a') }, token)
    expect([status, body]).toEqual([401, { status: 'Failed', message: 'Invalid token' }])
    expect(bench.server.orders()).toEqual([])
  })
  it('expires after its time, for the pages of orders too', async () => {
    const { body } = await bench.write('POST', 'Repos', repo('a'))
    bench.pass(999)
    expect((await list()).status).toBe(200)
    bench.pass(1)
    expect(await list()).toEqual({ status: 401, body: { status: 'Failed', message: 'Token has expired' } })
    expect((await bench.send('GET', String(body['message']))).status).toBe(401)
  })
  it('is valid for eight hours, and its secret for 72, where nothing else is said', async () => {
    await bench.server.close()
    bench = await openBench()
    bench.pass(8 * 3_600_000 - 1)
    expect((await list()).status).toBe(200)
    bench.pass(1)
    expect((await list()).status).toBe(401)
    bench.pass(64 * 3_600_000 - 1)
    expect((await refresh('local-secret')).status).toBe(200)
  })
  it('expires on demand, right before a request', async () => {
    bench.server.fault({ fault: 'expire', method: 'POST', path: /Repos$/ })
    expect((await list()).status).toBe(200)
    expect((await bench.write('POST', 'Repos', repo('a'))).status).toBe(401)
    expect([(await list()).status, bench.server.orders()]).toEqual([401, []])
  })
})

describe('a refresh', () => {
  it('gives a new pair for the secret of an expired one, and kills the old pair', async () => {
    bench.server.expire()
    const { status, body } = await refresh('s')
    const { token, secretKey } = body['tokenDetails'] as Json
    expect([status, body['status'], token === 't', secretKey === 's']).toEqual([200, 'Success', false, false])
    expect([(await list(String(token))).status, (await list('t')).status, (await refresh('s')).status]).toEqual([200, 401, 401])
    expect((await refresh(String(secretKey))).status).toBe(200)
    expect((await list(String(token))).status).toBe(401)
  })
  it('kills the old token before its time as well', async () => {
    await refresh('s')
    expect((await list('t')).status).toBe(401)
  })
  it('of which the reply is lost leaves nobody with a pair that is valid', async () => {
    bench.server.fault({ fault: 'reset-after', path: /refreshToken/ })
    await expect(refresh('s')).rejects.toThrow('fetch failed')
    expect([(await list('t')).status, (await refresh('s')).status]).toEqual([401, 401])
  })
  it('is refused after the time of the secret, with a wrong one, and without any', async () => {
    expect((await refresh('wrong')).status).toBe(401)
    expect((await bench.send('POST', '/refreshToken', {})).status).toBe(400)
    bench.pass(5_000)
    expect((await refresh('s')).status).toBe(401)
  })
})

describe('a path', () => {
  it.each([
    ['configapi/pool-2/logpoint-1/Repos', 403],
    ['configapi/pool-1/logpoint-3/Repos', 404],
    ['monitorapi/pool-2/logpoint-1/orders/a', 403],
    ['configapi/pool-1/logpoint-1', 404],
    ['elsewhere', 404],
  ])('to nowhere: %s is %d', async (path, status) => {
    expect(await bench.send('GET', `/${path}`)).toEqual({ status, body: { status: 'Failed', message: expect.any(String) } })
  })
  it('to nowhere is 401 for one without a token', async () => expect((await bench.send('GET', '/configapi/pool-2/logpoint-1/Repos', undefined, 'wrong')).status).toBe(401))
})
