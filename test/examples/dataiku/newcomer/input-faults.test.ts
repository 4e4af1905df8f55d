import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { declare, FLEET, KEY, openNewcomer, type Newcomer } from './bench.ts'

let person: Newcomer
let before: unknown
beforeAll(async () => {
  person = await openNewcomer()
  person.write('fleet.yaml', declare(...FLEET))
  expect(await person.run(['sync', '-c', 'fleet.yaml'])).toMatchObject({ code: 0, err: '' })
  before = person.look()
  expect(person.names()).toEqual(['FLEET', 'FLEET.clean', 'FLEET.raw', 'FLEET.tidy'])
})
afterAll(() => person.close())

/** A mistake is told in these words, with exit code 1, and nothing changed. */
async function expectRefusal(command: readonly string[], message: string, surroundings: Parameters<Newcomer['run']>[1] = {}): Promise<void> {
  const { code, out, err } = await person.run(command, surroundings)
  expect({ code, out, err }).toEqual({ code: 1, out: '', err: message })
  expect(person.look()).toEqual(before)
}

const sync = ['sync', '-c', 'wrong.yaml', '--auto-approve']
const name = 'expected PROJECT.name, a project key of capital letters, digits and "_" before the dot, and letters, digits, "_" and "-" behind it'
const roles = 'outputs: { main: { items: [{ ref: x }] } }'

/** An entry of the flat format that is wrong, and what is said about it. It stands in line 6. */
const wrongEntries: readonly (readonly [title: string, entry: string, message: string])[] = [
  ['a misspelt type', 'type: datset, name: FLEET.x', 'unknown type "datset"; did you mean "dataset"? (wrong.yaml:6:13)'],
  ['a type of a later day', 'type: scenario, name: FLEET.x', 'unknown type "scenario"; known are project, dataset, recipe (wrong.yaml:6:13)'],
  ['no name', 'type: dataset, datasetType: S3', 'a dataset needs a name: a text that is not empty, found nothing (wrong.yaml:6:5)'],
  ['a name without its project', 'type: dataset, name: x, datasetType: S3', `name of a dataset: ${name}, found "x" (wrong.yaml:6:28)`],
  ['a key in small letters', 'type: project, name: fleet', 'name of a project: expected capital letters, digits and "_", found "fleet" (wrong.yaml:6:28)'],
  ['a misspelt field', 'type: dataset, name: FLEET.x, datasetTyp: S3', 'Dataset/FLEET.x: unknown field "datasetTyp"; did you mean "datasetType"? (wrong.yaml:6:37)'],
  ['a misspelt word', 'type: project, name: OTHER, adpot: true', 'Project/OTHER: unknown field "adpot"; did you mean "adopt"? (wrong.yaml:6:35)'],
  ['the destruction of data in a word that is none', 'type: dataset, name: FLEET.x, datasetType: S3, dropData: yes', 'Dataset/FLEET.x: dropData: expected true or false, found "yes"; write it without quotes: true or false (wrong.yaml:6:64)'],
  ['a field with nothing behind it', 'type: project, name: OTHER, tags:', 'Project/OTHER: tags: expected a list, found nothing; leave it out where there is none (wrong.yaml:6:41)'],
  ['a name that is there twice', 'type: dataset, name: FLEET.raw, datasetType: S3', 'Dataset/FLEET.raw: a Dataset of this name stands in wrong.yaml, line 3 already; rename or remove one of them (wrong.yaml:6:5)'],
  ['an output that another recipe writes', 'type: recipe, name: FLEET.r, recipeType: sync, outputs: { main: { items: [{ ref: clean }] } }', 'Recipe/FLEET.r: outputs.main.items[0].ref: Dataset/FLEET.clean is written by Recipe/FLEET.tidy (wrong.yaml, line 5) already; only one recipe can write a dataset (wrong.yaml:6:88)'],
  ['a recipe that writes nothing', 'type: recipe, name: FLEET.r, recipeType: sync', 'Recipe/FLEET.r: outputs: a recipe writes something: expected at least one output, found none (wrong.yaml:6:5)'],
  ['a recipe without a type', `type: recipe, name: FLEET.r, ${roles}`, 'Recipe/FLEET.r: recipeType: it is missing; expected a text (wrong.yaml:6:5)'],
  ['roles without items', 'type: recipe, name: FLEET.r, recipeType: sync, outputs: { main: [x] }', 'Recipe/FLEET.r: outputs.main: expected a map, found a list (wrong.yaml:6:71)'],
  ['a placeholder for nothing', 'type: dataset, name: FLEET.x, datasetType: S3, params: { connection: "{{ env.DATAIKU_API_KEI }}" }', 'resources[4].params.connection: {{ env.DATAIKU_API_KEI }}: the environment variable DATAIKU_API_KEI is not set; did you mean "DATAIKU_API_KEY"? (wrong.yaml:6:76)'],
]

