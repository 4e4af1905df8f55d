import { describe, expect, it } from 'vitest'
import { renderPlan } from 'convergent/render'
import { apply, rollback, type Fields } from 'convergent'
import { dataset, failuresOf, managed, openBench, project, recipe } from './bench.ts'

const words = { label: 'Vehicle fleet', owner: 'mobility', description: 'Trips', shortDesc: 'T', tags: ['b', 'a'], settings: { limits: { maxOpenedStreams: 20 } }, variables: { standard: { unit: 'km' }, local: {} }, permissions: [{ group: 'team', readProjectContent: true }] }
const columns = [{ name: 'id', type: 'bigint' }, { name: 'km', type: 'double' }]
const fleet = [
  recipe('FLEET.clean_trips', ['FLEET.trips'], ['FLEET.clean'], { payload: 'print(1)', tags: ['q'], description: 'r' }),
  managed('FLEET.clean', { schema: { columns } }),
  dataset('FLEET.trips', { schema: { columns }, tags: ['x'], description: 'd' }),
  project('FLEET', words),
]
const [clean, wholes] = [fleet[0] as (typeof fleet)[number], fleet.slice(1)]

describe('what is declared', () => {
  it('is created in the order of its references, and a second plan has nothing to do', async () => {
    const { project: show, plan, sync, writes } = openBench()
    expect(failuresOf(await sync(fleet))).toEqual([])
    const made = writes().filter((each) => each.startsWith('POST'))
    expect([made[0], [...made.slice(1, 3)].sort(), made.slice(3)]).toEqual(['POST projects', ['POST FLEET/datasets', 'POST FLEET/datasets/managed'], ['POST FLEET/recipes']])
    expect(show()).toMatchObject({
      parts: { metadata: { label: 'Vehicle fleet', shortDesc: 'T', tags: ['b', 'a'] }, permissions: { owner: 'mobility', permissions: [{ group: 'team', readProjectContent: true }] }, variables: { standard: { unit: 'km' } }, settings: { limits: { maxOpenedStreams: 20 } } },
      datasets: { trips: { type: 'PostgreSQL', schema: { columns }, description: 'd' }, clean: { type: 'Filesystem', managed: true, formatType: 'parquet', schema: { columns } } },
      recipes: { clean_trips: { recipe: { inputs: { main: { items: [{ ref: 'trips' }] } }, outputs: { main: { items: [{ ref: 'clean' }] } }, tags: ['q'], description: 'r' }, payload: 'print(1)' } },
    })
    expect((await plan(fleet)).actions).toEqual([])
  })

  it('is changed in place; what was never declared stays, what is declared no longer is unset', async () => {
    const { project: show, server, plan, sync, writes } = openBench()
    await sync(fleet)
    for (const part of ['dataset', 'recipe'] as const) server.edit({ project: 'FLEET', part, name: part === 'dataset' ? 'clean' : 'clean_trips', changes: { customMeta: { kv: { by: 'somebody' } } } })
    const before = show()
    writes()
    const changed = [
      recipe('FLEET.clean_trips', ['FLEET.trips'], ['FLEET.clean'], { payload: 'print(2)' }),
      managed('FLEET.clean', { schema: { columns: columns.slice(0, 1) } }),
      fleet[2] as (typeof fleet)[number],
      project('FLEET', { ...words, tags: ['a', 'b'], variables: { standard: { unit: 'mile' } }, description: 'Trips and vehicles', settings: {} }),
    ]
    expect((await plan(changed)).actions.map(({ kind, address }) => `${kind} ${address}`).sort()).toEqual(['update Dataset/FLEET.clean', 'update Project/FLEET', 'update Recipe/FLEET.clean_trips'])
    expect(failuresOf(await sync(changed))).toEqual([])
    expect([...writes()].sort()).toEqual(['PUT FLEET/datasets/clean', 'PUT FLEET/metadata', 'PUT FLEET/recipes/clean_trips', 'PUT FLEET/settings', 'PUT FLEET/variables'])
    const { parts, datasets, recipes } = show()
    const without = (fields: Fields, ...names: readonly string[]): Fields => Object.fromEntries(Object.entries(fields).filter(([name]) => ![...names, 'versionTag'].includes(name)))
    expect(parts.permissions).toEqual(before.parts.permissions)
    expect(parts.settings).toEqual(without(before.parts.settings, 'limits'))
    expect(parts.metadata).toEqual({ ...before.parts.metadata, description: 'Trips and vehicles' })
    expect(parts.variables).toEqual({ standard: { unit: 'mile' }, local: {} })
    expect(without(datasets['clean'] as Fields, 'schema')).toEqual(without(before.datasets['clean'] as Fields, 'schema'))
    expect(without(recipes['clean_trips']?.recipe as Fields)).toEqual({ ...without(before.recipes['clean_trips']?.recipe as Fields, 'description'), tags: [] })
    expect(recipes['clean_trips']?.payload).toBe('print(2)')
    expect((await plan(changed)).actions).toEqual([])
  })

  it('leaves nothing of what a rollback takes away inside of what was not there', async () => {
    const { sync, plan, project: show, provider, store, clock } = openBench()
    await sync([project()])
    const before = show().parts
    await sync([project('FLEET', { settings: { deep: { er: 1, est: 2 } } })])
    expect(show().parts.settings).toMatchObject({ deep: { er: 1, est: 2 } })
    expect((await rollback(undefined, { provider, store, clock })).outcome).toBe('succeeded')
    expect([show().parts, (await plan([project()])).actions]).toEqual([before, []])
  })

  it('goes dependents first, with data and logs left where they are', async () => {
    const { server, sync, writes } = openBench()
    await sync(fleet)
    const places = ['filesystem_managed/FLEET/clean', 'pg/public.trips']
    for (const place of places) server.store(place, [1])
    writes()
    expect(failuresOf(await sync([]))).toEqual([])
    const asked = writes()
    expect([asked[0], [...asked.slice(1, 3)].sort(), asked[3]]).toEqual([
      'DELETE FLEET/recipes/clean_trips',
      ['DELETE FLEET/datasets/clean?dropData=false', 'DELETE FLEET/datasets/trips?dropData=false'],
      'DELETE FLEET?clearManagedDatasets=false&clearOutputManagedFolders=false&clearJobAndScenarioLogs=false&wait=false',
    ])
    expect([server.state().projects, Object.keys(server.data())]).toEqual([{}, places])
  })

  it.each(['CSV_EXCEL_GZIP', 'CSV_UNIX_GZIP', 'PARQUET_HIVE', 'ORC', 'AVRO'])('may be managed as %s, without drift', async (formatOptionId) => {
    const { plan, sync } = openBench()
    const desired = [project(), managed('FLEET.a', { formatOptionId }), managed('FLEET.b', { formatOptionId, connectionId: 's3_managed' })]
    expect(failuresOf(await sync(desired))).toEqual([])
    expect((await plan(desired)).actions).toEqual([])
    expect((await plan([project(), managed('FLEET.a', { formatOptionId: formatOptionId === 'ORC' ? 'AVRO' : 'ORC' })])).actions.find(({ address }) => address === 'Dataset/FLEET.a')?.kind).toBe('replace')
  })

  it('may be managed in a database, which has tables and no formats', async () => {
    const { plan, sync, project: show } = openBench()
    const desired = [project(), managed('FLEET.a', { connectionId: 'postgres_managed', formatOptionId: undefined })]
    expect(failuresOf(await sync(desired))).toEqual([])
    expect(show().datasets['a']).toMatchObject({ type: 'PostgreSQL', params: { table: 'fleet_a' } })
    expect((await plan(desired)).actions).toEqual([])
  })

  it('may read datasets of another project, declared or somebody else\'s', async () => {
    const { plan, sync, project: show, server } = openBench()
    const other = [project('OTHER'), dataset('OTHER.base')]
    const desired = [project(), managed('FLEET.out'), recipe('FLEET.r', ['OTHER.base'], ['FLEET.out'], { type: 'sync' }), ...other]
    expect(failuresOf(await sync(desired))).toEqual([])
    expect(show().recipes['r']?.recipe['inputs']).toEqual({ main: { items: [{ ref: 'OTHER.base' }] } })
    expect((await plan(desired)).actions).toEqual([])
    const external = other.map(({ type, name }) => ({ type, name, external: true, inputs: { id: name } }))
    expect((await plan([...desired.slice(0, 3), ...external])).actions.every(({ kind }) => kind === 'forget')).toBe(true)
    server.edit({ project: 'OTHER', part: 'dataset', name: 'base', changes: null })
    await expect(plan([...desired.slice(0, 3), ...external])).rejects.toThrow('Dataset/OTHER.base: there is no Dataset with id')
  })
})

