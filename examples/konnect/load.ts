import { Command } from 'commander'
import { apply, memoryStore, plan, ref, type Resource } from 'convergent'
import { readWholeNumber } from '../parts/whole-number.ts'
import { konnect } from './konnect.ts'
import { startKonnect } from './server/start.ts'

/** As many objects as a large organization has: APIs, each with versions, documents and a publication. */
export function declareLoad(objects: number): readonly Resource[] {
  const labels = { 'KONGCTL-namespace': 'default' }
  const perApi = 5
  const apis = Math.max(1, Math.round((objects - 1) / perApi))
  return [
    { type: 'portal', name: 'load', inputs: { name: 'load', labels } },
    ...Array.from({ length: apis }, (_, index): Resource[] => {
      const api = ref(`api/a${index}`)
      return [
        { type: 'api', name: `a${index}`, inputs: { name: `API ${index}`, labels } },
        { type: 'api_version', name: `a${index}`, inputs: { api_id: api, version: '1', spec: { content: 'openapi: 3.0.0' } } },
        { type: 'api_document', name: `a${index}-guide`, inputs: { api_id: api, slug: 'guide', title: 'Guide', content: '# Guide' } },
        { type: 'api_document', name: `a${index}-faq`, inputs: { api_id: api, slug: 'faq', title: 'FAQ', content: '# FAQ', parent_document_id: ref(`api_document/a${index}-guide`) } },
        { type: 'api_publication', name: `a${index}`, inputs: { api_id: api, portal_id: ref('portal/load') } },
      ]
    }).flat(),
  ]
}

/** Faults of a busy day: bursts of refusals, and replies that never arrive. */
export const busyDay = [
  { fault: 'overload', skip: 700, forMs: 700, repeats: true, retryAfterS: 1 },
  { fault: 'reset-after', method: 'POST', skip: 120, repeats: true },
  { fault: 'reset-after', method: 'PUT', skip: 90, repeats: true },
  { fault: 'reset-before', method: 'POST', skip: 150, repeats: true },
] as const

if (process.argv[1] !== undefined && import.meta.url.endsWith(process.argv[1].replaceAll('\\', '/').split('/').slice(-2).join('/'))) await main()

/** Applies a load to a local server over HTTP, and tells how it went. */
async function main(): Promise<void> {
  const { objects, rate } = new Command('konnect:load').description('Creates many objects under a rate limit and faults, and tells how it went.').option('--objects <number>', 'how many', readWholeNumber, 5000).option('--rate <number>', 'requests a second that the server takes', readWholeNumber, 200).parse().opts<{ objects: number; rate: number }>()
  const server = await startKonnect({ token: 'load', pageSize: 100, rate: { perSecond: rate } })
  for (const fault of busyDay) server.fault(fault)
  const provider = konnect({ url: server.url, token: 'load', rateLimit: { perSecond: rate, burst: Math.round(rate / 2) } })
  const options = { provider, store: memoryStore(), mode: 'sync', concurrency: 50 } as const
  const desired = declareLoad(objects)
  console.log(`${desired.length} objects, ${rate} requests a second, bursts of refusals that last 0.7 s, a reply lost every 90 to 150 writes`)
  const result = await apply(await plan(desired, options), options).result
  const statuses = new Map<number, number>()
  for (const { status } of server.requests) statuses.set(status, (statuses.get(status) ?? 0) + 1)
  const made = Object.entries(server.objects()).map(([kind, rows]) => `${rows.length} ${kind}`).join(', ')
  console.log(`${result.outcome}: ${result.counts.succeeded} succeeded, ${result.counts.failed} failed, in ${(result.durationMs / 1000).toFixed(1)} s; there are ${made}`)
  console.log(`${server.requests.length} requests: ${[...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${count} × ${status === 0 ? 'lost' : status}`).join(', ')}; ${(server.requests.length / (result.durationMs / 1000)).toFixed(0)} a second`)
  await server.close()
}