describe('an entry that is wrong', () => {
  it.each(wrongEntries)('%s', async (_, entry, message) => {
    person.write('wrong.yaml', declare(...FLEET, `{ ${entry} }`))
    await expectRefusal(sync, `dataiku: ${message}`)
  })

  it('all of them at once, each with its line', async () => {
    person.write('wrong.yaml', declare(...FLEET, '{ type: datset, name: FLEET.x }', '{ type: recipe, name: FLEET.r, recipeType: sync }'))
    await expectRefusal(sync, [
      'dataiku: 2 issues:',
      '  - unknown type "datset"; did you mean "dataset"? (wrong.yaml:6:13)',
      '  - Recipe/FLEET.r: outputs: a recipe writes something: expected at least one output, found none (wrong.yaml:7:5)',
    ].join('\n'))
  })
})

const head = 'project: { key: SHOP, name: Shop }\n'
const formats = 'csv, csv_unix, parquet, orc, avro'

describe('a file that is wrong', () => {
  it.each([
    ['no YAML', 'resources: [', 'invalid YAML: Flow sequence in block collection must be sufficiently indented and end with a ] (wrong.yaml:1:13)'],
    ['a tab', 'resources:\n\t- { type: project }', 'invalid YAML: Tabs are not allowed as indentation (wrong.yaml:2:1)'],
    ['both formats', `${head}resources: []`, 'resources is the flat list, and project the other format; put them into two files, or write --- between them (wrong.yaml:2:1)'],
    ['a misspelt key', `${head}dataset: []`, 'unknown key "dataset"; did you mean "datasets"? (wrong.yaml:2:1)'],
    ['another version', `version: "2.0"\n${head}`, 'version: expected "1.0", found "2.0" (wrong.yaml:1:10)'],
    ['no project', 'datasets: []', 'project: it is missing; expected a map with key and name, which datasets and recipes are in (wrong.yaml:1:1)'],
    ['everything commented out', `${head}datasets:\n#  - { name: a, type: upload }`, 'datasets: expected a list, found nothing; write [] to say that there are none (wrong.yaml:2:1)'],
    ['a managed dataset without a format', `${head}datasets: [{ name: a, type: managed }]`, `Dataset/SHOP.a: format_type: it is missing; a managed dataset needs one of ${formats} (wrong.yaml:2:12)`],
    ['a misspelt format', `${head}datasets: [{ name: a, type: managed, format_type: parqet }]`, `Dataset/SHOP.a: format_type: expected one of ${formats}, found "parqet"; did you mean "parquet"? (wrong.yaml:2:51)`],
    ['no connection', `${head}datasets: [{ name: a, type: s3 }]`, 'Dataset/SHOP.a: connection: it is missing; a dataset of type s3 needs the name of a connection (wrong.yaml:2:12)'],
    ['a placeholder without quotes', `${head}datasets: [{ name: a, type: s3, connection: {{ env.X }} }]`, 'a map cannot be a key; for a placeholder write quotes around it: "{{ env.X }}" (wrong.yaml:2:46)'],
    ['no text', new Uint8Array([0x72, 0xff, 0xfe]), 'it is no text (UTF-8) (wrong.yaml)'],
    ['nothing at all, which would delete everything', '', 'nothing is declared, so this would delete all 4 that exist; say allowEmpty (--allow-empty) if that is meant'],
  ])('%s', async (_, content, message) => {
    person.write('wrong.yaml', content)
    const { code, out, err } = await person.run(sync)
    expect({ code, out, err: err.split('\n')[err.includes(' issues:') ? 1 : 0]?.replace(/^(dataiku:| {2}-) /, '') }).toEqual({ code: 1, out: '', err: message })
    expect(person.look()).toEqual(before)
  })

  it('one that is not there, a folder without any, and the standard input', async () => {
    person.write('notes/readme.txt', 'hello')
    await expectRefusal(['sync', '-c', 'nowhere.yaml'], 'dataiku: there is no such file or folder (nowhere.yaml)')
    await expectRefusal(['sync', '-c', 'notes/'], 'dataiku: the folder holds no .yaml or .yml file (notes/)')
    await expectRefusal(['sync', '-c', '-'], 'dataiku: unknown key "resorces"; did you mean "resources"? (-:1:1)', { stdin: 'resorces: []' })
  })

  it('one that names what nobody has: a dataset, a project', async () => {
    person.write('wrong.yaml', declare(...FLEET, `{ type: recipe, name: FLEET.r, recipeType: sync, inputs: { main: { items: [{ ref: rwa }] } }, ${roles} }`, '{ type: dataset, name: FLET.x, datasetType: S3 }'))
    const { code, out, err } = await person.run(sync)
    expect({ code, out, now: person.look() }).toEqual({ code: 1, out: '', now: before })
    for (const [id, place] of [['Dataset/FLEET.rwa', '6:'], ['Dataset/FLEET.x', '6:'], ['Project/FLET', '7:']]) expect(err).toMatch(new RegExp(`${id}: there is no .*\\(wrong\\.yaml:${place}`))
  })
})

