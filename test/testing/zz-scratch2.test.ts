import { test } from 'vitest'
import { declare } from '../../src/provider/declare.ts'
import { createKonnect } from '../../examples/konnect/server/app.ts'
import { konnect } from '../../examples/konnect/konnect.ts'
import { createFaultyFetch } from '../../src/testing/faulty-fetch.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import { memoryStore } from '../../src/store/memory.ts'
test.each([false, true])('x %s', async (lose) => {
  const clock = manualClock({ auto: true })
  const app = createKonnect({ token: 't', pageSize: 1 })
  const { fetch, faults } = createFaultyFetch({ fetch: (r) => app.fetch(r), clock })
  const provider = konnect({ url: 'https://k.example', token: 't', fetch })
  const make: any = declare(provider as any)
  const portal = make.portal('p', { name: 'p' })
  const page = make.portal_page('a', { portal_id: portal.id, slug: '/a', title: 'a', content: '# hello' })
  const second = make.portal_page('b', { portal_id: portal.id, slug: '/b', title: 'b', content: page.output('content') })
  const store = memoryStore()
  const o = { provider: provider as any, store, clock, existing: 'recorded' as const }
  await apply(await plan([portal], o), o)
  const p = await plan([portal, page, second], o)
  if (lose) faults.loseReply('write')
  const r = await apply(p, o)
  console.log(lose, r.outcome, r.actions.map((a) => [a.address, a.outcome, a.error?.message, a.message]))
  const st = await store.load('default')
  console.log(JSON.stringify(st?.resources.get('portal_page/a')?.outputs), JSON.stringify(st?.resources.get('portal_page/b')?.outputs))
  console.log((await plan([portal, page, second], o)).actions.map((a) => [a.kind, a.address, a.changes]))
})
