import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DeclarationError } from 'convergent'
import { loadDataiku, parseDataiku } from '../../../../examples/dataiku/input/load.ts'
import { formatIssue } from '../../../../src/core/errors.ts'

function issuesOf(load: () => unknown): string[] {
  try {
    load()
  } catch (error) {
    if (error instanceof DeclarationError) return error.issues.map(formatIssue)
    throw error
  }
  return []
}

const faults = (text: string, env = {}): string[] => issuesOf(() => parseDataiku(text, 'in', { env }))
const head = 'project: { key: SHOP, name: Shop }\n'
const words = 'expected letters, digits, "_" and "-"'
const datasetTypes = 'managed, snowflake, postgresql, mysql, bigquery, redshift, oracle, sqlserver, jdbc, filesystem, s3, gcs, azure, hdfs, ftp, sftp, mongodb, elasticsearch, upload'
const elsewhere = 'another one can be declared in a flat list (resources), as the API has it'

describe('a file that is wrong', () => {
  it.each([
    ['no YAML', 'resources: [', 'invalid YAML: Flow sequence in block collection must be sufficiently indented and end with a ] (in:1:13)'],
    ['a text', 'hello', 'expected a map with project, datasets and recipes, or with resources, found "hello" (in:1:1)'],
    ['a list', '- { type: project }', 'expected a map with project, datasets and recipes, or with resources, found a list (in:1:1)'],
    ['both formats', `${head}resources: []`, 'resources is the flat list, and project the other format; put them into two files, or write --- between them (in:2:1)'],
    ['neither', 'version: "1.0"', 'it declares nothing: expected project, datasets and recipes, or resources (in:1:1)'],
    ['a misspelt list', 'resource: []', 'unknown key "resource"; did you mean "resources"? (in:1:1)'],
    ['a misspelt key', `${head}dataset: []`, 'unknown key "dataset"; did you mean "datasets"? (in:2:1)'],
    ['a key too many', 'resources: []\nzzz: 1', 'unknown key "zzz"; a document has resources (in:2:1)'],
    ['everything commented out', 'resources:\n#  - { type: project }', 'resources: expected a list, found nothing; write [] to say that there are none (in:1:1)'],
    ['the same in the other format', `${head}datasets:`, 'datasets: expected a list, found nothing; write [] to say that there are none (in:2:1)'],
    ['no project', 'datasets: []', 'project: it is missing; expected a map with key and name, which datasets and recipes are in (in:1:1)'],
    ['a project that is a text', 'project: SHOP', 'project: expected a map with key and name, found "SHOP" (in:1:10)'],
    ['another version', `version: "2.0"\n${head}`, 'version: expected "1.0", found "2.0" (in:1:10)'],
    ['metadata in words', `metadata: mine\n${head}`, 'metadata: expected a map, found "mine" (in:1:11)'],
    ['an alias that never ends', 'resources: &a [*a]', '*a stands inside of what it stands for (in:1:16)'],
    ['an alias of nothing', 'resources: [*a]', '*a: no anchor &a stands before it (in:1:13)'],
    ['a tag', 'resources: !ruby/object []', 'invalid YAML: Unresolved tag: !ruby/object (in:1:12)'],
    ['a depth', `resources: ${'['.repeat(300)}${']'.repeat(300)}`, 'invalid YAML: it is nested too deeply, more than 200 lists and maps in one another (in:1:211)'],
  ])('%s', (_, text, message) => expect(faults(text)).toEqual([message]))

  it('more by aliases than fits', () => {
    const lines = Array.from({ length: 12 }, (_, at) => `  - &a${at} [${Array.from({ length: 10 }, () => (at === 0 ? 'x' : `*a${at - 1}`)).join(', ')}]`)
    expect(faults(['resources:', ...lines].join('\n'))[0]).toMatch(/^aliases \(\*name\) stand for more than 10000/)
  })
})

const recipe = (fields: string): string => `type: recipe, name: SHOP.r, recipeType: python, ${fields}`
const writes = 'outputs: { main: { items: [{ ref: o }] } }'