describe('a recipe that the server calls otherwise', () => {
  const called = async () => {
    const bench = openBench()
    bench.server.fault({ fault: 'renames' })
    expect(failuresOf(await bench.sync(fleet))).toEqual([])
    expect(Object.keys(bench.project().recipes)).toEqual(['clean_trips_1'])
    return bench
  }
  it('is the same one, and no drift', async () => {
    const { plan, sync, writes, project: show, store } = await called()
    expect((await plan(fleet)).actions).toEqual([])
    expect((await store.load('default'))?.resources.get('Recipe/FLEET.clean_trips')?.id).toBe('FLEET.clean_trips_1')
    writes()
    expect(failuresOf(await sync([{ ...clean, inputs: { ...clean.inputs, payload: 'print(3)' } }, ...wholes]))).toEqual([])
    expect(writes()).toEqual(['PUT FLEET/recipes/clean_trips_1'])
    expect(show().recipes['clean_trips_1']?.payload).toBe('print(3)')
    expect(failuresOf(await sync(wholes))).toEqual([])
    expect(writes()).toEqual(['DELETE FLEET/recipes/clean_trips_1'])
  })
  it('is found by what it writes where nothing is recorded of it', async () => {
    const { server } = await called()
    const other = openBench({ fetch: (input, init) => server.fetch(new Request(input, init)) })
    const { actions } = await other.plan(fleet.map((each) => ({ ...each, adopt: true })))
    expect(actions.map(({ address, id, kind, adopts, changes }) => [address, id, kind, adopts, changes]).find(([address]) => address === 'Recipe/FLEET.clean_trips')).toEqual(['Recipe/FLEET.clean_trips', 'FLEET.clean_trips_1', 'update', true, []])
  })
  it.each(['reset-after', 'error-after'] as const)('is found by what it writes where the reply is lost (%s), and made once', async (fault) => {
    const { server, plan, sync, project: show, writes } = openBench()
    await sync(wholes)
    server.fault({ fault: 'renames' })
    server.fault({ fault, method: 'POST', path: /recipes$/ })
    writes()
    expect(failuresOf(await sync(fleet))).toEqual([])
    expect(Object.keys(show().recipes)).toEqual(['clean_trips_1'])
    expect(writes().filter((each) => each.startsWith('POST'))).toEqual(['POST FLEET/recipes'])
    expect((await plan(fleet)).actions).toEqual([])
  })
})

