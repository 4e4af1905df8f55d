import { describe, expect, it } from 'vitest'
import type { CallContext, ReadContext } from '../../../src/provider/context.ts'
import { ProviderError } from '../../../src/core/errors.ts'
import { createHttpClient, type HttpClient } from '../../../src/provider/rest/index.ts'
import { contextOf, scriptApi, type Answer } from './script-api.ts'

/** Jobs that are over after so many polls, carried out then; what a list shows is older by so many reads. */
function keepJobs({ polls = 1, staleReads = 0, fails = false }: { readonly polls?: number; readonly staleReads?: number; readonly fails?: boolean } = {}) {
  const things = new Map<string, Record<string, unknown>>()
  const jobs = new Map<string, { left: number; readonly carryOut: () => void }>()
  let shown: readonly unknown[] = []
  let stale = 0
  const begin = (carryOut: () => void): Answer => {
    const job = `j${jobs.size + 1}`
    jobs.set(job, { left: polls, carryOut })
    return { body: { job } }
  }
  const answer = (path: string, body: unknown): Answer => {
    const job = jobs.get(path.replace('/jobs/', ''))
    if (path.startsWith('/jobs/')) {
      if (job === undefined) return { body: { message: 'no such job' }, status: 404 }
      if (--job.left === 0 && !fails) {
        job.carryOut()
        stale = staleReads
      }
      return { body: { done: job.left <= 0, ...(job.left <= 0 && fails && { error: 'the name is taken' }) } }
    }
    const id = path.replace('/things', '').replace('/', '')
    if (body === undefined && id === '') {
      if (stale-- <= 0) shown = [...things].map(([each, fields]) => ({ id: each, ...fields }))
      return { body: shown }
    }
    if (id === '') return begin(() => void things.set(`t${things.size + 1}`, body as Record<string, unknown>))
    return begin(() => void (body === undefined ? things.delete(id) : things.set(id, { ...things.get(id), ...(body as object) })))
  }
  return { things, jobs, answer }
}

const rules = {
  pagination: { style: 'none' } as const,
  replies: 'none' as const,
  readBy: 'list' as const,
  update: 'declared' as const,
  lagMs: 10_000,
  visibleWithinMs: 60_000,
  endpoints: { delete: ({ id }: { readonly id: string }) => ({ method: 'DELETE' as const, path: `/things/${id}/gone` }) },
  tasks: {
    handleOf: (reply: unknown) => (reply as { job?: string } | undefined)?.job,
    poll: (job: string) => ({ method: 'GET' as const, path: `/jobs/${job}` }),
    readState: (reply: unknown) => {
      const { done, error } = reply as { done: boolean; error?: string }
      if (error !== undefined) return { failed: error, kind: 'conflict' as const }
      return done ? ('succeeded' as const) : ('running' as const)
    },
  },
}

/** Time that passes only where somebody waits, and what was kept. */
function contextWith(savedHandle?: string): CallContext & { readonly told: string[]; readonly waited: () => number } {
  let waitedMs = 0
  const told: string[] = []
  return {
    ...contextOf(),
    ...(savedHandle !== undefined && { savedHandle }),
    wait: async (ms) => void (waitedMs += ms),
    elapsedMs: () => waitedMs,
    saveHandle: async (handle) => void told.push(`saved ${handle}`),
    trace: ({ method, url }) => void told.push(`${method} ${new URL(url).pathname}`),
    told,
    waited: () => waitedMs,
  }
}

/** DELETE has no body, as little as a GET: it has a path of its own here. */
function scriptJobs(more: Parameters<typeof keepJobs>[0] = {}, other: object = {}) {
  const world = keepJobs(more)
  const api = scriptApi({ ...rules, ...other }, (path, body) => world.answer(path.endsWith('/gone') ? path.replace('/gone', '') : path, body))
  return { ...world, ...api }
}

