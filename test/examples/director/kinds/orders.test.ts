import { describe, expect, it } from 'vitest'
import { findProblem } from '../../../../examples/director/find-problem.ts'
import { orders } from '../../../../examples/director/tasks.ts'
import { openBench, failuresOf, documentOf } from '../host/bench.ts'

describe('an order', () => {
  it.each([
    ['/monitorapi/p/l/orders/5', 'monitorapi/p/l/orders/5'],
    ['monitorapi/p/l/orders/5', 'monitorapi/p/l/orders/5'],
    ['/configapi/p/l/Repos', undefined],
    ['/monitorapi/p/l/orders/5?x=https://elsewhere', undefined],
    ['https://elsewhere/monitorapi/p', undefined],
    [7, undefined],
  ])('is what the reply says: %s', (message, handle) => expect(orders.handleOf({ status: 'Success', message })).toBe(handle))

  it.each([
    [{ request: {}, response: {} }, 'running'],
    [{ request: {} }, 'running'],
    [{ response: { errors: [], message: 'The request is being processed' } }, 'running'],
    [{ response: { success: true, errors: [], message: 'done' } }, 'succeeded'],
    [{ response: { success: false, errors: [], message: 'Repo "a" already exists' } }, { failed: 'Repo "a" already exists', kind: 'conflict' }],
    [{ response: { success: false, errors: ['Repo "a" is in use by Routing Policy "b"', ''], message: 'no' } }, { failed: 'Repo "a" is in use by Routing Policy "b"', kind: 'conflict' }],
    [{ response: { success: false, errors: [{ message: 'no' }, { code: 7 }] } }, { failed: 'no; {"code":7}', kind: 'fatal' }],
    [{ response: { success: true, errors: ['the license ends soon'] } }, 'succeeded'],
    [{ response: { errors: ['the node is slow'] } }, 'running'],
    [{ response: { success: false } }, { failed: 'the node does not say why', kind: 'fatal' }],
    [{ response: { success: false, message: 'Repo with the id "5" not found' } }, { failed: 'Repo with the id "5" not found', kind: 'not-found' }],
  ])('is as its page says: %j', (page, state) => expect(orders.readState(page)).toEqual(state))
})

describe('a reply to a write', () => {
  const write = { method: 'POST', path: '/configapi/p/l/Repos' } as const
  it('without an order says nothing of what becomes of it', () => {
    expect(findProblem({ status: 'Success', message: 'fine' }, 200, write)).toMatchObject({ kind: 'ambiguous' })
    expect(findProblem(undefined, 200, write)).toMatchObject({ kind: 'ambiguous', message: 'the reply names no order: nothing' })
  })
  it('may refuse it with a status of success', () => expect(findProblem({ status: 'Failed', message: 'no' }, 200, write)).toEqual({ message: 'no', fields: [], kind: 'fatal' }))
  it('with an order is none of these', () => expect(findProblem({ status: 'Success', message: '/monitorapi/p/l/orders/5' }, 200, write)).toBeUndefined())
})

it('lists may come in an object, as some deployments have it', async () => {
  const { namesOn, planText, syncText } = openBench({}, { wrapped: true })
  const text = documentOf('a', 'type: NormalizationPolicy, name: n, norm_packages: [Windows]', 'type: ProcessingPolicy, name: n, norm_policy: n, routing_policy: default')
  expect(failuresOf(await syncText(text))).toEqual([])
  expect(namesOn('a', 'ProcessingPolicy')).toEqual(['n'])
  expect(await planText(text)).toMatchObject({ actions: [], unreadable: [] })
})
