import { describe, expect, it } from 'vitest'
import type { Fields } from '../../../src/core/json.ts'
import type { CallContext } from '../../../src/provider/context.ts'
import { contextOf, scriptApi, type Answer } from './script-api.ts'

const context = contextOf()

/** Things whose texts and kinds stand at endpoints of their own, each beside what nobody declares. */
function keepParts(more: object = {}, meddle: (call: string) => Answer | undefined = () => undefined) {
  const kept: Record<string, Fields> = { '/things/a': { id: 'a', name: 'a' }, '/things/a/words': { text: 'old', theirs: 7 }, '/things/a/kind': { deep: { x: 1, y: 2 }, also: true } }
  const api = scriptApi(
    {
      replies: 'none',
      idFrom: ({ name }) => String(name),
      update: 'merge',
      parts: [
        { path: ({ id }) => `/things/${id}/words`, fields: ['text'] },
        { path: ({ id }) => `/things/${id}/kind`, whole: 'kind' },
      ],
      ...more,
    },
    (path, body) => {
      const answer = meddle(`${body === undefined ? 'GET' : 'PUT'} ${path}`)
      if (answer !== undefined) return answer
      if (body !== undefined) kept[path] = { ...(path === '/things/a' && { id: 'a' }), ...body }
      if (path.startsWith('/gone')) return { body: undefined }
      return path in kept ? { body: kept[path] } : { body: { message: 'not there' }, status: 404 }
    },
  )
  const before = { id: 'a', outputs: { id: 'a', name: 'a', text: 'old', kind: { deep: { x: 1, y: 2 }, also: true } } }
  const update = (patch: Fields, more: Partial<CallContext> = {}) => api.type.update({ id: 'a', name: 'x', inputs: { name: 'a' }, patch, before }, { ...context, ...more })
  return { ...api, kept, before, update }
}

describe('an object in parts', () => {
  it('is read as one: the fields that a part is told to show, and all of a part that is a field', async () => {
    const { type, before } = keepParts()
    expect(await type.read({ id: 'a' }, context)).toEqual(before)
    expect(await type.read({ id: 'b' }, context)).toBeUndefined()
  })
  it('is written where something changes, and what nobody declared stays', async () => {
    const { update, asked, kept } = keepParts()
    await update({ text: 'new' })
    expect(asked.filter(({ body }) => body !== undefined)).toEqual([{ call: 'PUT /things/a/words', body: { text: 'new', theirs: 7 } }])
    await update({ kind: { deep: { x: 3, y: null } }, text: null })
    expect([kept['/things/a/kind'], kept['/things/a/words']]).toEqual([{ deep: { x: 3 }, also: true }, { theirs: 7 }])
  })
  it('is emptied of all of a part that is declared no longer', async () => {
    const { update, asked, kept } = keepParts()
    await update({ kind: null })
    expect([kept['/things/a/kind'], asked.filter(({ body }) => body !== undefined)]).toEqual([{}, [{ call: 'PUT /things/a/kind', body: {} }]])
  })
  it('is merged into what is there by then, in an attempt after the first', async () => {
    const { update, kept } = keepParts()
    const change = (): void => void (kept['/things/a'] = { id: 'a', name: 'a', theirs: 8 })
    change()
    await update({ name: 'b' })
    expect(kept['/things/a']).toEqual({ id: 'a', name: 'b' })
    change()
    await update({ name: 'b' }, { attempt: 2 })
    expect(kept['/things/a']).toEqual({ id: 'a', name: 'b', theirs: 8 })
  })
  it('has an item of its own, which has nothing of the parts', async () => {
    const { update, asked } = keepParts()
    await update({ name: 'b', text: 'new' })
    expect(asked.filter(({ body }) => body !== undefined)).toEqual([{ call: 'PUT /things/a/words', body: { text: 'new', theirs: 7 } }, { call: 'PUT /things/a', body: { id: 'a', name: 'b' } }])
  })
  it('whose part is not there while the item is, is read again', async () => {
    const { type } = keepParts({}, (call) => (call === 'GET /things/a/words' ? { body: {}, status: 404 } : undefined))
    await expect(type.read({ id: 'a' }, context)).rejects.toMatchObject({ kind: 'retryable', message: expect.stringMatching(/\/things\/a\/words: 404.*; a moment ago a was there$/) as string })
  })
  it('whose part is no object says so', async () => {
    const { type } = keepParts({}, (call) => (call === 'GET /things/a/kind' ? { body: [] } : undefined))
    await expect(type.read({ id: 'a' }, context)).rejects.toThrow('GET /things/a/kind: expected an object, found a list')
  })
})