describe('a write that is answered with a task', () => {
  it('saves the handle before it polls, waits for the end, and finds what it made by its natural key', async () => {
    const { type } = scriptJobs({ polls: 3 })
    const context = contextWith()
    expect(await type.create({ name: 'x', inputs: { name: 'a' } }, context)).toEqual({ id: 't1', outputs: { id: 't1', name: 'a' } })
    expect(context.told).toEqual(['POST /things', 'saved j1', 'GET /jobs/j1', 'GET /jobs/j1', 'GET /jobs/j1', 'GET /things'])
    expect(context.waited()).toBe(2_000)
  })
  it('polls the task of an earlier attempt, and sends nothing', async () => {
    const { type, jobs, things } = scriptJobs()
    jobs.set('j9', { left: 2, carryOut: () => void things.set('t1', { name: 'a' }) })
    const context = contextWith('j9')
    expect(await type.create({ name: 'x', inputs: { name: 'a' } }, context)).toMatchObject({ id: 't1' })
    expect(context.told).toEqual(['GET /jobs/j9', 'GET /jobs/j9', 'GET /things'])
  })
  it('reads until a change, a removal or a new object shows', async () => {
    const { type, things } = scriptJobs({ staleReads: 3 })
    const [first, second, third] = [contextWith(), contextWith(), contextWith()]
    const made = await type.create({ name: 'x', inputs: { name: 'a', kind: 'old' } }, first)
    const before = { ...made, outputs: { ...made.outputs } }
    expect(await type.update({ id: 't1', name: 'x', inputs: { name: 'a', kind: 'new' }, patch: { kind: 'new' }, before }, second)).toMatchObject({ outputs: { kind: 'new' } })
    await type.delete({ id: 't1', name: 'x', outputs: {} }, third)
    expect(await type.find?.({ name: 'x', inputs: { name: 'a' } }, contextOf())).toBeUndefined()
    expect([first, second, third].map(({ waited }) => waited())).toEqual([350, 350, 350])
    expect(things.size).toBe(0)
  })
  it('reads until what it unsets is gone', async () => {
    const world = scriptJobs({ staleReads: 2 }, { update: 'declared' })
    const made = await world.type.create({ name: 'x', inputs: { name: 'a', kind: 'old' } }, contextWith())
    const shown = await world.type.update({ id: 't1', name: 'x', inputs: { name: 'a' }, patch: { kind: null }, before: made }, contextWith())
    expect(shown.outputs['kind']).toBeNull()
  })
  it('reads no longer than reads may lag; a new object that does not show then may be there', async () => {
    const { type } = scriptJobs({ staleReads: 1_000 })
    const context = contextWith()
    await expect(type.create({ name: 'x', inputs: { name: 'a' } }, context)).rejects.toMatchObject({ kind: 'ambiguous', message: 'it was written, and a read right after does not find it' })
    expect(context.waited()).toBe(10_000)
  })
})

describe('a task', () => {
  it('that fails fails its call as it says', async () => {
    const { type } = scriptJobs({ fails: true })
    await expect(type.create({ name: 'x', inputs: { name: 'a' } }, contextWith())).rejects.toMatchObject({ kind: 'conflict', isFinal: false, message: 'task j1 failed: the name is taken' })
    expect(await type.awaitTask?.('j1', contextWith())).toBe('failed')
  })
  it('that is not over in time is left alone, and may still go on', async () => {
    const { type } = scriptJobs({ polls: 1_000 }, { tasks: { ...rules.tasks, timeoutMs: 5_000, pollEveryMs: 2_000 } })
    const context = contextWith()
    await expect(type.create({ name: 'x', inputs: { name: 'a' } }, context)).rejects.toMatchObject({ kind: 'ambiguous', isFinal: true, message: 'task j1 was not over after 5000 ms; it may still go on' })
    expect(context.told.filter((line) => line === 'GET /jobs/j1')).toHaveLength(4)
    expect(await type.awaitTask?.('j1', contextWith())).toBe('running')
  })
  it('whose polls fail is polled on; one that may not be asked for stays unknown', async () => {
    const world = keepJobs({ polls: 1 })
    let polls = 0
    const trouble = (status: number) => scriptApi(rules, (path, body) => (path.startsWith('/jobs/') && ++polls < 3 ? { body: { message: 'no' }, status } : world.answer(path, body)))
    expect(await trouble(502).type.create({ name: 'x', inputs: { name: 'a' } }, contextWith())).toMatchObject({ id: 't1' })
    polls = 0
    await expect(trouble(403).type.create({ name: 'x', inputs: { name: 'b' } }, contextWith())).rejects.toMatchObject({ kind: 'ambiguous', isFinal: true, message: 'task j2 may still go on; it cannot be asked for: GET /jobs/j2: 403 no; the token lacks the right to do this' })
  })
  it.each([
    [true, ['GET /jobs/j7', 'GET /things'], 0],
    [false, ['POST /things', 'saved j1'], 60_000],
  ])('that the API has forgotten is looked for by its natural key (it is there: %s)', async (isThere, lines, waitedMs) => {
    const { type, things } = scriptJobs()
    if (isThere) things.set('t1', { name: 'a' })
    const context = contextWith('j7')
    expect(await type.create({ name: 'x', inputs: { name: 'a' } }, context)).toMatchObject({ id: 't1' })
    expect(context.told).toEqual(expect.arrayContaining(lines as string[]))
    expect([context.told.includes('POST /things'), context.waited(), things.size]).toEqual([!isThere, waitedMs, 1])
    expect(await type.awaitTask?.('j7', contextWith())).toBe('forgotten')
  })
  it('that the API forgets at once is done where that shows, and else may have been', async () => {
    const forgets = { tasks: { ...rules.tasks, readState: () => 'forgotten' as const }, visibleWithinMs: 5_000 }
    const { type, things } = scriptJobs({ polls: 1 }, forgets)
    expect(await type.create({ name: 'x', inputs: { name: 'a' } }, contextWith())).toMatchObject({ id: 't1' })
    const context = contextWith()
    await expect(scriptJobs({ polls: 9 }, forgets).type.create({ name: 'x', inputs: { name: 'a' } }, context)).rejects.toMatchObject({ kind: 'ambiguous', message: 'the API has forgotten task j1, and what it was to do does not show' })
    expect([context.waited(), things.size]).toEqual([10_000, 1])
    const other = scriptJobs({ polls: 9 }, forgets)
    other.things.set('t1', { name: 'a' })
    await expect(other.type.delete({ id: 't1', name: 'x', outputs: {} }, contextWith())).rejects.toMatchObject({ kind: 'ambiguous' })
  })
  it('that fails is asked why, where its answer does not say; what that says counts only where it is another sort of refusal', async () => {
    const ask = async (status: number, message: string): Promise<unknown> => {
      const { type } = scriptApi({ ...rules, tasks: { ...rules.tasks, askWhy: (job) => ({ method: 'GET', path: `/why/${job}` }) } }, (path) =>
        path.startsWith('/why/') ? { body: { message }, status } : path.startsWith('/jobs/') ? { body: { done: true, error: 'it does not say' } } : { body: { job: 'j1' } })
      return type.create({ name: 'x', inputs: { name: 'a' } }, contextWith()).catch(({ kind, message: words }: ProviderError) => [kind, words])
    }
    expect(await ask(500, 'the disk is full')).toEqual(['conflict', 'task j1 failed: GET /why/j1: 500 the disk is full'])
    expect(await ask(404, 'no such thing')).toEqual(['not-found', 'task j1 failed: GET /why/j1: 404 no such thing'])
    expect(await ask(200, 'it went well')).toEqual(['conflict', 'task j1 failed: it does not say'])
  })
  it.each([[true, 'rejects'], [false, 'resolves']] as const)('of a delete that fails while the object is there (%s) %s', async (isThere, end) => {
    const { type, things } = scriptJobs({ fails: true }, { tasks: { ...rules.tasks, readState: (reply: unknown) => ((reply as { done: boolean }).done ? { failed: 'somebody else was faster' } : 'running') } })
    if (isThere) things.set('t1', { name: 'a' })
    const removed = type.delete({ id: 't1', name: 'x', outputs: {} }, contextWith()).then(() => 'resolves', ({ kind }: ProviderError) => (kind === 'fatal' ? 'rejects' : kind))
    expect(await removed).toBe(end)
  })
  it('whose call is given up on is given up on', async () => {
    const { type } = scriptJobs({ polls: 1_000 })
    const context = { ...contextWith(), wait: () => Promise.reject(new Error('aborted')) }
    await expect(type.create({ name: 'x', inputs: { name: 'a' } }, context)).rejects.toThrow('aborted')
  })
})

