import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ServerFaultKind } from '../../../../examples/opnsense/server/faults.ts'
import { network, openBench, rule, type Answer, type Bench } from './bench.ts'

let bench: Bench
beforeEach(async () => void (bench = await openBench()))
afterEach(() => bench.server.close())

const add = (): Promise<Answer> => bench.post('firewall/alias/addItem', network('net_a'))
const count = (): number => bench.server.saved().alias.length
const ask = (fault: ServerFaultKind): void => bench.server.fault({ fault, path: /addItem/ })

describe('a fault', () => {
  it.each([
    ['unavailable', 503, 0],
    ['error', 500, 0],
    ['error-after', 500, 1],
    ['warning', 200, 0],
  ] as const)('%s answers %d, and %d objects were saved', async (fault, status, saved) => {
    ask(fault)
    const answer = await add()
    expect([answer.status, count()]).toEqual([status, saved])
    expect(answer.body).not.toHaveProperty('result')
    expect((await bench.post('firewall/alias/addItem', network('net_b'))).body['result']).toBe('saved')
  })
  it.each([['reset-before', 0], ['reset-after', 1]] as const)('%s cuts the connection, and %d objects were saved', async (fault, saved) => {
    ask(fault)
    await expect(add()).rejects.toThrow('fetch failed')
    expect(count()).toBe(saved)
    expect(bench.server.requests.at(-1)).toMatchObject({ command: 'firewall/alias/addItem', status: 0 })
  })
  it('reset-late cuts the connection, and it happens when nobody waits for it any more', async () => {
    const held: (() => void)[] = []
    await bench.server.close()
    bench = await openBench({ clock: { monotonic: () => 0, after: (_, callback) => held.push(callback) } })
    ask('reset-late')
    await expect(add()).rejects.toThrow('fetch failed')
    expect(count()).toBe(0)
    held.shift()?.()
    await vi.waitFor(() => expect(held).toHaveLength(1), { timeout: 20_000 })
    held.shift()?.()
    await vi.waitFor(() => expect(count()).toBe(1), { timeout: 20_000 })
  })
  it('hang never answers', async () => {
    ask('hang')
    const controller = new AbortController()
    const sent = bench.send('/api/firewall/alias/addItem', { method: 'POST', signal: controller.signal })
    await (await bench.send('/api/firewall/alias/searchItem', { method: 'POST' })).json()
    controller.abort()
    await expect(sent).rejects.toThrow('aborted')
    expect(count()).toBe(0)
  })
  it('in-vain says that a rule is applied, which is not', async () => {
    await bench.add('firewall/filter/addRule', rule())
    bench.server.fault({ fault: 'in-vain', path: /apply/ })
    expect((await bench.post('firewall/filter/apply')).body).toEqual({ status: 'OK\n\n' })
    expect([bench.server.live().rule.length, bench.server.state().settles.filter]).toEqual([0, 1])
    await bench.post('firewall/filter/apply')
    expect(bench.server.live().rule).toHaveLength(1)
  })
  it('can wait its turn, come more than once, begin anew, and be forgotten', async () => {
    bench.server.fault({ fault: 'unavailable', method: 'POST', path: /searchItem/, skip: 1, times: 2, repeats: true })
    const statuses: number[] = []
    for (let at = 0; at < 6; at++) statuses.push((await bench.post('firewall/alias/searchItem')).status)
    expect(statuses).toEqual([200, 503, 503, 200, 503, 503])
    bench.server.fault({ fault: 'unavailable' })
    bench.server.heal()
    expect((await bench.post('firewall/alias/searchItem')).status).toBe(200)
  })
})