describe('a command that is wrong', () => {
  const advice = 'set DATAIKU_DSS_URL (https://dss.example, say) and DATAIKU_API_KEY, or name a credentials file with --credentials'
  it.each([
    ['no address and no key', ['plan', '-c', 'fleet.yaml'], { DATAIKU_DSS_URL: undefined, DATAIKU_API_KEY: undefined }, `DATAIKU_DSS_URL and DATAIKU_API_KEY are not set; ${advice}`],
    ['an address without its key', ['plan', '-c', 'fleet.yaml'], { DATAIKU_API_KEY: undefined }, 'DATAIKU_DSS_URL is set and DATAIKU_API_KEY is not; set both, or unset it to use a credentials file'],
    ['an address with a password, which is not said', ['plan', '-c', 'fleet.yaml'], { DATAIKU_DSS_URL: `https://${KEY}@dss.example` }, 'DATAIKU_DSS_URL holds a user name; leave it out: the API key says who asks'],
    ['a key that the server does not know', ['plan', '-c', 'fleet.yaml'], { DATAIKU_API_KEY: 'another' }, 'nothing could be read: GET /projects/: 401 the server does not know this API key; check DATAIKU_API_KEY'],
    ['a time that is none', ['plan', '-c', 'fleet.yaml', '--future-timeout', 'soon'], {}, '--future-timeout: expected a number of seconds above 0, found "soon"'],
    ['a form that is none', ['plan', '-c', 'fleet.yaml', '--output', 'jsn'], {}, '--output is "jsn", expected console or json; did you mean "json"?'],
    ['no files', ['apply'], {}, 'apply needs something to load: name files or folders with --config'],
    ['an import of what is not there', ['import', 'FLETE', '-c', 'new.yaml'], {}, 'there is no project FLETE; its key is in the address of its pages, behind /projects/'],
    ['an import into two files', ['import', 'FLEET', '-c', 'new.yaml', '-c', 'newer.yaml'], {}, 'import writes one file, found new.yaml, newer.yaml; name one with --config'],
    ['a rebuild of nothing', ['rebuild'], {}, 'rebuild needs to know what is ours: name projects, or files with --config'],
    ['a rebuild of a project that is not there', ['rebuild', 'FLETE'], {}, 'there is no project FLETE; its key is in the address of its pages, behind /projects/'],
    ['a state that is asked for the impossible', ['state', 'mv'], {}, 'state is asked to "mv", expected list, show, rm, reset'],
    ['what others need is to be forgotten', ['state', 'rm', 'Dataset/FLEET.raw', '--auto-approve'], {}, 'stack default still needs what is to be forgotten:\n  - Recipe/FLEET.tidy depends on Dataset/FLEET.raw\nForget these too, or force it; nothing was changed'],
  ])('%s', async (_, command, env, message) => {
    const state = readFileSync(join(person.folder, '.convergent/default.state.json'), 'utf8')
    await expectRefusal(command, `dataiku: ${message}`, { env })
    expect(readFileSync(join(person.folder, '.convergent/default.state.json'), 'utf8')).toBe(state)
    expect(person.list('.')).not.toContain('new.yaml')
  })

  it('a delete that nobody agreed to', async () => {
    person.write('less.yaml', declare(...FLEET.slice(0, 3)))
    const { code, err } = await person.run(['sync', '-c', 'less.yaml'])
    expect({ code, now: person.look() }).toEqual({ code: 1, now: before })
    expect(err).toBe('Warning: this sync removes 1 object.\ndataiku: this plan removes 1 object, and there is no terminal to confirm it on; nothing was changed. Review it with plan, then pass --auto-approve')
  })

  it('a server that does not answer', async () => {
    const { code, out, err } = await person.run(['plan', '-c', 'fleet.yaml'], { env: { DATAIKU_DSS_URL: 'http://127.0.0.1:1' } })
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/http:\/\/127\.0\.0\.1:1\S* cannot be reached/)
    expect(err).not.toContain(KEY)
  })
})