describe('an entry of the flat list that is wrong', () => {
  it.each([
    ['no map', 'hello', 'resources: expected a map with type and name, found "hello" (in:2:5)'],
    ['an unknown type', '{ type: datset, name: SHOP.d }', 'unknown type "datset"; did you mean "dataset"? (in:2:13)'],
    ['another thing', '{ type: scenario, name: SHOP.d }', 'unknown type "scenario"; known are project, dataset, recipe (in:2:13)'],
    ['no type', '{ name: SHOP.d }', 'needs a type: one of project, dataset, recipe (in:2:5)'],
    ['no name', '{ type: dataset, datasetType: S3 }', 'a dataset needs a name: a text that is not empty, found nothing (in:2:5)'],
    ['a key in small letters', '{ type: project, name: shop }', 'name of a project: expected capital letters, digits and "_", found "shop" (in:2:28)'],
    ['a dataset without its project', '{ type: dataset, name: d, datasetType: S3 }', 'name of a dataset: expected PROJECT.name, a project key of capital letters, digits and "_" before the dot, and letters, digits, "_" and "-" behind it, found "d" (in:2:28)'],
    ['a misspelt field', '{ type: project, name: SHOP, lable: x }', 'Project/SHOP: unknown field "lable"; did you mean "label"? (in:2:34)'],
    ['a field of nothing', '{ type: recipe, name: SHOP.r, recipeType: python, zzz: 1 }', 'Recipe/SHOP.r: unknown field "zzz"; there are type, name, recipeType, inputs, outputs, params, payload, description, tags, shortDesc, adopt, protected (in:2:55)'],
    ['a list in words', '{ type: project, name: SHOP, tags: bronze }', 'Project/SHOP: tags: expected a list, found "bronze"; write [ ] around it (in:2:40)'],
    ['nothing', '{ type: project, name: SHOP, tags: }', 'Project/SHOP: tags: expected a list, found nothing; leave it out where there is none (in:2:40)'],
    ['dropData in words', '{ type: dataset, name: SHOP.d, datasetType: S3, dropData: "yes" }', 'Dataset/SHOP.d: dropData: expected true or false, found "yes"; write it without quotes: true or false (in:2:63)'],
    ['a label that is none', '{ type: project, name: SHOP, label: true }', 'Project/SHOP: label: expected a text, found true; write it in quotes (in:2:41)'],
    ['variables of their own', '{ type: project, name: SHOP, variables: { standart: {} } }', 'Project/SHOP: variables: unknown field "standart"; did you mean "standard"? (in:2:47)'],
    ['a column without type', '{ type: dataset, name: SHOP.d, datasetType: S3, schema: { columns: [{ name: a }] } }', 'Dataset/SHOP.d: schema.columns[0].type: it is missing; expected a text (in:2:73)'],
    ['no type of dataset', '{ type: dataset, name: SHOP.d }', 'Dataset/SHOP.d: datasetType: it is missing; a dataset has it, or managed: true with connectionId and formatOptionId (in:2:5)'],
    ['managed, and a type', '{ type: dataset, name: SHOP.d, managed: true, connectionId: c, formatOptionId: f, datasetType: S3 }', 'Dataset/SHOP.d: datasetType: the server chooses it for a managed dataset; leave it out, or leave managed out (in:2:100)'],
    ['managed without connection', '{ type: dataset, name: SHOP.d, managed: true, formatOptionId: ORC }', 'Dataset/SHOP.d: connectionId: it is missing; a managed dataset has connectionId, and formatOptionId where it is files (in:2:5)'],
    ['a connection without managed', '{ type: dataset, name: SHOP.d, datasetType: S3, connectionId: c }', 'Dataset/SHOP.d: connectionId: only a managed dataset has it; write managed: true, or leave it out (in:2:67)'],
    ['no outputs', `{ ${recipe('inputs: {}')} }`, 'Recipe/SHOP.r: outputs: a recipe writes something: expected at least one output, found none (in:2:5)'],
    ['no outputs in any role', `{ ${recipe('outputs: { main: { items: [] } }')} }`, 'Recipe/SHOP.r: outputs: a recipe writes something: expected at least one output, found none (in:2:64)'],
    ['an output twice', `{ ${recipe('outputs: { main: { items: [{ ref: o }, { ref: SHOP.o }] } }')} }`, 'Recipe/SHOP.r: outputs.main.items[1].ref: Dataset/SHOP.o is an output of this recipe twice; remove one of them (in:2:101)'],
    ['a reference of two dots', `{ ${recipe(`inputs: { main: { items: [{ ref: A.b.c }] } }, ${writes}`)} }`, `Recipe/SHOP.r: inputs.main.items[0].ref: expected a dataset, as name or PROJECT.name, found "A.b.c" (in:2:88)`],
    ['a list of names', `{ ${recipe(`inputs: [a], ${writes}`)} }`, 'Recipe/SHOP.r: inputs: expected a map, found a list (in:2:63)'],
  ])('%s', (_, entry, message) => expect(faults(`resources:\n  - ${entry}`)).toEqual([message]))
})

