import { expect, it } from 'vitest'
import { apply, memoryStore, plan } from 'convergent'
import { konnect } from '../../../examples/konnect/konnect.ts'
import { busyDay, declareLoad } from '../../../examples/konnect/load.ts'
import { createKonnect } from '../../../examples/konnect/server/app.ts'
import { fastClock } from '../../testing/fast-clock.ts'

const RATE = 200
/** `npm run konnect:load` takes more. */
const SIZE = 2_000

it(`${SIZE} objects under a limit, bursts of refusals and lost replies: no failure, no duplicate, no request too many`, async () => {
  const clock = fastClock({ turns: 4 })
  const app = createKonnect({ token: 'load', pageSize: 100, rate: { perSecond: RATE }, clock, latencyMs: 10 })
  for (const fault of busyDay) app.fault(fault)
  const provider = konnect({ url: 'http://konnect', token: 'load', rateLimit: { perSecond: RATE, burst: 100 }, fetch: (url, init) => app.fetch(new Request(url as string, init)) as Promise<Response> })
  const options = { provider, store: memoryStore(), mode: 'sync', concurrency: 50, clock } as const
  const desired = declareLoad(SIZE)
  const result = await apply(await plan(desired, options), options).result
  expect(result).toMatchObject({ outcome: 'succeeded', counts: { succeeded: SIZE + 1, failed: 0, interrupted: 0 } })

  // Every object is there once.
  const objects = app.objects()
  expect(Object.fromEntries(Object.entries(objects).flatMap(([kind, rows]) => (rows.length > 0 ? [[kind, rows.length]] : [])))).toEqual({ portal: 1, api: SIZE / 5, version: SIZE / 5, document: (SIZE / 5) * 2, publication: SIZE / 5 })
  expect(new Set(objects['api']?.map(({ name }) => name)).size).toBe(SIZE / 5)
  expect(new Set(objects['document']?.map(({ api_id, slug }) => `${String(api_id)}/${String(slug)}`)).size).toBe((SIZE / 5) * 2)
  expect((await plan(desired, options)).actions).toEqual([])

  // Replies were lost, and refusals came in bursts that the limit had no part in.
  const refused = app.requests.filter(({ status }) => status === 429)
  expect(app.requests.filter(({ status }) => status === 0).length).toBeGreaterThan(20)
  expect(refused.length).toBeGreaterThan(5)
  // Never more in a second than the limit and its burst allow.
  const times = app.requests.map(({ atMs }) => atMs)
  let first = 0
  let most = 0
  times.forEach((at, last) => {
    while (at - (times[first] as number) >= 1_000) first++
    most = Math.max(most, last - first + 1)
  })
  expect(most).toBeLessThanOrEqual(RATE + 100)
  // After a refusal has arrived, nothing is sent before its time has passed.
  for (const [at, { atMs, status }] of app.requests.entries()) {
    if (status !== 429 || app.requests[at - 1]?.status === 429) continue
    const tooEarly = app.requests.slice(at + 1).filter((request) => request.atMs > atMs + 10 && request.atMs < atMs + 1_000)
    expect(tooEarly.length).toBe(0)
  }
  // The refusals of one burst are what was on its way when the first one came.
  expect(refused.length).toBeLessThan(20 * busyDay.length)
}, 120_000)
