import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { managed, openBench, refusal, table, type Bench } from './bench.ts'

let bench: Bench
beforeEach(async () => void (bench = await openBench({ connections: { filesystem_managed: 'Filesystem', warehouse: 'Snowflake', lake: 'S3' } })))
afterEach(() => bench.server.close())

const ALL = '/projects/FLEET/datasets'
const columns = [{ name: 'trip_id', type: 'bigint' }]

describe('a new dataset', () => {
  it('has what it was given, and much that the server makes', async () => {
    await bench.make('POST', `${ALL}/`, table('trips'))
    const shown = await bench.get(`${ALL}/trips`)
    expect(shown).toMatchObject({ ...table('trips'), managed: false, schema: { columns: [], userModified: false }, tags: [], versionTag: { versionNumber: 0, lastModifiedBy: { login: 'admin' } } })
    for (const made of ['creationTag', 'checklists', 'customMeta', 'metrics', 'flowOptions', 'partitioning']) expect(shown).toHaveProperty(made)
    expect(await bench.get(`${ALL}/`)).toEqual([shown])
  })
  it.each([
    ['the name of another one', table('taken'), 'already exists'],
    ['no type', { name: 'a' }, 'type'],
    ['a type that is none', table('a', { type: 'postgresql' }), 'Unknown dataset type "postgresql"'],
    ['no name', { type: 'S3' }, 'name'],
    ['a name with a dot', table('FLEET.a'), 'Invalid dataset name'],
    ['another project', table('a', { projectKey: 'OTHER' }), 'OTHER'],
  ])('is refused with %s', async (_, body, words) => {
    await bench.make('POST', `${ALL}/`, table('taken', { tags: ['first'] }))
    expect(await bench.send('POST', `${ALL}/`, body)).toMatchObject({ status: 400, body: refusal('IllegalArgumentException', words) })
    expect(bench.project().datasets).toMatchObject({ taken: { tags: ['first'] } })
    expect(Object.keys(bench.project().datasets)).toEqual(['taken'])
  })
})

describe('a managed dataset', () => {
  it.each([
    ['filesystem_managed', 'PARQUET_HIVE', { type: 'Filesystem', formatType: 'parquet', params: { connection: 'filesystem_managed', path: '/FLEET/a' } }],
    ['filesystem_managed', 'CSV_EXCEL_GZIP', { type: 'Filesystem', formatType: 'csv' }],
    ['filesystem_managed', 'CSV_UNIX_GZIP', { type: 'Filesystem', formatType: 'csv' }],
    ['filesystem_managed', 'ORC', { type: 'Filesystem', formatType: 'orc' }],
    ['lake', 'AVRO', { type: 'S3', formatType: 'avro', params: { connection: 'lake' } }],
    ['warehouse', 'PARQUET_HIVE', { type: 'Snowflake', params: { connection: 'warehouse', mode: 'table', table: 'fleet_a' } }],
  ])('gets its type, params and format from the server: %s, %s', async (connection, format, shown) => {
    await bench.make('POST', `${ALL}/managed`, managed('a', connection, format))
    expect(await bench.get(`${ALL}/a`)).toMatchObject({ name: 'a', projectKey: 'FLEET', managed: true, ...shown })
    expect(Object.hasOwn(await bench.get(`${ALL}/a`), 'formatType')).toBe(connection !== 'warehouse')
  })
  it.each([
    ['connection', managed('a', 'nowhere'), 'Connection "nowhere" does not exist'],
    ['format', managed('a', 'lake', 'PARQUET'), 'Unknown format option "PARQUET"'],
    ['name', managed('taken'), 'already exists'],
  ])('is refused with a wrong %s', async (_, body, words) => {
    await bench.make('POST', `${ALL}/managed`, managed('taken'))
    expect(await bench.send('POST', `${ALL}/managed`, body)).toMatchObject({ status: 400, body: refusal('IllegalArgumentException', words) })
    expect(Object.keys(bench.project().datasets)).toEqual(['taken'])
  })
})

