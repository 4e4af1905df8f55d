import { expect, it } from 'vitest'
import { RequestFaults, type RequestFault } from '../../../examples/parts/request-faults.ts'

/** What each of these requests (`GET /a`) meets: the fault's name, or `-`. */
function meet(asked: readonly RequestFault<'a' | 'b'>[], ...requests: readonly string[]): string {
  const faults = new RequestFaults<RequestFault<'a' | 'b'>>(() => 0)
  for (const fault of asked) faults.add(fault)
  const met = requests.map((request) => {
    const [method = '', path = ''] = request.split(' ')
    return faults.take(method, path)?.fault ?? '-'
  })
  return met.join('')
}
const gets = (count: number): readonly string[] => Array.from({ length: count }, () => 'GET /x')

it.each<[string, Omit<RequestFault<'a'>, 'fault'>, string]>([
  ['once', {}, 'a-----'],
  ['several times', { times: 3 }, 'aaa---'],
  ['after some', { skip: 2, times: 2 }, '--aa--'],
  ['again and again', { skip: 1, repeats: true }, '-a-a-a'],
])('a fault hits %s', (_, when, met) => expect(meet([{ fault: 'a', ...when }], ...gets(6))).toBe(met))

it('a fault passes requests of another method or path, and does not count them', () => {
  expect(meet([{ fault: 'a', method: 'POST', skip: 1 }], 'GET /x', 'POST /x', 'GET /x', 'POST /x')).toBe('---a')
  expect(meet([{ fault: 'a', path: /^\/x\/\d+$/, times: 2 }], 'GET /x', 'GET /x/1', 'PUT /x/2', 'GET /x/3')).toBe('-aa-')
})

it('a request meets the first that was asked for and is due', () => {
  expect(meet([{ fault: 'a', skip: 1 }, { fault: 'b', times: 2 }], ...gets(4))).toBe('bab-')
})

it('a fault of a time hits all within it, from the first on, and begins anew where it repeats', () => {
  let nowMs = 0
  const faults = new RequestFaults<RequestFault<'a'>>(() => nowMs)
  faults.add({ fault: 'a', skip: 1, forMs: 50, repeats: true })
  const meetAt = (atMs: number): string | undefined => {
    nowMs = atMs
    return faults.take('GET', '/')?.fault
  }
  expect([1000, 2000, 2000, 2049, 2050, 3000, 3049, 3050].map(meetAt)).toEqual([undefined, 'a', 'a', 'a', undefined, 'a', 'a', undefined])
})

it('faults that have not happened can be forgotten', () => {
  const faults = new RequestFaults<RequestFault<'a'>>(() => 0)
  faults.add({ fault: 'a' })
  faults.clear()
  expect(faults.take('GET', '/')).toBeUndefined()
})
