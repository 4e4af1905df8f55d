import { describe, expect, it } from 'vitest'
import { apply, resume } from 'convergent'
import { createMortalProcess } from 'convergent/testing'
import type { DataikuOptions } from '../../../../examples/dataiku/dataiku.ts'
import type { ServerFault } from '../../../../examples/dataiku/server/faults.ts'
import { failuresOf, managed, openBench, project } from './bench.ts'

const whole = [project(), managed('FLEET.a', { dropData: true })]
const [first] = whole
const place = 'filesystem_managed/FLEET/a'
const DELETE = 'DELETE FLEET/datasets/a?dropData=true'

const begin = async (options: Partial<DataikuOptions> = {}) => {
  const bench = openBench(options)
  expect(failuresOf(await bench.sync(whole))).toEqual([])
  bench.server.store(place, [1])
  bench.writes()
  const { server, provider, store, clock } = bench
  return {
    ...bench,
    options: { provider, store, clock },
    remove: (fault?: ServerFault) => {
      if (fault !== undefined) server.fault(fault)
      return bench.sync(whole.slice(0, 1))
    },
    isThere: () => [bench.project().datasets['a'] !== undefined, place in server.data()],
  }
}

describe('a future', () => {
  it('is waited for, and only peeked at', async () => {
    const { remove, isThere, server, writes } = await begin()
    expect((await remove({ fault: 'late', afterMs: 20_000 })).outcome).toBe('succeeded')
    expect([isThere(), writes()]).toEqual([[false, false], [DELETE]])
    expect([...new Set(server.requests.filter(({ path }) => path.includes('/futures/')).map(({ query }) => query))]).toEqual(['?peek=true'])
    expect(server.futures()[0]?.isForgotten).toBe(false)
  })
  it('that has no end in time stays open, and is waited for again by a resume', async () => {
    const { remove, isThere, writes, options } = await begin({ futureTimeoutMs: 5_000 })
    expect(await remove({ fault: 'late', afterMs: 8_000 })).toMatchObject({ outcome: 'interrupted', open: true })
    expect(isThere()).toEqual([true, true])
    expect((await resume(undefined, options)).outcome).toBe('succeeded')
    expect([isThere(), writes()]).toEqual([[false, false], [DELETE]])
  })
  it('that was under way when its process was killed is polled by the next one, and nothing is sent again', async () => {
    const { plan, options, isThere, writes, server } = await begin()
    server.fault({ fault: 'late', afterMs: 30_000 })
    const planned = await plan([first as (typeof whole)[number]])
    const process = createMortalProcess(options)
    const running = process.outlive(apply(planned, { ...options, provider: process.provider, store: process.store, clock: process.clock }).result)
    while (!process.operations.some((each) => each.includes('handle'))) await new Promise(setImmediate)
    process.kill()
    expect([await running, isThere()]).toEqual([undefined, [true, true]])
    const next = process.restart()
    const result = await resume(undefined, { provider: next.provider, store: next.store, clock: next.clock })
    expect([result.outcome, isThere(), writes()]).toEqual(['succeeded', [false, false], [DELETE]])
  })
  it.each([
    ['fail', 'The deletion failed'],
    ['fail-late', 'The deletion failed'],
  ] as const)('that fails (%s) fails its delete, and says why', async (fault, message) => {
    const { remove, isThere, plan } = await begin()
    const result = await remove({ fault })
    expect(result).toMatchObject({ outcome: 'failed', actions: [{ address: 'Dataset/FLEET.a', error: { message: expect.stringContaining(message) as string } }] })
    expect(isThere()).toEqual([true, true])
    expect((await plan(whole)).actions).toEqual([])
  })
  it('that somebody aborts fails its delete', async () => {
    const { plan, options, isThere, server } = await begin()
    server.fault({ fault: 'stuck' })
    const abort = async () => {
      const { id } = server.futures()[0] as { readonly id: string }
      await server.fetch(new Request(`http://dss.invalid/dip/publicapi/futures/${id}`, { method: 'DELETE', headers: { 'x-dku-apiticket': 'local' } }))
    }
    const running = apply(await plan(whole.slice(0, 1)), options)
    while (server.futures().length === 0) await new Promise(setImmediate)
    await abort()
    const result = await running
    expect(result).toMatchObject({ outcome: 'failed', actions: [{ error: { message: expect.stringMatching(/failed: somebody aborted it/) as string } }] })
    expect(isThere()).toEqual([true, true])
  })
  it('that the server forgets is done where the dataset is gone', async () => {
    const { remove, isThere, writes } = await begin()
    expect((await remove({ fault: 'forgotten' })).outcome).toBe('succeeded')
    expect([isThere(), writes()]).toEqual([[false, false], [DELETE]])
  })
  it('that a restart of the server has ended is started again', async () => {
    const { options, plan, isThere, writes, server } = await begin()
    server.fault({ fault: 'stuck' })
    const running = apply(await plan(whole.slice(0, 1)), options)
    while (server.futures().length === 0) await new Promise(setImmediate)
    server.forgetFutures()
    const result = await running
    const last = result.open ? await resume(undefined, options) : result
    expect([last.outcome, isThere(), writes()]).toEqual(['succeeded', [false, false], [DELETE, DELETE]])
  })
  it('that has no end in time is not taken back', async () => {
    const { plan, isThere, server, options } = await begin({ futureTimeoutMs: 5_000 })
    server.fault({ fault: 'late', afterMs: 12_000 })
    const result = await apply(await plan(whole.slice(0, 1)), { ...options, onFailure: 'rollback' })
    expect(result).toMatchObject({ outcome: 'interrupted', open: true, message: expect.stringMatching(/^nothing was taken back: run \S+ cannot be taken back while it may still change things: delete:Dataset\/FLEET\.a: its task \(.+\) is not over/) as string })
    expect([result.rollback, isThere()]).toEqual([undefined, [true, true]])
    expect((await resume(undefined, options)).outcome).toBe('succeeded')
    expect(isThere()).toEqual([false, false])
  })
  it('is waited for by a project that is deleted too', async () => {
    const { sync, server, writes } = await begin()
    server.fault({ fault: 'late', method: 'DELETE', path: /FLEET$/, afterMs: 9_000 })
    expect((await sync([])).outcome).toBe('succeeded')
    expect([server.state().projects, writes().length]).toEqual([{}, 2])
  })
})