describe('a PUT', () => {
  beforeEach(async () => {
    await bench.make('POST', `${ALL}/managed`, managed('a'))
    await bench.change(`${ALL}/a`, { schema: { columns, userModified: true }, tags: ['t'], description: 'd', flowOptions: { rebuildBehavior: 'EXPLICIT' } })
  })
  it('of a dataset is answered with nothing, and loses what it leaves out, also what the server made', async () => {
    expect((await bench.make('PUT', `${ALL}/a`, { tags: ['u'] })).text).toBe('')
    const { versionTag, ...shown } = await bench.get(`${ALL}/a`)
    expect(shown).toEqual({ name: 'a', projectKey: 'FLEET', type: 'Filesystem', managed: false, params: {}, schema: { columns: [], userModified: false }, tags: ['u'] })
    expect(versionTag).toMatchObject({ versionNumber: 2 })
  })
  it('of the whole loses nothing', async () => {
    const { versionTag: _before, ...before } = await bench.get(`${ALL}/a`)
    await bench.change(`${ALL}/a`, { tags: ['u'] })
    const { versionTag: _after, ...after } = await bench.get(`${ALL}/a`)
    expect(after).toEqual({ ...before, tags: ['u'] })
  })
  it.each([['name', 'b'], ['projectKey', 'OTHER'], ['type', 'S3']])('cannot change the %s', async (field, value) => {
    const before = await bench.get(`${ALL}/a`)
    expect(await bench.send('PUT', `${ALL}/a`, { ...before, tags: [], [field]: value })).toMatchObject({ status: 400, body: refusal('IllegalArgumentException', `The ${field} of a dataset cannot change`) })
    expect(await bench.get(`${ALL}/a`)).toEqual(before)
  })
  it('checks no version: the last one wins', async () => {
    const [first, second] = [await bench.get(`${ALL}/a`), await bench.get(`${ALL}/a`)]
    await bench.make('PUT', `${ALL}/a`, { ...first, tags: ['first'] })
    await bench.make('PUT', `${ALL}/a`, { ...second, description: 'second' })
    expect(await bench.get(`${ALL}/a`)).toMatchObject({ tags: ['t'], description: 'second' })
  })
  it('of the schema changes only that, and loses what it leaves out', async () => {
    const before = await bench.get(`${ALL}/a`)
    expect(await bench.get(`${ALL}/a/schema`)).toEqual({ columns, userModified: true })
    expect((await bench.make('PUT', `${ALL}/a/schema`, { columns: [{ name: 'b', type: 'string' }] })).text).toBe('')
    expect(await bench.get(`${ALL}/a/schema`)).toEqual({ columns: [{ name: 'b', type: 'string' }], userModified: false })
    expect(await bench.get(`${ALL}/a`)).toMatchObject({ tags: before['tags'], params: before['params'], managed: true })
    expect((await bench.send('PUT', `${ALL}/a/schema`, { columns: [{ name: 'b' }] })).status).toBe(400)
  })
  it('of the metadata is a part of the dataset, and loses what it leaves out', async () => {
    expect(await bench.get(`${ALL}/a/metadata`)).toEqual({ label: 'a', description: 'd', shortDesc: '', tags: ['t'], checklists: { checklists: [] }, custom: { kv: {} } })
    expect((await bench.make('PUT', `${ALL}/a/metadata`, { shortDesc: 's', custom: { kv: { k: 'v' } } })).text).toBe('')
    expect(await bench.get(`${ALL}/a/metadata`)).toEqual({ label: 'a', description: '', shortDesc: 's', tags: [], checklists: { checklists: [] }, custom: { kv: { k: 'v' } } })
    expect(await bench.get(`${ALL}/a`)).toMatchObject({ shortDesc: 's', tags: [], customMeta: { kv: { k: 'v' } }, schema: { columns } })
    expect(await bench.get(`${ALL}/a`)).not.toHaveProperty('description')
    await bench.make('PUT', `${ALL}/a`, { managed: true })
    expect(await bench.get(`${ALL}/a/metadata`)).toMatchObject({ shortDesc: '', custom: { kv: {} } })
  })
})

describe('the data of a dataset', () => {
  it.each([
    ['a', '', [1]],
    ['a', '?dropData=false', [1]],
    ['a', '?dropData=true', undefined],
    ['b', '', [2]],
    ['b', '?dropData=True', undefined],
  ])('is destroyed only where that is asked for: %s%s', async (name, query, left) => {
    await bench.make('POST', `${ALL}/managed`, managed('a'))
    await bench.make('POST', `${ALL}/`, table('b'))
    bench.server.store('filesystem_managed/FLEET/a', [1])
    bench.server.store('pg_fleet/public.b', [2])
    const others = name === 'a' ? { 'pg_fleet/public.b': [2] } : { 'filesystem_managed/FLEET/a': [1] }
    await bench.make('DELETE', `${ALL}/${name}${query}`)
    expect(Object.keys(bench.project().datasets)).toEqual([name === 'a' ? 'b' : 'a'])
    expect(bench.server.data()).toEqual({ ...others, ...(left && { [name === 'a' ? 'filesystem_managed/FLEET/a' : 'pg_fleet/public.b']: left }) })
  })
  it('is what was uploaded: a file of the same name is replaced', async () => {
    await bench.make('POST', `${ALL}/`, { name: 'u', type: 'UploadedFiles' })
    const upload = async (name: string, text: string): Promise<unknown> => {
      const form = new FormData()
      form.append('file', new Blob([text]), name)
      return (await bench.make('POST', `${ALL}/u/uploaded/files`, form)).body
    }
    expect(await upload('a.csv', 'one')).toEqual({ path: 'a.csv', length: 3 })
    await upload('b.csv', 'two')
    await upload('a.csv', 'three')
    expect(await bench.get(`${ALL}/u/uploaded/files`)).toEqual([{ path: 'b.csv', length: 3 }, { path: 'a.csv', length: 5 }])
    await bench.make('DELETE', `${ALL}/u?dropData=true`)
    expect(bench.server.data()).toEqual({})
  })
  it('takes no upload where the dataset is of another type, and none without a file', async () => {
    for (const body of [table('b'), { name: 'u', type: 'UploadedFiles' }]) await bench.make('POST', `${ALL}/`, body)
    expect(await bench.send('GET', `${ALL}/b/uploaded/files`)).toMatchObject({ status: 400, body: refusal('IllegalArgumentException', 'takes no uploads') })
    expect(await bench.send('POST', `${ALL}/u/uploaded/files`, new FormData())).toMatchObject({ status: 400, body: refusal('IllegalArgumentException', 'No file') })
  })
})