describe('an entry of the friendly format that is wrong', () => {
  it.each([
    ['no name', 'datasets: [{ type: upload }]', 'a dataset needs a name: a text that is not empty, found nothing (in:2:12)'],
    ['a name with a blank', 'datasets: [{ name: my data, type: upload }]', `name of a dataset: ${words}, found "my data" (in:2:20)`],
    ['a recipe with a project', 'recipes: [{ name: SHOP.r, type: python, outputs: [o] }]', `name of a recipe: ${words}, found "SHOP.r" (in:2:19)`],
    ['no type', 'datasets: [{ name: d }]', 'Dataset/SHOP.d: type: it is missing; expected a text (in:2:12)'],
    ['the spelling of the API', 'datasets: [{ name: d, type: upload, formatType: csv }]', 'Dataset/SHOP.d: unknown field "formatType"; did you mean "format_type"? (in:2:37)'],
    ['a misspelt type', 'datasets: [{ name: d, type: postgres, connection: c }]', `Dataset/SHOP.d: type: expected one of ${datasetTypes}, found "postgres"; did you mean "postgresql"? (in:2:29)`],
    ['an unknown type', 'datasets: [{ name: d, type: carrierpigeon }]', `Dataset/SHOP.d: type: expected one of ${datasetTypes}, found "carrierpigeon"; ${elsewhere} (in:2:29)`],
    ['a name of an object in JavaScript', 'datasets: [{ name: d, type: constructor }]', `Dataset/SHOP.d: type: expected one of ${datasetTypes}, found "constructor"; ${elsewhere} (in:2:29)`],
    ['no connection', 'datasets: [{ name: d, type: s3 }]', 'Dataset/SHOP.d: connection: it is missing; a dataset of type s3 needs the name of a connection (in:2:12)'],
    ['two connections', 'datasets: [{ name: d, type: s3, connection: a, params: { connection: b } }]', 'Dataset/SHOP.d: params.connection: the connection stands beside params already; leave one of them out (in:2:70)'],
    ['managed without format', 'datasets: [{ name: d, type: managed }]', 'Dataset/SHOP.d: format_type: it is missing; a managed dataset needs one of csv, csv_unix, parquet, orc, avro (in:2:12)'],
    ['managed in a misspelt format', 'datasets: [{ name: d, type: managed, format_type: parqet }]', 'Dataset/SHOP.d: format_type: expected one of csv, csv_unix, parquet, orc, avro, found "parqet"; did you mean "parquet"? (in:2:51)'],
    ['managed with params', 'datasets: [{ name: d, type: managed, format_type: csv, params: { path: x } }]', 'Dataset/SHOP.d: params: the server chooses it for a managed dataset; leave it out, or write the type of the dataset instead of managed (in:2:64)'],
    ['drop_data in words', 'datasets: [{ name: d, type: upload, drop_data: always }]', 'Dataset/SHOP.d: drop_data: expected true or false, found "always"; write it without quotes: true or false (in:2:48)'],
    ['no outputs', 'recipes: [{ name: r, type: python, inputs: [a] }]', 'Recipe/SHOP.r: outputs: a recipe writes something: expected at least one output, found none (in:2:11)'],
    ['an input in words', 'recipes: [{ name: r, type: python, inputs: a, outputs: [o] }]', 'Recipe/SHOP.r: inputs: expected a list, found "a"; write [ ] around it (in:2:44)'],
    ['an output that cannot be', 'recipes: [{ name: r, type: python, outputs: [shop.o] }]', `Recipe/SHOP.r: outputs[0]: expected a dataset, as name or PROJECT.name, found "shop.o" (in:2:46)`],
    ['a misspelt type of recipe', 'recipes: [{ name: r, type: pyhton, outputs: [o] }]', 'Recipe/SHOP.r: type: expected one of python, r, shell, sql, sql_query, sql_script, pyspark, sparkr, hive, impala, sync, prepare, join, group, window, stack, split, sort, topn, distinct, sample, pivot, found "pyhton"; did you mean "python"? (in:2:28)'],
  ])('%s', (_, text, message) => expect(faults(`${head}${text}`)).toEqual([message]))

  it('a project without key or name, whose datasets are judged all the same', () => {
    expect(faults('project: { key: shop, name: Shop, zzz: 1 }\ndatasets: [{ name: d, type: upload, tgas: [] }]')).toEqual([
      'name of a project: expected capital letters, digits and "_", found "shop" (in:1:17)'.replace('name', 'key'),
      'unknown field "zzz"; there are key, name, description, tags, short_desc, adopt, protected, owner, variables, permissions, settings, drop_data (in:1:35)',
      'unknown field "tgas"; did you mean "tags"? (in:2:37)',
    ])
    expect(faults('project: { key: SHOP }')).toEqual(['Project/SHOP: name: it is missing; expected a text (in:1:10)'])
  })
})

