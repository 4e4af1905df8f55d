import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openBench, project, recipe, refusal, table, type Bench, type Json } from './bench.ts'

let bench: Bench
beforeEach(async () => {
  bench = await openBench()
  await bench.make('POST', '/projects/', project('OTHER'))
  for (const name of ['a', 'b', 'c']) await bench.make('POST', '/projects/FLEET/datasets/', table(name))
  await bench.make('POST', '/projects/OTHER/datasets/', table('d', { projectKey: 'OTHER' }))
})
afterEach(() => bench.server.close())

const ALL = '/projects/FLEET/recipes'
const make = async (body: Json): Promise<unknown> => (await bench.make('POST', `${ALL}/`, body)).body
const names = (): string[] => Object.keys(bench.project().recipes)

describe('the name of a new recipe', () => {
  it('is the one asked for where it is free', async () => expect([await make(recipe('r', ['a'], ['b'])), names()]).toEqual([{ name: 'r' }, ['r']]))
  it('is another one where it is taken, also by the same recipe again', async () => {
    await make(recipe('r', ['a'], ['b']))
    expect(await make(recipe('r', ['a'], ['c']))).toEqual({ name: 'r_1' })
    expect(await make(recipe('r', ['a'], ['OTHER.d']))).toEqual({ name: 'r_2' })
    expect(bench.project().recipes).toMatchObject({ r: { recipe: { name: 'r' } }, r_1: { recipe: { name: 'r_1' } }, r_2: { recipe: { name: 'r_2' } } })
  })
  it('is the server\'s where nobody asks for one', async () => {
    expect(await make(recipe(undefined, ['a'], ['b']))).toEqual({ name: 'compute_b' })
    expect(await make(recipe('', ['a'], ['OTHER.d']))).toEqual({ name: 'compute_d' })
  })
  it('is another one on demand', async () => {
    bench.server.fault({ fault: 'renames', skip: 1 })
    expect([await make(recipe('r', [], ['b'])), await make(recipe('s', [], ['c'])), await make(recipe('t', [], ['OTHER.d']))]).toEqual([{ name: 'r' }, { name: 's_1' }, { name: 't' }])
    expect(names()).toEqual(['r', 's_1', 't'])
  })
})

describe('a new recipe', () => {
  it('has what it was given, and what the server makes', async () => {
    await make(recipe('r', ['a', 'OTHER.d'], ['b'], { type: 'python', params: { envSelection: { envMode: 'INHERIT' } } }, { script: 'import dataiku\n' }))
    const shown = await bench.get(`${ALL}/r`)
    expect(shown).toEqual({ recipe: expect.objectContaining({ ...(recipe('r', ['a', 'OTHER.d'], ['b'])['recipePrototype'] as Json), params: { envSelection: { envMode: 'INHERIT' } }, tags: [] }), payload: 'import dataiku\n' })
    for (const made of ['creationTag', 'versionTag', 'checklists', 'customMeta', 'neededVariables']) expect(shown['recipe']).toHaveProperty(made)
  })
  it('is listed without its code', async () => {
    await make(recipe('r', ['a'], ['b'], {}, { script: 'secret code' }))
    const { recipe: shown } = await bench.get(`${ALL}/r`)
    expect(await bench.get(`${ALL}/`)).toEqual([shown])
  })
  it.each([['python', ''], ['join', expect.stringContaining('{')]])('of %s without code has %s', async (type, payload) => {
    await make(recipe('r', ['a'], ['b'], { type }))
    expect((await bench.get(`${ALL}/r`))['payload']).toEqual(payload)
  })
  it.each([
    ['an input that is not there', recipe('r', ['x'], ['c']), 'Dataset "FLEET.x" does not exist'],
    ['an output that is not there', recipe('r', ['a'], ['x']), 'Dataset "FLEET.x" does not exist'],
    ['an input of another project that is not there', recipe('r', ['OTHER.a'], ['c']), 'Dataset "OTHER.a" does not exist'],
    ['an input of a project that is not there', recipe('r', ['NONE.a'], ['c']), 'Dataset "NONE.a" does not exist'],
    ['an output that another one writes', recipe('r', ['a'], ['b']), 'already an output of the recipe "FLEET.taken"'],
    ['an output that another one writes, by its long name', recipe('r', ['a'], ['FLEET.b']), 'already an output of the recipe "FLEET.taken"'],
    ['an output twice', recipe('r', ['a'], ['c', 'FLEET.c']), 'twice'],
    ['a type that is none', recipe('r', ['a'], ['c'], { type: 'sql' }), 'Unknown recipe type "sql"'],
    ['a name with a dot', recipe('r.s', ['a'], ['c']), 'Invalid recipe name'],
    ['another project', recipe('r', ['a'], ['c'], { projectKey: 'OTHER' }), 'OTHER'],
    ['no prototype', { type: 'python' }, 'recipePrototype'],
  ])('is refused with %s', async (_, body, words) => {
    await make(recipe('taken', ['a'], ['b']))
    expect(await bench.send('POST', `${ALL}/`, body)).toMatchObject({ status: 400, body: refusal('IllegalArgumentException', words) })
    expect(names()).toEqual(['taken'])
  })
  it('writes no output that a recipe of another project writes', async () => {
    await make(recipe('r', ['a'], ['OTHER.d']))
    const { status, body } = await bench.send('POST', '/projects/OTHER/recipes/', recipe('s', [], ['d'], { projectKey: 'OTHER' }))
    expect([status, body['message']]).toEqual([400, 'Dataset "OTHER.d" is already an output of the recipe "FLEET.r"'])
  })
})

