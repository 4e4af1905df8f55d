import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NODE, openBench, OTHER_NODE, repo, routing, type Answer, type Bench, type Json } from './bench.ts'

let bench: Bench
beforeEach(async () => void (bench = await openBench({ orderMs: 100 })))
afterEach(() => bench.server.close())

const names = (node = NODE): unknown[] => bench.server.objects(node, 'Repos').map(({ name }) => name)
const BUILT_IN = ['default', '_logpoint', '_LogPointAlerts']

describe('a write', () => {
  it.each([
    ['POST', 'Repos', repo('a')],
    ['PUT', 'Repos/0123456789abcdef01234567', { hiddenrepopath: [] }],
    ['DELETE', 'Repos/0123456789abcdef01234567', undefined],
    ['POST', 'Repos/RepoPaths/refreshlist', {}],
  ])('is an order, whose reply has its page and no id of an object: %s %s', async (method, path, data) => {
    const { status, body } = await bench.write(method, path, data)
    expect(status).toBe(200)
    expect(body).toEqual({ status: 'Success', message: expect.stringMatching(new RegExp(`^/monitorapi/${NODE}/orders/[0-9a-f]{24}$`)) })
  })
  it('has an empty response while it waits, no success while it is under way, and -1 when it is done', async () => {
    await bench.write('POST', 'Repos', repo('first'))
    const answer = await bench.write('POST', 'Repos', repo('second'))
    expect(await bench.page(answer)).toEqual({})
    bench.pass(100)
    expect(await bench.page(answer)).toEqual({ errors: [], message: expect.any(String) })
    bench.pass(100)
    expect(await bench.page(answer)).toEqual({ node_change_count: -1, errors: [], message: 'Repo created', success: true })
    expect(await bench.page(answer)).toMatchObject({ success: true })
  })
  it('happens only when it is its turn, one after the other of a node', async () => {
    for (const name of ['a', 'b']) await bench.write('POST', 'Repos', repo(name))
    await bench.send('POST', `/configapi/${OTHER_NODE}/Repos`, { data: repo('c') })
    bench.pass(99)
    expect(names()).toEqual(BUILT_IN)
    bench.pass(1)
    expect([names(), names(OTHER_NODE)]).toEqual([[...BUILT_IN, 'a'], [...BUILT_IN, 'c']])
    bench.pass(100)
    expect(names()).toEqual([...BUILT_IN, 'a', 'b'])
  })
  it('may need what an order before it makes', async () => {
    await bench.write('POST', 'Repos', repo('a'))
    const answer = await bench.write('POST', 'RoutingPolicies', routing('a', { catch_all: 'a' }))
    bench.pass(200)
    expect(await bench.page(answer)).toMatchObject({ success: true })
  })
  it('of a name that somebody has fails when it is carried out, not before', async () => {
    const answers: Answer[] = []
    for (let round = 0; round < 2; round++) answers.push(await bench.write('POST', 'Repos', repo('a')))
    bench.pass(200)
    const pages = await Promise.all(answers.map(bench.page))
    expect(pages).toMatchObject([{ success: true }, { success: false, node_change_count: -1, errors: ['Repo "a" already exists'] }])
    expect((await bench.send('POST', `/configapi/${OTHER_NODE}/Repos`, { data: repo('a') })).status).toBe(200)
    expect(await bench.order('POST', 'RoutingPolicies', routing('a'))).toMatchObject({ success: true })
    bench.pass(100)
    expect([names(), names(OTHER_NODE)]).toEqual([[...BUILT_IN, 'a'], [...BUILT_IN, 'a']])
  })
  it.each(['PUT', 'DELETE'])('%s of an id that nobody has is a failed order, not a 404', async (method) => {
    const response = await bench.order(method, 'Repos/0123456789abcdef01234567', { hiddenrepopath: [] })
    expect(response).toMatchObject({ success: false, errors: ['Repo with the id "0123456789abcdef01234567" not found'] })
  })
})

describe('the page of an order', () => {
  it('is found under its own node only', async () => {
    const { body } = await bench.write('POST', 'Repos', repo('a'))
    const message = String(body['message'])
    expect((await bench.send('GET', message.replace(NODE, OTHER_NODE))).status).toBe(404)
    expect((await bench.send('GET', `/monitorapi/${NODE}/orders/0123456789abcdef01234567`)).status).toBe(404)
    expect((await bench.send('GET', message)).body['request']).toEqual({})
  })
})

describe('an order that goes wrong on demand', () => {
  const ask = (fault: Parameters<Bench['server']['fault']>[0]['fault']): void => bench.server.fault({ fault, path: /Repos$/, afterMs: 1_000 })
  const give = (name: string): Promise<Answer> => bench.write('POST', 'Repos', repo(name))
  const states = async (answers: readonly Answer[]): Promise<unknown[]> => (await Promise.all(answers.map(bench.page))).map((response: Json) => response['success'])

  it('late: it is carried out after its time, and the next one waits for it', async () => {
    ask('late')
    const answers = [await give('a'), await give('b')]
    bench.pass(999)
    expect([await states(answers), names()]).toEqual([[undefined, undefined], BUILT_IN])
    bench.pass(1)
    expect([await states(answers), names()]).toEqual([[true, undefined], [...BUILT_IN, 'a']])
    bench.pass(100)
    expect(await states(answers)).toEqual([true, true])
  })
  it('stuck: it never ends and is never carried out, and nobody waits for it', async () => {
    ask('stuck')
    const answers = [await give('a'), await give('b')]
    bench.pass(100)
    expect([await states(answers), names()]).toEqual([[undefined, true], [...BUILT_IN, 'b']])
    bench.pass(1_000_000_000 / 100)
    expect(names()).toEqual([...BUILT_IN, 'b'])
    expect(await bench.page(answers[0] as Answer)).not.toHaveProperty('success')
  })
  it.each([['fail', 100], ['fail-late', 1_000]] as const)('%s: it fails after %d ms with nothing in its errors, and nothing is done', async (fault, afterMs) => {
    ask(fault)
    const answer = await give('a')
    bench.pass(afterMs - 1)
    expect(await states([answer])).toEqual([undefined])
    bench.pass(1)
    expect(await bench.page(answer)).toEqual({ node_change_count: -1, errors: [], message: 'The LogPoint could not carry out the request', success: false })
    expect(names()).toEqual(BUILT_IN)
  })
  it('forgotten: its page is 404, and it is carried out all the same', async () => {
    ask('forgotten')
    const { body } = await give('a')
    expect((await bench.send('GET', String(body['message']))).status).toBe(404)
    bench.pass(100)
    expect(names()).toEqual([...BUILT_IN, 'a'])
    expect((await bench.send('GET', String(body['message']))).status).toBe(404)
  })
  it('does not use up what is asked for on a write that is refused', async () => {
    ask('stuck')
    expect((await bench.write('POST', 'Repos', {})).status).toBe(400)
    const answer = await give('a')
    bench.pass(100)
    expect(await states([answer])).toEqual([undefined])
  })
})