describe('an update of several requests', () => {
  const all = { text: 'new', kind: { also: false }, name: 'b' }
  const puts = (asked: ReturnType<typeof keepParts>['asked']): readonly unknown[] => asked.filter(({ body }) => body !== undefined).map(({ call, body }) => [call.replace('PUT /things/a', ''), body])

  it.each([
    ['two parts', { text: 'new', kind: null }, true],
    ['a part and the item', { text: 'new', name: 'b' }, true],
    ['a part', { text: 'new' }, false],
    ['the item', { name: 'b' }, false],
  ])('says that it has begun before it sends anything (%s)', async (_, patch, saves) => {
    const { update, asked, type } = keepParts()
    const saved: [string, number][] = []
    const saveHandle = async (handle: string): Promise<void> => void saved.push([handle, asked.length])
    await update(patch, { saveHandle })
    expect(saved).toEqual(saves ? [['begun', 0]] : [])
    // Whoever goes on has it saved.
    await update(patch, { saveHandle, savedHandle: 'begun', attempt: 2 })
    expect([saved.length, await type.awaitTask?.('begun', context)]).toEqual([saves ? 1 : 0, 'partial'])
  })
  it('that is the second half of a create is no beginning: what was made stays known as ours', async () => {
    const { type } = keepParts({ afterCreate: 'update', endpoints: { create: () => ({ method: 'POST', path: '/new', body: {}, reply: 'ignored' }) } })
    const saved: string[] = []
    await type.create({ name: 'x', inputs: { name: 'a', kind: 'k', text: 'new' } }, { ...context, saveHandle: async (handle) => void saved.push(handle) })
    expect(saved).toEqual(['begun', 'made'])
  })
  it('is no task to be asked for, where other writes are', async () => {
    const tasks = { handleOf: () => undefined, poll: (job: string) => ({ method: 'GET' as const, path: `/jobs/${job}` }), readState: () => 'succeeded' as const }
    const { update, asked, type } = keepParts({ tasks }, (call) => (call.startsWith('GET /jobs') ? { body: {} } : undefined))
    await update(all, { savedHandle: 'begun' })
    expect([puts(asked).length, asked.filter(({ call }) => call.includes('jobs'))]).toEqual([3, []])
    expect([await type.awaitTask?.('begun', context), await type.awaitTask?.('7', context)]).toEqual(['partial', 'succeeded'])
  })
  it.each([
    ['a part', 'PUT /things/a/kind', 1],
    ['the item', 'PUT /things/a', 2],
  ])('of which one is refused (%s) brings back what it wrote, and the last one first', async (_, refused, count) => {
    const { update, asked, kept } = keepParts({}, (call) => (call === refused ? { body: { message: 'no' }, status: 422 } : undefined))
    const before = structuredClone(kept)
    // The second PUT of a part is the one that brings it back.
    await expect(count === 1 ? update(all) : update({ ...all, kind: null })).rejects.toMatchObject({ kind: 'fatal', status: 422, message: `${refused}: 422 no; what was written before that is as it was` })
    expect(kept).toEqual(before)
    expect(puts(asked).slice(count + 1)).toEqual([['/kind', { deep: { x: 1, y: 2 }, also: true }], ['/words', { text: 'old', theirs: 7 }]].slice(-count))
  })
  it('of which the first is refused has written nothing, and says nothing of it', async () => {
    const { update, asked } = keepParts({}, (call) => (call === 'PUT /things/a/words' ? { body: { message: 'no' }, status: 422 } : undefined))
    await expect(update(all)).rejects.toMatchObject({ kind: 'fatal', message: 'PUT /things/a/words: 422 no' })
    expect(puts(asked)).toHaveLength(1)
  })
  it('that cannot bring back what it wrote has happened in part', async () => {
    let words = 0
    const { update, kept } = keepParts({}, (call) => (call === 'PUT /things/a' || (call === 'PUT /things/a/words' && ++words > 1) ? { body: { message: 'no' }, status: 422 } : undefined))
    await expect(update({ text: 'new', name: 'b' })).rejects.toMatchObject({ kind: 'ambiguous', isFinal: true, message: 'PUT /things/a: 422 no; a part of it was written before, and could not be brought back: PUT /things/a/words: 422 no' })
    expect(kept['/things/a/words']).toEqual({ text: 'new', theirs: 7 })
  })
  it.each([[503, 'retryable'], [500, 'ambiguous']])('of which one fails for now (%i) leaves what it wrote to the next attempt', async (status, kind) => {
    const { update, kept } = keepParts({}, (call) => (call === 'PUT /things/a' ? { body: { message: 'no' }, status } : undefined))
    await expect(update({ text: 'new', name: 'b' })).rejects.toMatchObject({ kind })
    expect(kept['/things/a/words']).toEqual({ text: 'new', theirs: 7 })
  })
})