describe('what does not fit together is refused', () => {
  it.each([
    ['tasks whose replies are taken for objects', { replies: 'object' as const }, 'with tasks, no reply to a write shows the object'],
    ['objects that nothing could find: no list', { pagination: undefined }, 'give it pagination and key'],
    ['objects that nothing could find: no key', { key: undefined }, 'give it pagination and key'],
    ['tasks of a singleton', { singleton: true }, 'a singleton has no tasks'],
  ])('%s', (_, more, message) => {
    expect(() => scriptJobs({}, more)).toThrow(expect.objectContaining({ code: 'provider-definition', message: expect.stringContaining(message) as string }) as Error)
  })
})

it('a reply that cannot be understood says nothing of the write', async () => {
  const fromWire = (): never => {
    throw new ProviderError('fatal', 'garbage')
  }
  const { type } = scriptApi({ lagMs: 10, fromWire }, () => ({ body: { id: 't1' } }))
  await expect(type.create({ name: 'x', inputs: { name: 'a' } }, contextWith())).rejects.toMatchObject({ kind: 'ambiguous', message: 'it was written, and cannot be read: garbage' })
})

describe('bodies', () => {
  it('may ask the API for what they need, both ways', async () => {
    const names = (): Answer => ({ body: { id: 't1', name: 'a', kind: '7' } })
    const kinds = async (client: HttpClient, context: ReadContext): Promise<Record<string, string>> => (await client.request({ method: 'GET', path: '/kinds' }, context)) as Record<string, string>
    const client = createHttpClient({ baseUrl: 'https://api.example', fetch: async () => Response.json({ big: '7' }) })
    const { type, asked } = scriptApi(
      {
        toWire: async (body, { context }) => ({ ...body, kind: (await kinds(client, context))[String(body['kind'])] }),
        fromWire: async (body, { context }) => ({ ...body, kind: Object.entries(await kinds(client, context)).find(([, id]) => id === body['kind'])?.[0] }),
      },
      names,
    )
    expect(await type.create({ name: 'x', inputs: { name: 'a', kind: 'big' } }, contextWith())).toMatchObject({ outputs: { kind: 'big' } })
    expect(asked).toEqual([{ call: 'POST /things', body: { name: 'a', kind: '7' } }])
    expect(await type.read({ id: 't1' }, contextWith())).toMatchObject({ outputs: { kind: 'big' } })
  })
})
