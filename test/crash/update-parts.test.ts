import * as z from 'zod'
import { describe, expect, it } from 'vitest'
import { abandon } from '../../src/engine/abandon.ts'
import { plan } from '../../src/engine/plan.ts'
import { apply } from '../../src/engine/apply.ts'
import { readRun } from '../../src/engine/recorded.ts'
import { resume } from '../../src/engine/resume.ts'
import { rollback } from '../../src/engine/rollback.ts'
import { defineProvider } from '../../src/provider/define.ts'
import { createHttpClient, restType } from '../../src/provider/rest/index.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createMortalProcess } from '../../src/testing/mortal-process.ts'
import { goOn } from './host.ts'
import { fastClock } from '../testing/fast-clock.ts'

type Row = Readonly<Record<string, unknown>>

const parts = [
  { path: ({ id }: { readonly id: string }) => `/things/${id}/words`, fields: ['text', 'note'] },
  { path: ({ id }: { readonly id: string }) => `/things/${id}/limits`, whole: 'limits' },
]

/** An API whose object stands at three places, each with something of somebody else's and written by a PUT of its own. Of write number `lost` the reply is. */
function createPartsApi() {
  const rows = new Map<string, Row>()
  let [writes, lost] = [0, 0]
  const client = createHttpClient({
    baseUrl: 'https://parts.example',
    fetch: async (url, init) => {
      const path = new URL(String(url)).pathname
      if (init?.method === 'GET') return rows.has(path) ? Response.json(rows.get(path)) : Response.json({}, { status: 404 })
      const isNew = !rows.has('/things/a')
      rows.set(path, JSON.parse(String(init?.body)) as Row)
      if (isNew) ['', '/words', '/limits'].forEach((part, theirs) => rows.set(`/things/a${part}`, { ...rows.get(`/things/a${part}`), theirs }))
      if (++writes === lost) throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) })
      return Response.json({})
    },
  })
  const thing = restType({
    client,
    schema: z.strictObject({ name: z.string(), size: z.number().optional(), text: z.string().optional(), note: z.string().optional(), limits: z.record(z.string(), z.number()).optional() }),
    collection: () => '/things',
    endpoints: { create: ({ id }, { name }) => ({ method: 'PUT', path: `/things/${id}`, body: { name } }) },
    idOf: ({ name }) => String(name),
    idFrom: ({ name }) => String(name),
    parts,
    replies: 'none',
    afterCreate: 'update',
    update: 'merge',
  })
  return { provider: defineProvider({ name: 'parts', types: { thing } }), rows, lose: (nth: number) => void (lost = writes + nth) }
}

const declared = (inputs: Row) => [{ type: 'thing', name: 'a', inputs: { name: 'a', ...inputs } }]
const FIRST = { size: 1, text: 'old', note: 'to go', limits: { most: 1, least: 0 } }
const show = (rows: ReadonlyMap<string, Row>): Row => Object.fromEntries([...rows].map(([path, row]) => [path.replace('/things/a', ''), row]))

interface Change {
  readonly inputs: Row
  readonly rows: Row
}

const CHANGES: Readonly<Record<'changed' | 'unset', Change>> = {
  /** Something is changed at each place, and something unset. */
  changed: { inputs: { size: 2, text: 'new', limits: { most: 2 } }, rows: { '': { name: 'a', theirs: 0, size: 2 }, '/words': { theirs: 1, text: 'new' }, '/limits': { theirs: 2, most: 2 } } },
  /** After the first of its writes all is as declared, but for what is unset. */
  unset: { inputs: { text: 'new', limits: { most: 1 } }, rows: { '': { name: 'a', theirs: 0 }, '/words': { theirs: 1, text: 'new' }, '/limits': { theirs: 2, most: 1 } } },
}

/** Makes a change, and dies after that operation. */
async function die({ inputs }: Change, operation: number, lost?: number) {
  const { provider, rows, lose } = createPartsApi()
  const options = { provider, store: memoryStore(), clock: fastClock(), mode: 'sync' as const }
  expect((await apply(await plan(declared(FIRST), options), options)).outcome).toBe('succeeded')
  const before = show(rows)
  const wanted = await plan(declared(inputs), options)
  if (lost !== undefined) lose(lost)
  const process = createMortalProcess(options)
  process.crash({ at: 'after', operation })
  await goOn(wanted, process, {})
  // An operation that fails is none to die after, and later ones are.
  const hasDied = process.isDead || process.operations.length >= operation
  const next = process.restart()
  const run = (await options.store.runs('default')).find((each) => each.plan === wanted.id)
  const look = async (): Promise<unknown> => ({ operation, rows: show(rows), inputs: (await options.store.load('default'))?.resources.get('thing/a')?.inputs })
  return { hasDied, before: { operation, rows: before, inputs: { name: 'a', ...FIRST } }, wanted, run, next, all: { ...options, provider: next.provider, store: next.store, clock: next.clock }, look }
}

/** At every instant until none is left. */
async function atEach(change: Change, check: (life: Awaited<ReturnType<typeof die>>, whole: unknown) => Promise<void>, lost?: number): Promise<number> {
  for (let operation = 1; ; operation++) {
    const life = await die(change, operation, lost)
    await check(life, { operation, rows: change.rows, inputs: { name: 'a', ...change.inputs } })
    if (!life.hasDied) return operation
  }
}

describe('an update of several requests, killed after any operation', () => {
  it.each([['changed', undefined], ['changed', 2], ['unset', 1]] as const)('is whole after a resume, with what it unsets (%s; the reply of write %s is lost)', async (kind, lost) => {
    const change = CHANGES[kind]
    const instants = await atEach(change, async ({ wanted, next, all, look }, whole) => {
      for (let tries = 0; tries < 4; tries++) if ((await goOn(wanted, next, {})) === undefined) break
      expect(await look()).toEqual(whole)
      expect((await plan(declared(change.inputs), all)).actions).toEqual([])
    }, lost)
    expect(instants).toBeGreaterThan(8)
  })
  it.each([['changed', undefined], ['changed', 2], ['unset', 1]] as const)('is as it was after a rollback (%s; the reply of write %s is lost)', async (kind, lost) => {
    const change = CHANGES[kind]
    await atEach(change, async ({ run, all, before, look }) => {
      let result = run && (await rollback(run.id, all))
      for (let tries = 0; result?.open === true && tries < 4; tries++) result = await resume(result.runId, all)
      expect(await look()).toEqual(before)
      expect((await plan(declared(FIRST), all)).actions).toEqual([])
    }, lost)
  })
  it.each([['changed', undefined], ['changed', 2], ['unset', 1]] as const)('is recorded by who abandons it: the next plan has the rest, with what is to be unset (%s; the reply of write %s is lost)', async (kind, lost) => {
    const change = CHANGES[kind]
    const settled = new Set<string>()
    await atEach(change, async ({ run, all, look }, whole) => {
      const record = run && (await readRun(all.store, 'default', run.id))
      const found = record === undefined || record.ended !== undefined ? undefined : await abandon(run?.id, all)
      for (const { outcome } of found?.settled ?? []) settled.add(`${outcome} ${record?.steps.values().next().value?.handle}`)
      expect((await apply(await plan(declared(change.inputs), all), all)).outcome).toBe('succeeded')
      expect(await look()).toEqual(whole)
      expect((await plan(declared(change.inputs), all)).actions).toEqual([])
    }, lost)
    expect([...settled]).toContain('happened begun')
  })
})
