import { describe, expect, it } from 'vitest'
import { ProviderError } from '../../../src/core/errors.ts'
import type { Fields } from '../../../src/core/json.ts'
import type { CallContext } from '../../../src/provider/context.ts'
import { contextOf, scriptApi, type Answer } from './script-api.ts'

const inputs = { name: 'a', kind: 'big', text: 'words' }

/** An API whose create takes the name and nothing else. */
function keepNamed(meddle: (call: string, nth: number) => Answer | undefined = () => undefined, more: object = {}) {
  const things = new Map<string, Fields>()
  let nth = 0
  const api = scriptApi(
    {
      replies: 'none',
      idFrom: ({ name }) => String(name),
      update: 'merge',
      afterCreate: 'update',
      endpoints: {
        create: (_: unknown, { name, text }: Fields) => ({ method: 'POST' as const, path: '/things', body: { name, text, ...(text === undefined && { kind: 'none' }) } }),
        delete: ({ id }: { readonly id: string }) => ({ method: 'POST' as const, path: `/gone/${id}`, body: {} }),
      },
      ...more,
    },
    (path, body) => {
      const call = `${body === undefined ? 'GET' : path === '/things' ? 'POST' : path.startsWith('/gone') ? 'DELETE' : 'PUT'}`
      const answer = meddle(call, ++nth)
      if (answer !== undefined) return answer
      const id = path.split('/')[2] ?? ''
      if (call === 'POST') things.set(String(body?.['name']), { id: body?.['name'], theirs: 7, ...body })
      else if (call === 'DELETE') things.delete(id)
      else if (call === 'PUT') things.set(id, body as Fields)
      return things.has(id) || call !== 'GET' ? { body: things.get(id) ?? {} } : { body: { message: 'not there' }, status: 404 }
    },
  )
  return { ...api, things, calls: () => api.asked.map(({ call }) => call) }
}

function contextWith(savedHandle?: string): CallContext & { readonly saved: string[] } {
  const saved: string[] = []
  return { ...contextOf(), ...(savedHandle !== undefined && { savedHandle }), saveHandle: async (handle) => void saved.push(handle), saved }
}

const refuseOn = (method: string, status: number) => (call: string): Answer | undefined => (call === method ? { body: { message: 'no such kind' }, status } : undefined)

