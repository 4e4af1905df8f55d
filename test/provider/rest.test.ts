import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { ApiCall } from '../../src/core/event.ts'
import { createHttpClient, pathOf, restType, type Pagination } from '../../src/provider/rest/index.ts'
import { fetchAll } from '../../src/provider/rest/pagination.ts'

type Handler = (request: IncomingMessage & { readonly text: string }, response: ServerResponse) => void

let server: Server | undefined
afterEach(() => server?.closeAllConnections())
afterEach(() => void server?.close())

/** A real server with a scripted answer. */
async function serve(handler: Handler): Promise<string> {
  server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => (text += String(chunk)))
    request.on('end', () => handler(Object.assign(request, { text }), response))
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const calls: ApiCall[] = []
const context = { signal: new AbortController().signal, admit: async () => undefined, refused: () => undefined, wait: async () => undefined, elapsedMs: () => 0, trace: (call: ApiCall) => void calls.push(call) }
const callContext = { ...context, attempt: 1, idempotencyKey: 'k', fence: 1, progress: () => undefined, saveHandle: () => Promise.resolve() }
const json = (response: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}): void => void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

describe('requests', () => {
  it.each([
    [400, 'GET', 'fatal'],
    [401, 'POST', 'fatal'],
    [404, 'GET', 'not-found'],
    [409, 'POST', 'conflict'],
    [429, 'POST', 'retryable'],
    [500, 'GET', 'retryable'],
    [500, 'POST', 'ambiguous'],
    [502, 'PUT', 'ambiguous'],
    [503, 'POST', 'retryable'],
  ] as const)('%s of a %s is %s', async (status, method, kind) => {
    const client = createHttpClient({ baseUrl: await serve((_, response) => json(response, { title: 'T', detail: 'D' }, status)) })
    await expect(client.request({ method, path: '/x' }, context)).rejects.toMatchObject({ code: 'provider', kind, status })
  })

  it('tell the problem, its fields, and how long to wait, and never the token', async () => {
    const client = createHttpClient({
      baseUrl: await serve((_, response) => json(response, { title: 'Bad Request', detail: 'Invalid', invalid_parameters: [{ field: 'name', reason: 'is required' }] }, 429, { 'retry-after': '7' })),
      headers: () => ({ authorization: 'Bearer canary' }),
    })
    const error = await client.request({ method: 'POST', path: '/things', body: { name: 1 } }, context).catch((each: unknown) => each)
    expect(error).toMatchObject({ message: 'POST /things: 429 Bad Request: Invalid: name is required', retryAfterMs: 7_000, fields: [{ path: 'name', reason: 'is required' }] })
    expect(JSON.stringify([error, calls])).not.toContain('canary')
  })

  it('that are reset after they were sent are ambiguous for a write, and may be made again for a read', async () => {
    const client = createHttpClient({ baseUrl: await serve((request) => void request.socket.destroy()) })
    await expect(client.request({ method: 'POST', path: '/x', body: {} }, context)).rejects.toMatchObject({ kind: 'ambiguous' })
    await expect(client.request({ method: 'GET', path: '/x' }, context)).rejects.toMatchObject({ kind: 'retryable' })
  })

  it('that are answered with garbage or a redirect are no success', async () => {
    const garbage = createHttpClient({ baseUrl: await serve((_, response) => void response.end('<html>')) })
    await expect(garbage.request({ method: 'GET', path: '/x' }, context)).rejects.toMatchObject({ kind: 'fatal', message: expect.stringContaining('the reply is no JSON, it begins with "<html>"') })
    await expect(garbage.request({ method: 'POST', path: '/x' }, context)).rejects.toMatchObject({ kind: 'ambiguous' })
    server?.close()
    const moved = createHttpClient({ baseUrl: await serve((_, response) => void response.writeHead(302, { location: 'http://elsewhere.example/' }).end()) })
    await expect(moved.request({ method: 'GET', path: '/x' }, context)).rejects.toMatchObject({ kind: 'fatal', message: expect.stringContaining('it redirects') })
  })

  it('encode what stands in a path', () => expect(pathOf`/v3/apis/${'a/b c'}/x`).toBe('/v3/apis/a%2Fb%20c/x'))
})

