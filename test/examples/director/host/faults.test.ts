import { describe, expect, it } from 'vitest'
import { resume } from 'convergent'
import { orderFaultKinds, requestFaultKinds } from '../../../../examples/director/server/faults.ts'
import { documentOf, openBench, type Bench } from './bench.ts'

const before = documentOf('a', 'type: Repo, name: old, hiddenrepopath: [{ path: /opt/immune/storage/, retention: 90 }]', 'type: RoutingPolicy, name: p, catch_all: old', 'type: ProcessingPolicy, name: p, routing_policy: p')
/** One of each: a create, an update, and a delete that waits for it. */
const after = before.replace('name: old', 'name: new').replace('catch_all: old', 'catch_all: new')
const most = 4

/** Goes on as a person would: resumes what is open, applies again what failed. */
async function goOn({ syncText, planText, provider, store, clock }: Bench, text: string): Promise<number> {
  for (let round = 1; round <= most; round++) {
    let { outcome } = await syncText(text)
    for (let turn = 0; turn < most && outcome !== 'succeeded' && outcome !== 'partial' && outcome !== 'failed'; turn++) ({ outcome } = await resume('default', { provider, store, clock }).result)
    if ((await planText(text)).actions.length === 0) return round
  }
  return Infinity
}

describe.each(['POST', 'PUT', 'DELETE'])('a %s that meets a fault', (method) => {
  // What never answers costs a timeout, and what is stuck is a matter for people.
  it.each([...requestFaultKinds, ...orderFaultKinds].filter((fault) => fault !== 'hang' && fault !== 'stuck'))('(%s) ends as declared, with nothing twice and nothing left', async (fault) => {
    const bench = openBench()
    await bench.syncText(before)
    bench.server.fault({ fault, method, path: /configapi/, afterMs: 2_000 })
    expect(await goOn(bench, after)).toBeLessThanOrEqual(2)
    expect([bench.namesOn('a', 'Repos'), bench.namesOn('a', 'RoutingPolicies'), bench.namesOn('a', 'ProcessingPolicy')]).toEqual([['new'], ['p'], ['p']])
    expect(bench.server.orders().filter(({ errand, outcome }) => errand.does === 'create' && outcome?.isSuccess === true).length).toBe(4)
  })
})
