import { expect, it } from 'vitest'
import { abandon, apply, plan, resume, rollback, type Store } from 'convergent'
import { parseDirector } from '../../../../examples/director/input/load.ts'
import { documentOf, nodes, openBench } from './bench.ts'

const repo = (days: number, name = 'shop'): string => `type: Repo, name: ${name}, hiddenrepopath: [{ path: /opt/immune/storage/, retention: ${days} }]`

/** A host that dies between the end of its rollback and the line that closes the run that was taken back. */
function dieBeforeClosing(store: Store): Store {
  return {
    ...store,
    append: async (lease, run, entries) => {
      if (entries.some((entry) => entry.kind === 'run-ended' && entry.outcome === 'rolled-back')) throw new Error('died')
      return store.append(lease, run, entries)
    },
  }
}

const begin = async () => {
  const bench = openBench({ orderTimeoutMs: 5_000 })
  const { provider, store, clock, server, sync, planText } = bench
  await sync(repo(90))
  server.fault({ fault: 'late', method: 'POST', path: /Repos/, afterMs: 8_000 })
  const left = await apply(await planText(documentOf('a', repo(30), repo(9, 'other'))), { provider, store, clock }).result
  expect([left.outcome, left.open]).toEqual(['interrupted', true])
  await expect(rollback(left.runId, { provider, store: dieBeforeClosing(store), clock }).result).rejects.toThrow('died')
  expect([bench.namesOn('a', 'Repos'), server.objects(nodes.a, 'Repos').find(({ name }) => name === 'shop')]).toMatchObject([['shop'], { hiddenrepopath: [{ retention: 90 }] }])
  return bench
}

it('what was taken back is not counted as recorded, and nothing is left open', async () => {
  const { provider, store, clock } = await begin()
  const options = { provider, store, clock }
  expect((await plan(parseDirector(documentOf('a', repo(90))), { ...options, mode: 'sync' })).actions).toEqual([])
  expect([...((await store.load('default'))?.resources.keys() ?? [])]).toEqual(['Repo/node-a/shop'])
  await expect(abandon(undefined, options)).rejects.toThrow('there is nothing to abandon')
  await expect(resume(undefined, options).result).rejects.toThrow('there is nothing to resume')
})