describe('lists', () => {
  const things = Array.from({ length: 7 }, (_, index) => ({ id: `t${index}` }))
  const page: Pagination = { style: 'page', items: 'data', total: 'meta.total', number: 'page', size: 'size', pageSize: 100 }
  const list = async (handler: (query: URLSearchParams) => unknown, pagination: Pagination): Promise<readonly unknown[]> => {
    const client = createHttpClient({ baseUrl: await serve((request, response) => json(response, handler(new URL(request.url as string, 'http://x').searchParams))) })
    return fetchAll(client, { method: 'GET', path: '/things' }, pagination, ({ id }) => String(id), context)
  }
  const clamped = (query: URLSearchParams, size = 3): unknown[] => things.slice((Number(query.get('page')) - 1) * size, Number(query.get('page')) * size)

  it('are whole, however small the server makes its pages', async () => {
    expect(await list((query) => ({ data: clamped(query), meta: { total: 7 } }), page)).toEqual(things)
    server?.close()
    expect(await list((query) => ({ data: things.slice(Number(query.get('after') ?? 0), Number(query.get('after') ?? 0) + 3), next: Number(query.get('after') ?? 0) + 3 < 7 ? `/things?after=${Number(query.get('after') ?? 0) + 3}` : null }), { style: 'cursor', items: 'data', next: 'next', cursor: 'after', size: 'size', pageSize: 3 })).toEqual(things)
    server?.close()
    expect(await list((query) => ({ data: things.slice(Number(query.get('offset') ?? 0), Number(query.get('offset') ?? 0) + 2), offset: Number(query.get('offset') ?? 0) + 2 < 7 ? Number(query.get('offset') ?? 0) + 2 : undefined }), { style: 'offset', items: 'data', next: 'offset', offset: 'offset', size: 'size', pageSize: 2 })).toEqual(things)
    server?.close()
    expect(await list(() => things, { style: 'none' })).toEqual(things)
  })

  it.each([
    ['miss their own total', (query: URLSearchParams) => ({ data: clamped(query), meta: { total: 9 } }), 'it says that it has 9 and shows 7'],
    ['show more than their total', (query: URLSearchParams) => ({ data: clamped(query, 5), meta: { total: 6 } }), 'it says that it has 6 and shows 7'],
    ['show one object twice', () => ({ data: things.slice(0, 3), meta: { total: 7 } }), 't0 is shown twice'],
    ['change their total', (query: URLSearchParams) => ({ data: clamped(query), meta: { total: 6 + Number(query.get('page')) } }), 'its total went from 7 to 8'],
    ['have no total', (query: URLSearchParams) => ({ data: clamped(query) }), 'expected a number at meta.total'],
    ['are no lists', () => ({ data: 'x', meta: { total: 1 } }), 'expected a list of objects at data, found string'],
  ])('that %s are errors', async (_, handler, message) => {
    await expect(list(handler, page)).rejects.toMatchObject({ kind: 'fatal', message: expect.stringContaining(message) })
  })

  it('that repeat a cursor are errors', async () => {
    let count = 0
    await expect(list(() => ({ data: [{ id: String(count++) }], next: 'again' }), { style: 'cursor', items: 'data', next: 'next', cursor: 'after', size: 'size', pageSize: 3 })).rejects.toThrow('it repeats the cursor "again"')
  })
})

describe('a type made of endpoints', () => {
  const schema = z.strictObject({ name: z.string(), text: z.string().optional(), labels: z.record(z.string(), z.string().nullable()).optional() })

  it('sends what changes, merges what the API merges, and leaves out what is not there', async () => {
    const sent: unknown[] = []
    const client = createHttpClient({
      baseUrl: await serve((request, response) => {
        sent.push([request.method, request.url, request.text === '' ? null : JSON.parse(request.text)])
        json(response, { id: 't1', name: 'a' }, request.method === 'DELETE' ? 200 : 201)
      }),
    })
    const type = restType({ client, schema, collection: () => '/things', key: ['name'], merged: ['labels'] })
    await type.create({ name: 'x', inputs: { name: 'a', labels: { a: 'b', gone: null } } }, callContext)
    await type.update({ id: 't1', name: 'x', inputs: { name: 'a', text: 'new', labels: { a: 'c', b: null } }, patch: { text: 'new', labels: { a: 'c', b: null } }, before: { id: 't1', outputs: {} } }, callContext)
    await type.update({ id: 't1', name: 'x', inputs: { name: 'a' }, patch: { text: null }, before: { id: 't1', outputs: {} } }, callContext)
    await type.delete({ id: 't/1', name: 'x', outputs: {} }, callContext)
    expect(sent).toEqual([
      ['POST', '/things', { name: 'a', labels: { a: 'b' } }],
      ['PATCH', '/things/t1', { text: 'new', labels: { a: 'c', b: null } }],
      ['PATCH', '/things/t1', { text: null }],
      ['DELETE', '/things/t%2F1', null],
    ])
  })

  it('finds by its natural key, and says when two have it', async () => {
    let all = [{ id: '1', name: 'a' }]
    const client = createHttpClient({ baseUrl: await serve((_, response) => json(response, all)) })
    const type = restType({ client, schema, collection: () => '/things', key: ['name'], pagination: { style: 'none' } })
    const find = (name: string) => type.find?.({ name: 'x', inputs: { name } }, context)
    expect(await find('a')).toMatchObject({ id: '1' })
    expect(await find('b')).toBeUndefined()
    all = [...all, { id: '2', name: 'a' }]
    await expect(find('a')).rejects.toThrow('2 objects have the natural key ["a"] (ids 1, 2)')
  })

  it('reads absence only from a 404', async () => {
    let status = 404
    const client = createHttpClient({ baseUrl: await serve((_, response) => json(response, {}, status)) })
    const type = restType({ client, schema, collection: () => '/things' })
    expect(await type.read({ id: '1' }, context)).toBeUndefined()
    status = 403
    await expect(type.read({ id: '1' }, context)).rejects.toMatchObject({ kind: 'fatal' })
    status = 200
    await expect(type.read({ id: '1' }, context)).rejects.toThrow('expected an object with an id, found none')
  })
})
