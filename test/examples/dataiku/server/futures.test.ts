import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { FutureFaultKind } from '../../../../examples/dataiku/server/faults.ts'
import { managed, openBench, refusal, type Answer, type Bench, type Json } from './bench.ts'

let bench: Bench
const PLACE = 'filesystem_managed/FLEET/a'
const DATASET = '/projects/FLEET/datasets/a'
beforeEach(async () => {
  bench = await openBench({ futureMs: 100 })
  await bench.make('POST', '/projects/FLEET/datasets/managed', managed('a'))
  bench.server.store(PLACE, [1])
})
afterEach(() => bench.server.close())

const drop = async (path = `${DATASET}?dropData=true`): Promise<string> => String((await bench.make('DELETE', path)).body['jobId'])
const peek = (id: string): Promise<Json> => bench.get(`/futures/${id}?peek=true`)
const take = (id: string): Promise<Answer> => bench.send('GET', `/futures/${id}?peek=false`)
const isThere = (): boolean => bench.project().datasets['a'] !== undefined
const isKept = (): boolean => PLACE in bench.server.data()
const ask = (fault: FutureFaultKind, afterMs?: number): void => bench.server.fault({ fault, ...(afterMs !== undefined && { afterMs }) })

describe('a deletion', () => {
  it.each([['of a dataset', `${DATASET}?dropData=true`], ['of a project', '/projects/FLEET?clearManagedDatasets=true&wait=false']])('%s is a future, which is carried out when its time has come', async (_, path) => {
    const { body } = await bench.make('DELETE', path)
    expect(body).toEqual({ jobId: expect.stringMatching(/^[0-9a-f]{24}$/), alive: true, hasResult: false, aborted: false, unknown: false, progress: { states: [] }, startTime: 1_700_000_000_000, runningTime: 0 })
    bench.pass(99)
    expect(await peek(String(body['jobId']))).toMatchObject({ alive: true, hasResult: false, runningTime: 99 })
    expect([isThere(), isKept()]).toEqual([true, true])
    bench.pass(1)
    expect(await peek(String(body['jobId']))).toMatchObject({ alive: false, hasResult: true, runningTime: 100, result: { success: true } })
    expect([bench.server.state().projects['FLEET']?.datasets['a'], isKept()]).toEqual([undefined, false])
  })
  it('of a project blocks until it has happened where it waits, and is answered with nothing', async () => {
    let answered: Answer | undefined
    const sent = bench.make('DELETE', '/projects/FLEET?wait=true').then((answer) => (answered = answer))
    await bench.asleep()
    bench.pass(99)
    expect([await bench.get('/projects/'), answered]).toEqual([[expect.anything()], undefined])
    bench.pass(1)
    expect((await sent).text).toBe('')
    expect(bench.server.state().projects).toEqual({})
  })
  it('of a project blocks where nobody says whether', async () => {
    const sent = bench.make('DELETE', '/projects/FLEET')
    await bench.asleep()
    bench.pass(100)
    expect((await sent).text).toBe('')
  })
  it('that waits happens also where the client goes away', async () => {
    const controller = new AbortController()
    const sent = fetch(`${bench.server.url}/dip/publicapi/projects/FLEET?wait=true`, { method: 'DELETE', headers: { 'X-DKU-APITicket': 'local' }, signal: controller.signal })
    await bench.asleep()
    controller.abort()
    await expect(sent).rejects.toThrow('aborted')
    bench.pass(100)
    expect(bench.server.state().projects).toEqual({})
  })
  it('keeps the name taken until it has happened', async () => {
    await drop()
    expect((await bench.send('POST', '/projects/FLEET/datasets/managed', managed('a'))).status).toBe(400)
    bench.pass(100)
    await bench.make('POST', '/projects/FLEET/datasets/managed', managed('a'))
  })
  it('twice is two futures, of which the second fails and spares what has the name by then', async () => {
    const ids = [await drop(), await (bench.pass(1), drop())]
    bench.pass(99)
    await bench.make('POST', '/projects/FLEET/datasets/managed', managed('a'))
    bench.pass(1)
    expect([(await take(ids[0] as string)).status, isThere()]).toEqual([200, true])
    expect(await take(ids[1] as string)).toMatchObject({ status: 500, body: refusal('NotFoundException', 'Dataset "FLEET.a" not found') })
  })
})

describe('a result', () => {
  it('can be looked at again and again, and is handed over once', async () => {
    const id = await drop()
    bench.pass(100)
    for (let time = 0; time < 2; time++) expect(await peek(id)).toMatchObject({ hasResult: true, result: { success: true } })
    expect((await take(id)).body).toMatchObject({ hasResult: true, alive: false, result: { success: true } })
    expect(await peek(id)).toEqual({ jobId: id, alive: false, hasResult: false, aborted: false, unknown: true, startTime: 0, runningTime: 0 })
    expect((await take(id)).body).toMatchObject({ unknown: true, hasResult: false })
  })
  it('is handed over where nobody says whether to peek, and where that is said in capitals', async () => {
    const id = await drop()
    bench.pass(100)
    expect(await bench.get(`/futures/${id}?peek=True`)).toMatchObject({ hasResult: true })
    expect(await bench.get(`/futures/${id}`)).toMatchObject({ hasResult: true })
    expect(await peek(id)).toMatchObject({ unknown: true })
  })
  it('is gone where the reply that hands it over is lost', async () => {
    const id = await drop()
    bench.pass(100)
    bench.server.fault({ fault: 'reset-after', path: /futures/ })
    await expect(take(id)).rejects.toThrow('fetch failed')
    expect(await peek(id)).toMatchObject({ unknown: true })
  })
  it('is not taken from a future that is under way', async () => {
    const id = await drop()
    expect((await take(id)).body).toMatchObject({ alive: true, unknown: false })
    expect(await peek(id)).toMatchObject({ alive: true, unknown: false })
  })
  it('of an id that nobody knows is unknown, and 200', async () => expect(await take('x')).toMatchObject({ status: 200, body: { unknown: true, alive: false } }))
})

