import { describe, expect, it } from 'vitest'
import { rollback } from 'convergent'
import { failuresOf, managed, openBench, project } from './bench.ts'

const kinds = ({ actions }: { readonly actions: readonly { readonly kind: string }[] }): readonly string[] => actions.map(({ kind }) => kind)

describe('a managed dataset in a database, which has no formats', () => {
  it('is as declared whatever format it was asked for in, and is never replaced for that', async () => {
    const { server, sync, plan, writes } = openBench()
    const table = (formatOptionId?: string) => [project(), managed('FLEET.a', { connectionId: 'postgres_managed', dropData: true, formatOptionId })]
    expect(failuresOf(await sync(table('PARQUET_HIVE')))).toEqual([])
    server.store('postgres_managed/public.fleet_a', [1])
    writes()
    for (const option of ['PARQUET_HIVE', 'CSV_UNIX_GZIP', 'SOMETHING_NEW', undefined]) {
      expect((await plan(table(option))).actions).toEqual([])
      expect(failuresOf(await sync(table(option)))).toEqual([])
    }
    expect([writes(), server.data()]).toEqual([[], { 'postgres_managed/public.fleet_a': [1] }])
  })

  it('is brought back by a rollback', async () => {
    const { server, store, provider, clock, sync, project: show } = openBench()
    await sync([project(), managed('FLEET.a', { connectionId: 'postgres_managed' })])
    const { runId } = await sync([project()])
    expect(failuresOf(await rollback(runId, { provider, store, clock }).result)).toEqual([])
    expect(show().datasets['a']).toMatchObject({ type: 'PostgreSQL', managed: true })
    expect(server.requests.find(({ method, path }) => method === 'POST' && path.endsWith('/managed'))).toBeDefined()
  })
})

describe('a managed dataset of files in CSV', () => {
  const csv = (style: 'EXCEL' | 'UNIX') => [project(), managed('FLEET.a', { formatOptionId: `CSV_${style}_GZIP` })]
  it.each([['EXCEL', 'UNIX'], ['UNIX', 'EXCEL']] as const)('is replaced where the style changes (%s to %s), and not otherwise', async (first, second) => {
    const { sync, plan, project: show } = openBench()
    await sync(csv(first))
    expect([kinds(await plan(csv(first))), kinds(await plan(csv(second)))]).toEqual([[], ['replace']])
    expect(failuresOf(await sync(csv(second), { allowReplace: true }))).toEqual([])
    expect([kinds(await plan(csv(second))), show().datasets['a']]).toMatchObject([[], { formatParams: { style: second.toLowerCase() } }])
  })

  it('is as declared where its style says nothing of that, and is no other format', async () => {
    const { server, sync, plan } = openBench()
    await sync(csv('UNIX'))
    server.edit({ project: 'FLEET', part: 'dataset', name: 'a', changes: { formatParams: { separator: ';' } } })
    expect(kinds(await plan(csv('UNIX')))).toEqual([])
    expect(kinds(await plan([project(), managed('FLEET.a', { formatOptionId: 'ORC' })]))).toEqual(['replace'])
  })

  it('is brought back by a rollback as it was', async () => {
    const { store, provider, clock, sync, project: show } = openBench()
    await sync(csv('UNIX'))
    const before = show().datasets['a']?.['formatParams']
    const { runId } = await sync([project()])
    expect(failuresOf(await rollback(runId, { provider, store, clock }).result)).toEqual([])
    expect(show().datasets['a']?.['formatParams']).toEqual(before)
  })
})
