import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { Fields } from '../../src/core/json.ts'
import { createHttpClient, restType, type RestDescription } from '../../src/provider/rest/index.ts'

const schema = z.strictObject({ name: z.string(), text: z.string().optional(), labels: z.record(z.string(), z.string().nullable()).optional(), options: z.looseObject({}).optional() })
const context = { signal: new AbortController().signal, admit: async () => undefined, refused: () => undefined, wait: async () => undefined, elapsedMs: () => 0, trace: () => undefined, attempt: 1, idempotencyKey: 'k', fence: 1, progress: () => undefined, saveHandle: () => Promise.resolve() }

/** A type whose server keeps one object, and what it was sent. */
function setUp(more: Partial<RestDescription<typeof schema>>, stored: Fields = {}) {
  const sent: { readonly method: string; readonly path: string; readonly body: unknown }[] = []
  const client = createHttpClient({
    baseUrl: 'https://api.example',
    fetch: async (url, init) => {
      const method = init?.method ?? 'GET'
      const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined
      if (method !== 'GET') sent.push({ method, path: String(url).replace('https://api.example', ''), body })
      const { thing, ...rest } = { ...stored, ...(method === 'GET' ? {} : (body as object | null)) } as Fields & { readonly thing?: object }
      return new Response(JSON.stringify(thing === undefined ? rest : { thing: { id: '7', ...thing } }))
    },
  })
  const type = restType({ client, schema, collection: () => '/things', ...more } as RestDescription<typeof schema>)
  return { type, sent }
}

const before = { id: '7', outputs: { id: '7', name: 'a', text: 'old', labels: { a: '1', theirs: 'x' }, hidden: 'kept' } }
const inputs = { name: 'a', text: 'new', labels: { a: '2' } }
const patch = { text: 'new', labels: { a: '2' } }
const change = { id: '7', name: 'a', inputs, patch, before }

describe('a change is sent', () => {
  it.each([
    ['as what changed, each field whole', {}, { method: 'PATCH', path: '/things/7', body: { text: 'new', labels: { a: '2' } } }],
    ['as a patch of its own, where the API merges', { merged: ['labels'] }, { method: 'PATCH', path: '/things/7', body: { text: 'new', labels: { a: '2' } } }],
    ['with what others have in it, where the API replaces', { replaced: ['labels'] }, { method: 'PATCH', path: '/things/7', body: { text: 'new', labels: { a: '2', theirs: 'x' } } }],
    ['as the whole of what is declared', { update: 'put' as const }, { method: 'PUT', path: '/things/7', body: inputs }],
    ['as the whole of what there is, with the changes in it', { update: 'merge' as const, notInBody: ['id'] }, { method: 'PUT', path: '/things/7', body: { name: 'a', text: 'new', labels: { a: '2', theirs: 'x' }, hidden: 'kept' } }],
    ['without what no update may name', { update: 'put' as const, notInUpdate: ['name'], renamed: { text: 'txt' } }, { method: 'PUT', path: '/things/7', body: { txt: 'new', labels: { a: '2' } } }],
    ['in an envelope', { envelope: 'thing' }, { method: 'PATCH', path: '/things/7', body: { thing: { text: 'new', labels: { a: '2' } } } }],
  ])('%s', async (_, more, expected) => {
    const { type, sent } = setUp(more, { id: '7' })
    await type.update(change, context)
    expect(sent).toEqual([expected])
  })
  it('as nothing where there is no update', async () => {
    await expect(setUp({ update: 'none' }).type.update(change, context)).rejects.toThrow('name its fields in immutable')
  })
})

describe('a reply', () => {
  it('in an envelope is taken out of it', async () => {
    const { type } = setUp({ envelope: 'thing' }, { thing: { id: '7', name: 'a' } })
    expect(await type.read({ id: '7' }, context)).toMatchObject({ id: '7', outputs: { name: 'a' } })
  })
  it('that groups what is written flat is made flat', async () => {
    const { type } = setUp({ grouped: { config: '', owner: 'owner_' } }, { id: '7', config: { text: 'x' }, owner: { id: 'o' } })
    expect((await type.read({ id: '7' }, context))?.outputs).toEqual({ id: '7', text: 'x', owner_id: 'o' })
  })
})

describe('a singleton', () => {
  const settings = { singleton: true, collection: () => '/settings' } as const
  it('is read and changed at its own path; create is a change of all that is declared', async () => {
    const { type, sent } = setUp(settings, { text: 'old', hidden: 'kept' })
    expect(await type.list?.({}, context)).toEqual([{ id: 'singleton', outputs: { text: 'old', hidden: 'kept' } }])
    await type.create({ name: 'x', inputs: { name: 'a', text: 'new' } }, context)
    await type.update({ ...change, id: 'singleton' }, context)
    expect(sent).toEqual([
      { method: 'PATCH', path: '/settings', body: { name: 'a', text: 'new' } },
      { method: 'PATCH', path: '/settings', body: { text: 'new', labels: { a: '2' } } },
    ])
    expect(type.idempotent).toBe(true)
  })
  it('is read, merged and written where a PUT replaces all of it', async () => {
    const { type, sent } = setUp({ ...settings, update: 'merge' }, { text: 'old', hidden: 'kept' })
    await type.create({ name: 'x', inputs: { name: 'a', text: 'new' } }, context)
    expect(sent).toEqual([{ method: 'PUT', path: '/settings', body: { name: 'a', text: 'new', hidden: 'kept' } }])
  })
  it('is reset where there is a body that does, and forgotten elsewhere', async () => {
    const { type, sent } = setUp({ ...settings, resetBody: null })
    expect(type.removal).toBe('delete')
    await type.delete({ id: 'singleton', name: 'x', outputs: {} }, context)
    expect(sent).toEqual([{ method: 'PUT', path: '/settings', body: null }])
    expect(setUp(settings).type.removal).toBe('forget')
  })
  it('of a parent has the parent’s id', async () => {
    const { type } = setUp({ ...settings, parent: { type: 'house', field: 'name' }, collection: (house: string) => `/houses/${house}/settings` }, { text: 'x' })
    expect(await type.read({ id: 'h', parentId: 'h' }, context)).toEqual({ id: 'h', outputs: { text: 'x', name: 'h' }, parentId: 'h' })
  })
})