describe('over files', () => {
  it('an address twice, and an output of two recipes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dataiku-'))
    const [a, b] = [join(folder, 'a.yml'), join(folder, 'b.yml')]
    writeFileSync(a, `${head}recipes: [{ name: r, type: python, outputs: [o] }]`)
    writeFileSync(b, `resources:\n  - { type: project, name: SHOP }\n  - { ${recipe(writes)} }\n  - { ${recipe(writes).replace('SHOP.r', 'SHOP.s')} }\n  - { type: projet, name: X }`)
    const found = issuesOf(() => loadDataiku([a, b]))
    rmSync(folder, { recursive: true })
    expect(found.map((issue) => issue.replaceAll(folder, ''))).toEqual([
      'unknown type "projet"; did you mean "project"? (/b.yml:5:13)',
      'Project/SHOP: a Project of this key stands in /a.yml, line 1 already; rename or remove one of them (/b.yml:2:5)',
      'Recipe/SHOP.r: a Recipe of this name stands in /a.yml, line 2 already; rename or remove one of them (/b.yml:3:5)',
      'Recipe/SHOP.s: outputs.main.items[0].ref: Dataset/SHOP.o is written by Recipe/SHOP.r (/a.yml, line 2) already; only one recipe can write a dataset (/b.yml:4:89)',
    ])
  })

  it('one that is not there, and one that is no text', () => {
    expect(issuesOf(() => loadDataiku(['nowhere.yml']))).toEqual(['there is no such file or folder (nowhere.yml)'])
  })
})

describe('a placeholder that is wrong', () => {
  const there = 'there is {{ env.NAME }}, for a variable of the environment'
  it('is told with all others at once, and says nothing of values', () => {
    const env = { S3_CONN: 'hidden-value', KEY: 'hidden key', TYPE: 'hidden' }
    expect(faults(`project: { key: "{{ env.KEY }}", name: Shop }\ndatasets:\n  - { name: a, type: s3, connection: "{{ env.S3_CON }}/{{ env.NOWHERE }}" }\n  - { name: "{{ env.CONSTRUCTOR }}", type: "{{ env.TYPE }}", drop_data: "{{ env.TYPE }}", description: "{{ other }}" }`, env)).toEqual([
      'datasets[0].connection: {{ env.S3_CON }}: the environment variable S3_CON is not set; did you mean "S3_CONN"? (in:3:38)',
      'datasets[0].connection: {{ env.NOWHERE }}: the environment variable NOWHERE is not set; set it (in:3:38)',
      'datasets[1].name: {{ env.CONSTRUCTOR }}: the environment variable CONSTRUCTOR is not set; set it (in:4:13)',
      `datasets[1].description: unknown placeholder {{ other }}; ${there} (in:4:104)`,
      'key of a project: expected capital letters, digits and "_", found "{{ env.KEY }}" (in:1:17)',
      'drop_data: expected true or false, found "{{ env.TYPE }}"; write it without quotes: true or false (in:4:73)',
    ])
    expect(faults(`${head}datasets: [{ name: d, type: "{{ env.TYPE }}" }]`, env)).toEqual([`Dataset/SHOP.d: type: expected one of ${datasetTypes}, found "{{ env.TYPE }}"; ${elsewhere} (in:2:29)`])
  })

  it.each([
    ['a part of an object in JavaScript', 'connection: "{{ env.constructor }}"', 'datasets[0].connection: {{ env.constructor }}: the environment variable constructor is not set; set it (in:2:45)'],
    ['a filter', 'connection: "{{ env.X | upper }}"', `datasets[0].connection: unknown placeholder {{ env.X | upper }}; ${there} (in:2:45)`],
    ['one that is not closed', 'connection: "{{ env.X }"', `datasets[0].connection: a placeholder that is not closed: found "{{ env.X }"; ${there} (in:2:45)`],
    ['a key', 'connection: c, params: { "{{ env.X }}": 1 }', 'a key holds no placeholder, found "{{ env.X }}" (in:2:58)'],
  ])('%s', (_, field, message) => expect(faults(`${head}datasets: [{ name: d, type: s3, ${field} }]`, { X: 'x' })).toEqual([message]))

  it('without quotes', () => {
    expect(faults(`${head}datasets: [{ name: d, type: s3, connection: {{ env.X }} }]`, { X: 'x' })[0]).toBe('a map cannot be a key; for a placeholder write quotes around it: "{{ env.X }}" (in:2:46)')
  })

  it('in code is told by its variable, and other fields of the entry are judged', () => {
    expect(faults(`${head}recipes: [{ name: r, type: python, code: "{{ env.X }} {{ y }}", outputs: [] }]`)).toEqual([
      'recipes[0].code: {{ env.X }}: the environment variable X is not set; set it (in:2:42)',
      'Recipe/SHOP.r: outputs: a recipe writes something: expected at least one output, found none (in:2:74)',
    ])
  })
})