describe('a PUT', () => {
  beforeEach(async () => void (await make(recipe('r', ['a'], ['b'], {}, { script: 'x' }))))
  it('of a recipe is answered with nothing, and loses what it leaves out, also the code', async () => {
    expect((await bench.make('PUT', `${ALL}/r`, { recipe: { tags: ['t'] } })).text).toBe('')
    expect(await bench.get(`${ALL}/r`)).toEqual({ recipe: { name: 'r', projectKey: 'FLEET', type: 'python', inputs: {}, outputs: {}, params: {}, tags: ['t'], versionTag: expect.objectContaining({ versionNumber: 1 }) } })
  })
  it('of the whole loses nothing', async () => {
    const before = await bench.get(`${ALL}/r`)
    await bench.change(`${ALL}/r`, { payload: 'y' })
    expect(await bench.get(`${ALL}/r`)).toEqual({ recipe: { ...(before['recipe'] as Json), versionTag: expect.anything() }, payload: 'y' })
  })
  it.each([['name', 's'], ['projectKey', 'OTHER'], ['type', 'r']])('cannot change the %s', async (field, value) => {
    const before = await bench.get(`${ALL}/r`)
    expect(await bench.send('PUT', `${ALL}/r`, { recipe: { ...(before['recipe'] as Json), [field]: value }, payload: 'y' })).toMatchObject({ status: 400, body: refusal('IllegalArgumentException', `The ${field} of a recipe cannot change`) })
    expect(await bench.get(`${ALL}/r`)).toEqual(before)
  })
  it('takes no new reference to what is not there, or to what another one writes', async () => {
    await make(recipe('s', ['a'], ['c']))
    const { recipe: whole } = await bench.get(`${ALL}/r`)
    const put = async (role: string, ref: string): Promise<number> => (await bench.send('PUT', `${ALL}/r`, { recipe: { ...(whole as Json), [role]: { main: { items: [{ ref }] } } } })).status
    expect([await put('inputs', 'x'), await put('outputs', 'x'), await put('outputs', 'c'), await put('inputs', 'c')]).toEqual([400, 400, 400, 200])
  })
  it('of the metadata is a part of the recipe, and loses what it leaves out', async () => {
    await bench.make('PUT', `${ALL}/r/metadata`, { description: 'd', tags: ['t'] })
    await bench.make('PUT', `${ALL}/r/metadata`, { tags: ['u'] })
    expect(await bench.get(`${ALL}/r/metadata`)).toMatchObject({ label: 'r', description: '', tags: ['u'] })
    expect(await bench.get(`${ALL}/r`)).toMatchObject({ recipe: { tags: ['u'], inputs: { main: { items: [{ ref: 'a' }] } } }, payload: 'x' })
  })
})

describe('a deletion', () => {
  it('of a recipe is answered with nothing, and there is no future', async () => {
    await make(recipe('r', ['a'], ['b']))
    expect((await bench.make('DELETE', `${ALL}/r`)).text).toBe('')
    expect([names(), bench.server.futures()]).toEqual([[], []])
    expect((await bench.send('DELETE', `${ALL}/r`)).status).toBe(404)
  })
  it('of a dataset in use goes through: the recipe stays, broken, and can be changed', async () => {
    await make(recipe('r', ['a'], ['b']))
    for (const name of ['a', 'b']) await bench.make('DELETE', `/projects/FLEET/datasets/${name}`)
    expect(await bench.get(`${ALL}/r`)).toMatchObject({ recipe: { inputs: { main: { items: [{ ref: 'a' }] } } } })
    await bench.change(`${ALL}/r`, { payload: 'y' })
    expect(bench.project().recipes['r']?.payload).toBe('y')
  })
})