describe('a create that takes a part of the object', () => {
  it('is followed by an update of what it left out; that it began is saved before anything is sent, and that it is there before the rest is', async () => {
    const { type, asked, things } = keepNamed()
    const context = contextWith()
    const sent: number[] = []
    const made = await type.create({ name: 'x', inputs }, { ...context, saveHandle: async (handle) => void (context.saved.push(handle), sent.push(asked.length)) })
    expect(made).toEqual({ id: 'a', outputs: { id: 'a', name: 'a', theirs: 7, kind: 'big', text: 'words' } })
    expect([things.get('a'), sent, context.saved]).toEqual([made.outputs, [0, 2], ['begun', 'made']])
    expect(asked.map(({ call }) => call)).toEqual(['POST /things', 'GET /things/a', 'PUT /things/a', 'GET /things/a'])
  })
  it('is done where it left nothing out', async () => {
    const { type, calls } = keepNamed()
    await type.create({ name: 'x', inputs: { name: 'a', text: 'words' } }, contextWith())
    expect(calls()).toEqual(['POST /things', 'GET /things/a'])
  })
  it('that was cut off is found by its id, and goes on where it was', async () => {
    const { type, calls, things } = keepNamed()
    things.set('a', { id: 'a', name: 'a', text: 'words', theirs: 8 })
    for (const handle of ['begun', 'made']) expect(await type.awaitTask?.(handle, contextWith())).toBe('partial')
    expect(await type.create({ name: 'x', inputs }, contextWith('begun'))).toMatchObject({ outputs: { kind: 'big', theirs: 8 } })
    expect(calls().filter((call) => !call.startsWith('GET'))).toEqual(['PUT /things/a'])
  })
  it('that was cut off before it made anything makes it', async () => {
    const { type, calls } = keepNamed()
    await type.create({ name: 'x', inputs }, contextWith('begun'))
    expect(calls().filter((call) => !call.startsWith('GET'))).toEqual(['POST /things', 'PUT /things/a'])
  })
  it('whose rest is refused deletes what it made, and says so', async () => {
    const { type, calls, things } = keepNamed(refuseOn('PUT', 422))
    await expect(type.create({ name: 'x', inputs }, contextWith())).rejects.toMatchObject({ kind: 'fatal', status: 422, message: 'PUT /things/a: 422 no such kind; what was made before that (a) is deleted again' })
    expect([things.size, calls().at(-1)]).toEqual([0, 'POST /gone/a'])
  })
  it.each([['made', 'fatal', 0], ['begun', 'ambiguous', 1]])('whose rest is refused after it was cut off deletes only what it is known to have made (%s)', async (handle, kind, left) => {
    const { type, things } = keepNamed(refuseOn('PUT', 422))
    things.set('a', { id: 'a', name: 'a' })
    await expect(type.create({ name: 'x', inputs }, contextWith(handle))).rejects.toMatchObject({ kind })
    expect(things.size).toBe(left)
  })
  it('whose rest is refused, and that cannot be deleted again, may be there', async () => {
    const { type, things } = keepNamed((call) => refuseOn('PUT', 422)(call) ?? refuseOn('DELETE', 403)(call))
    await expect(type.create({ name: 'x', inputs }, contextWith())).rejects.toMatchObject({ kind: 'ambiguous', message: expect.stringMatching(/^a was made, and the rest of it was refused \(PUT .*422 no such kind\); it could not be deleted again: POST \/gone\/a: 403/) as string })
    expect(things.size).toBe(1)
  })
  it.each([undefined, 'begun', 'made'])('asks before it deletes what it made, as every delete does (handle %s)', async (handle) => {
    const asked: string[] = []
    const beforeDelete = async ({ id }: { readonly id: string }): Promise<void> => {
      asked.push(id)
      throw new ProviderError('fatal', 'others keep things in it')
    }
    const { type, calls, things } = keepNamed(refuseOn('PUT', 422), { beforeDelete })
    if (handle !== undefined) things.set('a', { id: 'a', name: 'a' })
    const words = handle === 'begun' ? /^a is there, and was most likely made by this create/ : /^a was made, and the rest of it was refused \(.*no such kind\); it could not be deleted again: others keep things in it$/
    await expect(type.create({ name: 'x', inputs }, contextWith(handle))).rejects.toMatchObject({ kind: 'ambiguous', isFinal: true, message: expect.stringMatching(words) as string })
    expect([things.size, asked, calls().some((call) => call.includes('gone'))]).toEqual([1, handle === 'begun' ? [] : ['a'], false])
  })
  it('whose half was gone before it was deleted again has failed as it was refused', async () => {
    const { type, things } = keepNamed((call) => {
      if (call === 'PUT') things.clear()
      return refuseOn('PUT', 422)(call) ?? refuseOn('DELETE', 403)(call)
    })
    await expect(type.create({ name: 'x', inputs }, contextWith())).rejects.toMatchObject({ kind: 'fatal', status: 422, message: expect.stringMatching(/deleted again$/) as string })
  })
  it.each([[503, ['begun', 'not sent']], [500, ['begun']], [409, ['begun']]])('that was not carried out says so for the next attempt (%i), and one that may have been does not', async (status, saved) => {
    const { type } = keepNamed(refuseOn('POST', status))
    const context = contextWith()
    await expect(type.create({ name: 'x', inputs }, context)).rejects.toThrow(String(status))
    expect(context.saved).toEqual(saved)
  })
  it('that was not carried out takes over nothing that somebody else has made since', async () => {
    const { type, calls, things } = keepNamed(refuseOn('POST', 409))
    const theirs = { id: 'a', name: 'a', text: 'theirs' }
    things.set('a', theirs)
    await expect(type.create({ name: 'x', inputs }, contextWith('not sent'))).rejects.toMatchObject({ kind: 'conflict' })
    expect([calls(), things.get('a')]).toEqual([['POST /things'], theirs])
  })
  it('whose reply was lost after it was sent again is ours again', async () => {
    const { type, things } = keepNamed()
    const context = contextWith('not sent')
    await type.create({ name: 'x', inputs }, context)
    expect([context.saved, things.get('a')]).toEqual([['begun', 'made'], expect.objectContaining({ kind: 'big' })])
  })
  it('takes over nothing that differs where no update can change it', async () => {
    const { type, calls, things } = keepNamed(undefined, { immutable: ['kind'] })
    const theirs = { id: 'a', name: 'a', kind: 'small' }
    things.set('a', theirs)
    await expect(type.create({ name: 'x', inputs }, contextWith('begun'))).rejects.toMatchObject({ kind: 'fatal', message: 'a is there, and was not made by this create: its kind is another one' })
    expect([calls(), things.get('a')]).toEqual([['GET /things/a'], theirs])
    // Known to be ours, it is: the backend has made something else of it.
    expect(await type.create({ name: 'x', inputs }, contextWith('made'))).toMatchObject({ outputs: { kind: 'small', text: 'words' } })
  })
  it.each([[503, 'retryable'], [500, 'ambiguous']])('whose rest fails for now (%i) leaves what it made to the next attempt', async (status, kind) => {
    const { type, calls, things } = keepNamed(refuseOn('PUT', status))
    await expect(type.create({ name: 'x', inputs }, contextWith())).rejects.toMatchObject({ kind })
    expect([things.size, calls().some((call) => call.includes('gone'))]).toEqual([1, false])
  })
  it('is no update of what cannot be updated: immutable fields, and those that nothing shows', async () => {
    const { type, calls } = keepNamed(undefined, { immutable: ['kind'], writeOnly: [] })
    expect(await type.create({ name: 'x', inputs }, contextWith())).toMatchObject({ outputs: { text: 'words' } })
    expect(calls()).toEqual(['POST /things', 'GET /things/a'])
  })
})