describe('data', () => {
  const place = 'filesystem_managed/FLEET/clean'
  const filled = async (dropData?: boolean) => {
    const bench = openBench()
    const desired = [project(), managed('FLEET.clean', dropData === undefined ? {} : { dropData })]
    expect(failuresOf(await bench.sync(desired))).toEqual([])
    bench.server.store(place, [1])
    bench.writes()
    return { ...bench, desired, options: { provider: bench.provider, store: bench.store, clock: bench.clock }, isKept: () => place in bench.server.data() }
  }
  it('is destroyed where the plan said so', async () => {
    const { plan, sync, isKept, desired } = await filled(true)
    expect((await plan(desired)).actions).toEqual([])
    const planned = await plan(desired.slice(0, 1))
    expect(planned.actions).toMatchObject([{ kind: 'delete', loss: 'its data (filesystem_managed, /FLEET/clean)' }])
    expect(renderPlan(planned)).toContain('destroys its data (filesystem_managed, /FLEET/clean)')
    expect(failuresOf(await sync(desired.slice(0, 1)))).toEqual([])
    expect(isKept()).toBe(false)
  })
  it.each([undefined, false])('stays where dropData is %s', async (dropData) => {
    const { plan, sync, isKept, desired } = await filled(dropData)
    expect((await plan(desired.slice(0, 1))).actions[0]).not.toHaveProperty('loss')
    await sync(desired.slice(0, 1))
    expect(isKept()).toBe(true)
  })
  it('goes by what was applied last: to say it is a change that asks the server nothing', async () => {
    const { plan, sync, isKept, writes } = await filled()
    const desired = [project(), managed('FLEET.clean', { dropData: true })]
    expect((await plan(desired)).actions).toMatchObject([{ kind: 'update', changes: [{ path: ['dropData'], after: true }] }])
    expect(failuresOf(await sync(desired))).toEqual([])
    expect(writes()).toEqual([])
    expect((await plan(desired)).actions).toEqual([])
    expect(failuresOf(await sync([project(), managed('FLEET.clean')]))).toEqual([])
    await sync([project()])
    expect([isKept(), writes()]).toEqual([true, ['DELETE FLEET/datasets/clean?dropData=false']])
  })
  it.each([[true, false], [undefined, true]])('of a dataset that is replaced goes the same way (dropData %s)', async (dropData, isLeft) => {
    const { plan, sync, isKept } = await filled(dropData)
    const other = [project(), dataset('FLEET.clean', dropData === undefined ? {} : { dropData })]
    const planned = await plan(other, { allowReplace: true })
    expect(planned.actions).toMatchObject([{ kind: 'replace', ...(isLeft ? {} : { loss: 'its data (filesystem_managed, /FLEET/clean)' }) }])
    expect('loss' in (planned.actions[0] as object)).toBe(!isLeft)
    expect(failuresOf(await sync(other, { allowReplace: true }))).toEqual([])
    expect(isKept()).toBe(isLeft)
  })
  it('stays where it is elsewhere by then than the plan says', async () => {
    const { plan, sync, options, server, isKept, desired } = await filled(true)
    const planned = [await plan([project()]), await plan([project(), dataset('FLEET.clean', { dropData: true })], { allowReplace: true })]
    server.store('filesystem_managed/OTHER', [2])
    server.edit({ project: 'FLEET', part: 'dataset', name: 'clean', changes: { params: { connection: 'filesystem_managed', path: '/OTHER' } } })
    for (const each of planned) {
      const { actions } = await apply(each, options)
      expect(actions).toMatchObject([{ outcome: 'stale', message: 'what would be destroyed with it (its data (filesystem_managed, /OTHER)) is not what the plan says (its data (filesystem_managed, /FLEET/clean)); plan again' }])
    }
    expect([isKept(), 'filesystem_managed/OTHER' in server.data(), (await plan(desired)).actions]).toEqual([true, true, []])
    await sync([project()])
    expect([isKept(), 'filesystem_managed/OTHER' in server.data()]).toEqual([true, false])
  })
  it('stays where a kept plan of a replace is applied after dropData was lifted', async () => {
    const { plan, sync, options, isKept } = await filled(true)
    const planned = await plan([project(), dataset('FLEET.clean', { dropData: true })], { allowReplace: true })
    await sync([project(), managed('FLEET.clean', { dropData: false })])
    expect((await apply(planned, options)).actions).toMatchObject([{ outcome: 'stale', message: expect.stringContaining('destroyed with it (nothing) is not what the plan says') as string }])
    expect(isKept()).toBe(true)
  })
  it('is not destroyed by a rollback', async () => {
    const { server, sync, writes } = openBench()
    await sync([project()])
    server.store(place, [1])
    server.fault({ fault: 'error', method: 'POST', path: /recipes$/, times: 9 })
    writes()
    const desired = [project('FLEET', { dropData: true }), project('NEW', { dropData: true }), managed('NEW.a', { dropData: true }), managed('FLEET.clean', { dropData: true }), recipe('FLEET.r', [], ['FLEET.clean'])]
    expect((await sync(desired, { onFailure: 'rollback' })).outcome).toBe('rolled-back')
    expect(writes().filter((each) => each.startsWith('DELETE')).sort()).toEqual([
      'DELETE FLEET/datasets/clean?dropData=false',
      'DELETE NEW/datasets/a?dropData=false',
      'DELETE NEW?clearManagedDatasets=false&clearOutputManagedFolders=false&clearJobAndScenarioLogs=false&wait=false',
    ])
    expect([Object.keys(server.state().projects), place in server.data()]).toEqual([['FLEET'], true])
  })
  it('of a whole project goes where its entry says so', async () => {
    const { server, plan, sync } = openBench()
    const desired = [project('FLEET', { dropData: true }), managed('FLEET.clean')]
    await sync(desired)
    server.store(place, [1])
    expect((await plan([])).actions.find(({ address }) => address === 'Project/FLEET')).toMatchObject({ loss: 'its logs' })
    await sync([])
    expect(server.requests.filter(({ method }) => method === 'DELETE').map(({ query }) => query)).toEqual(['?dropData=false', '?clearManagedDatasets=false&clearOutputManagedFolders=false&clearJobAndScenarioLogs=true&wait=false'])
  })
})
