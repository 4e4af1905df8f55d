import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { loadDataiku, parseDataiku } from '../../../../examples/dataiku/input/load.ts'
import { root } from '../../../architecture/sources.ts'

const shared = join(root, '../shared/inputs/dataiku')
const demo = join(root, 'examples/dataiku/demo')
const folders: string[] = []
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })))

/** A folder with these files. */
function write(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'dataiku-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

const friendly = (...more: readonly string[]): string => ['project: { key: SHOP, name: Shop }', ...more].join('\n')
const flat = (...entries: readonly string[]): string => ['resources:', ...entries.map((entry) => `  - ${entry}`)].join('\n')
const inputsOf = (text: string, address: string, env = {}): unknown => parseDataiku(text, 'in', { env }).find(({ type, name }) => `${type}/${name}` === address)?.inputs
const dataset = (fields: string, env = {}): unknown => inputsOf(friendly(`datasets: [{ name: d, ${fields} }]`), 'Dataset/SHOP.d', env)
const project = 'SHOP'
const connections = { SNOWFLAKE_CONN: 'sf', POSTGRES_CONN: 'pg', S3_CONN: 'lake' }

describe('a declaration', () => {
  it.skipIf(!existsSync(shared))('is read as its format says, of both formats at once (needs ../shared/inputs)', () => {
    const desired = loadDataiku([shared], { env: connections })
    const inputs = (address: string): unknown => desired.find(({ type, name }) => `${type}/${name}` === address)?.inputs
    const count = (type: string) => desired.filter((each) => each.type === type).length
    expect([count('Project'), count('Dataset'), count('Recipe')]).toEqual([3, 11, 6])
    expect(desired.some(({ external }) => external)).toBe(false)
    expect(inputs('Project/FLEET')).toEqual({
      projectKey: 'FLEET', label: 'Vehicle fleet', owner: 'mobility', description: 'Trips and vehicles', tags: ['bronze'], variables: { standard: { unit: 'km' }, local: {} },
      permissions: [{ group: 'mobility_team', admin: false, readProjectContent: true, writeProjectContent: true }],
    })
    expect(inputs('Dataset/FLEET.trips_raw')).toEqual({
      projectKey: 'FLEET', name: 'trips_raw', type: 'PostgreSQL', params: { connection: 'pg_fleet', mode: 'table', schema: 'public', table: 'trips' },
      schema: { columns: [{ name: 'trip_id', type: 'bigint' }, { name: 'distance', type: 'double' }] }, tags: ['source'],
    })
    expect(inputs('Dataset/FLEET.trips_clean')).toEqual({ projectKey: 'FLEET', name: 'trips_clean', managed: true, connectionId: 'filesystem_managed', formatOptionId: 'PARQUET_HIVE' })
    expect(inputs('Recipe/FLEET.clean_trips')).toMatchObject({
      projectKey: 'FLEET', name: 'clean_trips', type: 'python', inputs: { main: { items: [{ ref: 'FLEET.trips_raw' }] } }, outputs: { main: { items: [{ ref: 'FLEET.trips_clean' }] } },
    })
    expect(inputs('Project/SIMPLE_PROJECT')).toStrictEqual({ projectKey: 'SIMPLE_PROJECT', label: 'Simple Project', description: 'A minimal IaC project with one dataset' })
    expect(inputs('Dataset/SIMPLE_PROJECT.SAMPLE_DATA')).toEqual({ projectKey: 'SIMPLE_PROJECT', name: 'SAMPLE_DATA', managed: true, connectionId: 'filesystem_managed', formatOptionId: 'CSV_EXCEL_GZIP', description: 'Sample dataset for testing' })
    expect(inputs('Dataset/SALES_ANALYTICS.SNOWFLAKE_CUSTOMERS')).toMatchObject({ type: 'Snowflake', params: { connection: 'sf', mode: 'table', schema: 'CUSTOMERS', table: 'dim_customers' } })
    expect(inputs('Dataset/SALES_ANALYTICS.S3_PRODUCTS')).toMatchObject({ type: 'S3', params: { connection: 'lake', path: '/data/products/catalog.csv' } })
    expect(inputs('Recipe/SALES_ANALYTICS.add_product_info')).toMatchObject({
      type: 'sql_query', payload: expect.stringMatching(/^SELECT\n {2}e\.\*,[^]*PRODUCT_ID\n$/), inputs: { main: { items: [{ ref: 'SALES_ANALYTICS.ENRICHED_SALES' }, { ref: 'SALES_ANALYTICS.S3_PRODUCTS' }] } },
    })
  })

  it('is told by what stands in it, document by document, and whatever the order', () => {
    const folder = write({ 'a.yml': `${flat('{ type: dataset, name: SHOP.b, datasetType: Inline }')}\n---\n${friendly('recipes: [{ name: r, type: sync, inputs: [b], outputs: [c] }]')}`, 'b.yaml': flat('{ type: dataset, name: SHOP.c, datasetType: Inline }') })
    expect(loadDataiku([folder]).map(({ type, name, external = false, source }) => [`${type}/${name}`, external, source?.line])).toEqual([
      ['Dataset/SHOP.b', false, 2], ['Project/SHOP', false, 4], ['Recipe/SHOP.r', false, 5], ['Dataset/SHOP.c', false, 2],
    ])
  })

  it('has what it names and does not declare as external, where it is named first', () => {
    expect(parseDataiku(flat('{ type: recipe, name: SHOP.r, recipeType: sync, inputs: { main: { items: [{ ref: a }] }, extra: { items: [{ ref: OTHER.a, deps: [] }] } }, outputs: { main: { items: [{ ref: b, appendMode: true }] } } }'), 'in')).toEqual([
      { type: 'Project', name: 'SHOP', inputs: { id: 'SHOP' }, external: true, source: { file: 'in', line: 2, column: 5 } },
      { type: 'Dataset', name: 'SHOP.a', inputs: { id: 'SHOP.a' }, external: true, source: { file: 'in', line: 2, column: 86 } },
      { type: 'Dataset', name: 'OTHER.a', inputs: { id: 'OTHER.a' }, external: true, source: { file: 'in', line: 2, column: 118 } },
      { type: 'Dataset', name: 'SHOP.b', inputs: { id: 'SHOP.b' }, external: true, source: { file: 'in', line: 2, column: 178 } },
      {
        type: 'Recipe', name: 'SHOP.r', source: { file: 'in', line: 2, column: 5 }, dependsOn: ['Project/SHOP', 'Dataset/SHOP.a', 'Dataset/OTHER.a', 'Dataset/SHOP.b'],
        inputs: {
          projectKey: project, name: 'r', type: 'sync',
          inputs: { main: { items: [{ ref: 'SHOP.a' }] }, extra: { items: [{ ref: 'OTHER.a', deps: [] }] } },
          outputs: { main: { items: [{ ref: 'SHOP.b', appendMode: true }] } },
        },
      },
    ])
  })

  it('has types, formats and connections of the friendly format as the API has them', () => {
    expect(dataset('type: managed, format_type: orc, connection: hdfs')).toEqual({ projectKey: project, name: 'd', managed: true, connectionId: 'hdfs', formatOptionId: 'ORC' })
    expect(dataset('type: managed, connection: pg')).toEqual({ projectKey: project, name: 'd', managed: true, connectionId: 'pg' })
    expect(dataset('type: gcs, connection: lake, params: { path: /x }, format_type: csv, format_params: { separator: ";" }')).toEqual({ projectKey: project, name: 'd', type: 'GCS', params: { connection: 'lake', path: '/x' }, formatType: 'csv', formatParams: { separator: ';' } })
    expect(dataset('type: upload')).toEqual({ projectKey: project, name: 'd', type: 'UploadedFiles', params: {} })
    expect(dataset('type: upload, connection: up')).toMatchObject({ params: { uploadConnection: 'up' } })
    expect(dataset('type: mysql, params: { connection: my }, drop_data: true, short_desc: s')).toEqual({ projectKey: project, name: 'd', type: 'MySQL', params: { connection: 'my' }, dropData: true, shortDesc: 's' })
    expect(inputsOf(friendly('recipes: [{ name: r, type: prepare, inputs: [OTHER.a], outputs: [b] }]'), 'Recipe/SHOP.r')).toEqual({ projectKey: project, name: 'r', type: 'shaker', inputs: { main: { items: [{ ref: 'OTHER.a' }] } }, outputs: { main: { items: [{ ref: 'SHOP.b' }] } } })
    expect(inputsOf(friendly('recipes: [{ name: r, type: python, outputs: [b] }]'), 'Recipe/SHOP.r')).toMatchObject({ inputs: {} })
    expect(inputsOf('project: { key: 2024, name: 07, owner: me, settings: { a: 07 }, drop_data: false }', 'Project/2024')).toEqual({ projectKey: '2024', label: '07', owner: 'me', settings: { a: 7 }, dropData: false })
  })

  it('has words that are said about an entry, and are none of its fields', () => {
    const entry = parseDataiku(flat('{ type: project, name: SHOP, adopt: true, protected: false }'))[0]
    expect(entry).toMatchObject({ adopt: true, protected: false, inputs: { projectKey: 'SHOP' } })
    expect(entry?.inputs).not.toHaveProperty('adopt')
  })

  it('destroys the data of managed datasets where their project says so, and they do not say otherwise', () => {
    const drops = parseDataiku('project: { key: SHOP, name: S, drop_data: true }\ndatasets:\n  - { name: a, type: managed, format_type: csv }\n  - { name: b, type: managed, format_type: csv, drop_data: false }\n  - { name: c, type: mysql, connection: my }\n').map(({ name, inputs }) => [name, inputs['dropData']])
    expect(drops).toEqual([['SHOP', true], ['SHOP.a', true], ['SHOP.b', false], ['SHOP.c', undefined]])
  })

  it('may be empty, may say the same by an anchor, and may stand in the standard input', () => {
    expect([parseDataiku(''), parseDataiku('# nothing\n---\n'), parseDataiku('resources: []'), parseDataiku(friendly('datasets: []', 'version: 1.0')).length]).toEqual([[], [], [], 1])
    expect(inputsOf(friendly('datasets:', '  - { name: c, type: upload, tags: &tags [x] }', '  - { name: d, type: upload, tags: *tags }'), 'Dataset/SHOP.d')).toMatchObject({ tags: ['x'] })
    expect(loadDataiku(['-'], { stdin: friendly() })[0]?.source).toEqual({ file: '-', line: 1, column: 10 })
  })

  it('of the demo is whole', () => {
    const listed = (file: string) => loadDataiku([join(demo, file)], { env: { BIKES_CONNECTION: 'filesystem_managed' } })
    const [first, second, third, fourth] = ['1-project.yml', '2-description.yml', '3-without-dataset.yml', '4-recipe.yml'].map(listed)
    expect(first?.[1]?.inputs).toMatchObject({ managed: true, connectionId: 'filesystem_managed' })
    expect(second).toEqual(first?.map((each, at) => ({ ...each, source: second?.[at]?.source, ...(at === 1 && { inputs: { ...each.inputs, description: second?.[at]?.inputs['description'] } }) })))
    expect(second?.[1]?.inputs).not.toEqual(first?.[1]?.inputs)
    expect(third?.map(({ inputs }) => inputs)).toEqual([first?.[0]?.inputs])
    expect(fourth?.map(({ type, external }) => [type, external])).toEqual([['Project', undefined], ['Dataset', undefined], ['Dataset', undefined], ['Recipe', undefined]])
  })
})

describe('a variable', () => {
  it('stands in any text, more than once, in either format', () => {
    const env = { A: 'one', B: 'two', NO: '' }
    expect(dataset('type: s3, connection: "{{ env.A }}-{{env.B}}", params: { path: ["/{{ env.A }}", { x: "{{ env.NO }}" }] }', env)).toMatchObject({ params: { connection: 'one-two', path: ['/one', { x: '' }] } })
    expect(parseDataiku(flat('{ type: project, name: "{{ env.KEY }}", label: "{{ env.A }}" }'), 'in', { env: { ...env, KEY: 'SHOP' } })).toMatchObject([{ name: 'SHOP', inputs: { label: 'one' } }])
  })

  it('is a text and nothing else, whatever it holds', () => {
    for (const value of ['x\nproject: { key: EVIL }', '", tags: [evil], x: "', '*alias', '!!js/function', 'true', '{{ env.OTHER }}', '$& $1 $`', '12'])
      expect(dataset('type: s3, connection: "{{ env.A }}"', { A: value, OTHER: 'secret' })).toEqual({ projectKey: project, name: 'd', type: 'S3', params: { connection: value } })
  })

  it('stands in code, where other braces are code', () => {
    expect(inputsOf(friendly('recipes:', '  - name: r', '    type: python', '    outputs: [o]', '    code: |', '      print(f"{{ {x} }} {{ env.A }} {{", {{1}})'), 'Recipe/SHOP.r', { A: 'one' })).toMatchObject({ payload: 'print(f"{{ {x} }} one {{", {{1}})\n' })
  })
})