it('an id that follows from what is declared is read, not searched', async () => {
  const { type, asked } = keepParts({ key: undefined })
  expect(await type.find?.({ name: 'x', inputs: { name: 'a' } }, context)).toMatchObject({ id: 'a' })
  expect(await type.find?.({ name: 'x', inputs: { name: 'b' } }, context)).toBeUndefined()
  expect(asked.map(({ call }) => call)).toEqual(['GET /things/a', 'GET /things/a/words', 'GET /things/a/kind', 'GET /things/b'])
})

describe('a request of a type', () => {
  it('may have a body of its own, made of what is declared, and a reply that nobody reads', async () => {
    const { type, asked } = keepParts({ endpoints: { create: ({ id }: { readonly id: string }, fields: Fields) => ({ method: 'PUT', path: `/things/${id}`, body: { short: fields['name'] }, reply: 'ignored' }) } })
    const { outputs } = await type.create({ name: 'x', inputs: { name: 'a', text: 'left out' } }, context)
    expect([asked[0], outputs]).toEqual([{ call: 'PUT /things/a', body: { short: 'a' } }, expect.objectContaining({ short: 'a', text: 'old' })])
  })
  it('is told what a delete may destroy, and only then', async () => {
    const { type, asked } = keepParts({ endpoints: { delete: ({ id, loss }: { readonly id: string; readonly loss?: string }) => ({ method: 'DELETE', path: `/gone/${id}`, query: { loss } }) } })
    await type.delete({ id: 'a', name: 'x', outputs: {} }, context)
    await type.delete({ id: 'a', name: 'x', outputs: {}, loss: 'all' }, context)
    expect(asked.map(({ call }) => call)).toEqual(['DELETE /gone/a', 'DELETE /gone/a?loss=all'])
  })
})

describe('fields that no backend has', () => {
  it('are in no body, and a change of them alone asks nothing', async () => {
    const { type, asked, before } = keepParts({ recordedOnly: ['text'], parts: undefined, endpoints: undefined, update: 'declared' })
    expect(await type.update({ id: 'a', name: 'x', inputs: { name: 'a', text: 'new' }, patch: { text: 'new' }, before }, context)).toBe(before)
    expect(asked).toEqual([])
    await type.update({ id: 'a', name: 'x', inputs: { name: 'a', text: 'new', kind: 'k' }, patch: { text: 'new', kind: 'k' }, before }, context)
    expect(asked[0]).toEqual({ call: 'PATCH /things/a', body: { name: 'a', kind: 'k' } })
  })
  it('leave the item alone where all else that changes is in parts', async () => {
    const { asked, type, before } = keepParts({ recordedOnly: ['name'] })
    await type.update({ id: 'a', name: 'x', inputs: { name: 'a' }, patch: { name: 'b', text: 'new' }, before }, context)
    expect(asked.filter(({ body }) => body !== undefined).map(({ call }) => call)).toEqual(['PUT /things/a/words'])
  })
})

describe('what does not fit together is refused', () => {
  it.each([
    ['parts of replies that show the object', { replies: 'object' }, 'no reply to a write shows the whole object'],
    ['parts in a list that shows all', { pagination: { style: 'none' } }, "a list does not show the parts; say so with listed: 'summary'"],
    ['parts of a singleton', { singleton: true }, 'a singleton has no idFrom'],
    ['an id that is chosen and follows', { chooseId: () => 'x' }, 'either chosen (chooseId) or follows'],
    ['a create that nothing could find again', { idFrom: undefined, afterCreate: 'update' }, 'what a cut off create has made is found by its id or natural key'],
  ])('%s', (_, more, message) => {
    expect(() => keepParts(more)).toThrow(expect.objectContaining({ code: 'provider-definition', message: expect.stringContaining(message) as string }) as Error)
  })
})
