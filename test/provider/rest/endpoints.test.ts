import { describe, expect, it } from 'vitest'
import type { Fields } from '../../../src/core/json.ts'
import { deriveUuid, type RestDescription } from '../../../src/provider/rest/index.ts'
import { contextOf, schema, scriptApi, type Answer } from './script-api.ts'

const context = contextOf()

/** An API of procedures: each call is a POST to a path of its own, writes say no more than that they were made. */
const procedures: Partial<RestDescription<typeof schema>> = {
  endpoints: {
    read: ({ id }) => ({ method: 'GET', path: `/get/${id}` }),
    create: ({ id }) => ({ method: 'POST', path: `/set/${id}` }),
    update: ({ id }) => ({ method: 'POST', path: `/set/${id}` }),
    delete: ({ id }) => ({ method: 'POST', path: `/del/${id}`, body: {} }),
    list: () => ({ method: 'POST', path: '/search', body: { all: true } }),
  },
  chooseId: deriveUuid,
  replies: 'id',
  update: 'declared',
  envelope: 'thing',
  renamed: { kind: 'type' },
  idOf: ({ uuid }) => String(uuid ?? ''),
  fieldsOfId: () => ({}),
  pagination: { style: 'none', items: 'rows', total: 'total' },
}

/** Keeps objects by id; a set of an unknown id makes it. */
function keepThings() {
  const things = new Map<string, Fields>()
  const answer = (path: string, body: Fields | undefined): Answer => {
    const [verb = '', id = ''] = path.slice(1).split('/')
    if (verb === 'search') return { body: { rows: [...things].map(([uuid, thing]) => ({ uuid, ...thing })), total: things.size } }
    if (verb === 'get') return things.has(id) ? { body: { thing: things.get(id) } } : { body: {}, status: 404 }
    if (verb === 'del') return { body: { result: things.delete(id) ? 'deleted' : 'not found' } }
    things.set(id, { ...things.get(id), ...(body?.['thing'] as Fields) })
    return { body: { result: 'saved' } }
  }
  return { things, answer }
}

describe('an API with a path for each call', () => {
  it('is called at these paths, the object in the body', async () => {
    const { things, answer } = keepThings()
    const { type, asked } = scriptApi(procedures, answer)
    const { id, outputs } = await type.create({ name: 'x', inputs: { name: 'a', kind: 'big' } }, context)
    expect([id, outputs]).toEqual([deriveUuid('k'), { name: 'a', kind: 'big' }])
    await type.update({ id, name: 'x', inputs: { name: 'a', text: 'new' }, patch: { text: 'new', kind: null }, before: { id, outputs } }, context)
    expect(await type.list?.({}, context)).toEqual([{ id, outputs: { uuid: id, name: 'a', kind: null, text: 'new' } }])
    await type.delete({ id, name: 'x', outputs }, context)
    expect(asked).toEqual([
      { call: `POST /set/${id}`, body: { thing: { name: 'a', type: 'big' } } },
      { call: `GET /get/${id}` },
      { call: `POST /set/${id}`, body: { thing: { name: 'a', type: null, text: 'new' } } },
      { call: `GET /get/${id}` },
      { call: 'POST /search', body: { all: true } },
      { call: `POST /del/${id}`, body: {} },
    ])
    expect(things.size).toBe(0)
  })

  it('narrows a list in the body of its own', async () => {
    const { answer } = keepThings()
    const { type, asked } = scriptApi({ ...procedures, findQuery: ({ name }) => ({ phrase: name }) }, answer)
    expect(await type.find?.({ name: 'x', inputs: { name: 'a' } }, context)).toBeUndefined()
    expect(asked).toEqual([{ call: 'POST /search', body: { all: true, phrase: 'a' } }])
  })

  it('pages through a list in the body too', async () => {
    const { type, asked } = scriptApi({ ...procedures, pagination: { style: 'page', items: 'rows', total: 'total', number: 'current', size: 'rowCount', pageSize: 1 } }, (_, body) => ({ body: { rows: [{ uuid: `u${String(body?.['current'])}` }], total: 2 } }))
    expect((await type.list?.({}, context))?.map(({ id }) => id)).toEqual(['u1', 'u2'])
    expect(asked.map(({ body }) => body)).toEqual([{ all: true, rowCount: 1, current: 1 }, { all: true, rowCount: 1, current: 2 }])
  })

  it.each([['a reset', 'reset' as const], ['a server that failed', { body: {}, status: 500 }]])('reads by POST: %s is tried again, and of a write it is ambiguous', async (_, answer) => {
    const { type } = scriptApi(procedures, () => answer)
    await expect(type.list?.({}, context)).rejects.toMatchObject({ kind: 'retryable' })
    await expect(type.delete({ id: '7', name: 'x', outputs: {} }, context)).rejects.toMatchObject({ kind: 'ambiguous' })
  })

  it('whose list misses its own total has no list', async () => {
    const { type } = scriptApi(procedures, () => ({ body: { rows: [{ uuid: '1' }], total: 2 } }))
    await expect(type.list?.({}, context)).rejects.toThrow('it says that it has 2 and shows 1; nothing is planned from it')
    const silent = scriptApi(procedures, () => ({ body: { rows: [] } }))
    await expect(silent.type.list?.({}, context)).rejects.toThrow('expected a number at total, found undefined')
  })
})

describe('an id that the client chooses', () => {
  it('is the same for the same idempotency key: a second create meets the same object', async () => {
    const { things, answer } = keepThings()
    const { type } = scriptApi(procedures, answer)
    const create = (key: string) => type.create({ name: 'x', inputs: { name: 'a' } }, contextOf(key))
    expect(type.idempotent).toBe(true)
    const [first, again, other] = [await create('one'), await create('one'), await create('two')]
    expect(again.id).toBe(first.id)
    expect(other.id).not.toBe(first.id)
    expect([...things.keys()]).toEqual([first.id, other.id])
  })
  it('is a UUID of version 8', () => {
    const ids = Array.from({ length: 200 }, (_, index) => deriveUuid(`key ${index}`))
    expect(ids.filter((id) => !/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toEqual([])
    expect(new Set(ids).size).toBe(200)
  })
})

describe('a write whose reply does not show the object', () => {
  const { chooseId: _, ...chosenThere } = procedures
  it('says its id where the backend chose it', async () => {
    const { type } = scriptApi(chosenThere, (path) => ({ body: path.startsWith('/set/') ? { result: 'saved', uuid: '7' } : { thing: { name: path } } }))
    expect(await type.create({ name: 'x', inputs: { name: 'a' } }, context)).toEqual({ id: '7', outputs: { name: '/get/7' } })
    expect(type.idempotent).toBeUndefined()
  })
  it.each([
    ['is not there', { body: {}, status: 404 }, '7 was written, and a read right after does not find it'],
    ['cannot be read', { body: { message: 'busy' }, status: 500 }, '7 was written, and cannot be read: GET /get/7: 500 busy'],
  ])('may have happened where the object %s', async (_what, shown, message) => {
    const { type } = scriptApi(chosenThere, (path) => (path.startsWith('/set/') ? { body: { uuid: '7' } } : shown))
    await expect(type.create({ name: 'x', inputs: { name: 'a' } }, context)).rejects.toMatchObject({ kind: 'ambiguous', message })
  })
  it('that does not even say an id may have happened', async () => {
    const { type } = scriptApi(chosenThere, () => ({ body: { result: 'saved' } }))
    await expect(type.create({ name: 'x', inputs: { name: 'a' } }, context)).rejects.toMatchObject({ kind: 'ambiguous', message: 'expected an object with an id, found none' })
  })
})