describe('an abort', () => {
  it('is answered with nothing, and nothing happens', async () => {
    const id = await drop()
    expect((await bench.make('DELETE', `/futures/${id}`)).text).toBe('')
    bench.pass(100)
    expect(await peek(id)).toMatchObject({ aborted: true, alive: false, hasResult: false, unknown: false })
    expect([isThere(), isKept()]).toEqual([true, true])
  })
  it('comes too late for what is done, and is 404 for what nobody knows', async () => {
    const id = await drop()
    bench.pass(100)
    await bench.make('DELETE', `/futures/${id}`)
    expect(await peek(id)).toMatchObject({ aborted: false, hasResult: true })
    expect((await bench.send('DELETE', '/futures/x')).status).toBe(404)
  })
})

describe('a future', () => {
  it('is unknown after a restart, and never happens where it was under way', async () => {
    const done = await drop('/projects/FLEET/datasets/a')
    bench.pass(100)
    await bench.make('POST', '/projects/FLEET/datasets/managed', managed('a'))
    const open = await drop()
    bench.server.forgetFutures()
    bench.pass(100)
    for (const id of [done, open]) expect(await peek(id)).toMatchObject({ unknown: true })
    expect([isThere(), isKept()]).toEqual([true, true])
  })
  it('can be late', async () => {
    ask('late', 500)
    const id = await drop()
    bench.pass(499)
    expect([await peek(id), isThere()]).toEqual([expect.objectContaining({ alive: true }), true])
    bench.pass(1)
    expect([await peek(id), isThere()]).toEqual([expect.objectContaining({ hasResult: true }), false])
  })
  it.each([['fail', 0], ['fail-late', 500]] as const)('can %s after %d ms, and do nothing: the error is what it gives for its result', async (fault, ms) => {
    ask(fault, 500)
    const id = await drop()
    if (ms > 0) {
      bench.pass(ms - 1)
      expect(await peek(id)).toMatchObject({ alive: true })
      bench.pass(1)
    }
    expect(await peek(id)).toMatchObject({ alive: false, hasResult: false, aborted: false, unknown: false })
    expect(await take(id)).toMatchObject({ status: 500, body: refusal('InternalServerErrorException', 'The deletion failed') })
    bench.pass(1_000)
    expect([await peek(id), isThere(), isKept()]).toEqual([expect.objectContaining({ unknown: true }), true, true])
  })
  it('can be forgotten, and happens all the same', async () => {
    ask('forgotten')
    const id = await drop()
    expect([await peek(id), isThere()]).toEqual([expect.objectContaining({ unknown: true }), true])
    bench.pass(100)
    expect([await peek(id), isThere()]).toEqual([expect.objectContaining({ unknown: true }), false])
  })
  it('can be stuck, until somebody aborts it', async () => {
    ask('stuck')
    const id = await drop()
    bench.pass(1_000_000)
    expect([await peek(id), isThere()]).toEqual([expect.objectContaining({ alive: true }), true])
    await bench.make('DELETE', `/futures/${id}`)
    expect(await peek(id)).toMatchObject({ alive: false, aborted: true })
  })
  it('that fails is 500 for who waits', async () => {
    ask('fail-late', 500)
    const sent = bench.send('DELETE', '/projects/FLEET?wait=true')
    await bench.asleep()
    bench.pass(500)
    expect(await sent).toMatchObject({ status: 500, body: refusal('InternalServerErrorException', 'The deletion failed') })
    expect(isThere()).toBe(true)
  })
  it('that is aborted is 500 for who waits', async () => {
    const sent = bench.send('DELETE', '/projects/FLEET')
    await bench.asleep()
    await bench.make('DELETE', `/futures/${String(bench.server.futures()[0]?.id)}`)
    bench.pass(100)
    expect(await sent).toMatchObject({ status: 500, body: refusal('InternalServerErrorException', 'aborted') })
    expect(isThere()).toBe(true)
  })
  it('that is stuck blocks who waits for good', async () => {
    ask('stuck')
    const controller = new AbortController()
    const sent = fetch(`${bench.server.url}/dip/publicapi/projects/FLEET`, { method: 'DELETE', headers: { 'X-DKU-APITicket': 'local' }, signal: controller.signal })
    await vi.waitFor(() => expect(bench.server.futures()).toHaveLength(1))
    bench.pass(1_000_000)
    await bench.get('/projects/')
    expect(bench.server.requests.filter(({ method }) => method === 'DELETE')).toMatchObject([{ status: 0 }])
    controller.abort()
    await expect(sent).rejects.toThrow('aborted')
    expect(isThere()).toBe(true)
  })
})
