import * as z from 'zod'
import { describe, expect, it } from 'vitest'
import { plan } from '../../src/engine/plan.ts'
import { resume } from '../../src/engine/resume.ts'
import { rollback } from '../../src/engine/rollback.ts'
import { defineProvider } from '../../src/provider/define.ts'
import { createHttpClient, restType } from '../../src/provider/rest/index.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createMortalProcess } from '../../src/testing/mortal-process.ts'
import { goOn } from './host.ts'
import { fastClock } from '../testing/fast-clock.ts'

type Row = Readonly<Record<string, unknown>>

/** An API whose create takes the name alone, and which refuses a name that is taken. `serial` tells one object from the next of its name. */
function createNarrowApi() {
  const rows = new Map<string, Row>()
  const effects: string[] = []
  let lost = 0
  let writes = 0
  const answer = (method: string, name: string, body: Row): Response | undefined => {
    if (method === 'GET') return name === '' ? Response.json([...rows.values()]) : rows.has(name) ? Response.json(rows.get(name)) : Response.json({}, { status: 404 })
    if (method === 'POST' && rows.has(String(body['name']))) return Response.json({ message: 'taken' }, { status: 409 })
    if (method !== 'POST' && !rows.has(name)) return Response.json({}, { status: 404 })
    if (method === 'POST') rows.set(String(body['name']), { name: body['name'], serial: effects.length })
    else if (method === 'PUT') rows.set(name, body)
    else rows.delete(name)
    effects.push(`${method} ${method === 'POST' ? String(body['name']) : name}`)
    return ++writes === lost ? undefined : Response.json({})
  }
  const client = createHttpClient({
    baseUrl: 'https://narrow.example',
    fetch: async (url, init) => {
      const [, , name = ''] = new URL(String(url)).pathname.split('/')
      const reply = answer(String(init?.method), name, typeof init?.body === 'string' ? (JSON.parse(init.body) as Row) : {})
      if (reply === undefined) throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) })
      return reply
    },
  })
  const thing = restType({
    client,
    schema: z.strictObject({ name: z.string(), text: z.string().optional() }),
    collection: () => '/things',
    endpoints: { create: (_, { name }) => ({ method: 'POST', path: '/things', body: { name } }) },
    idOf: ({ name }) => String(name),
    idFrom: ({ name }) => String(name),
    key: ['name'],
    pagination: { style: 'none' },
    replies: 'none',
    afterCreate: 'update',
    update: 'merge',
  })
  return { provider: defineProvider({ name: 'narrow', types: { thing } }), rows, effects, lose: (nth: number) => void (lost = writes + nth) }
}

const WHOLE = { a: { name: 'a', text: 'first' }, b: { name: 'b', text: 'second' } }
const desired = Object.entries(WHOLE).map(([name, inputs]) => ({ type: 'thing', name, inputs, ...(name === 'b' && { dependsOn: ['thing/a' as const] }) }))

/** Applies, dies after that operation, and goes on as the next process would; or takes it back from there. */
async function live(operation: number, { lost, takesBack = false }: { readonly lost?: number; readonly takesBack?: boolean } = {}) {
  const api = createNarrowApi()
  const options = { provider: api.provider, store: memoryStore(), clock: fastClock(), mode: 'sync' as const }
  const wanted = await plan(desired, options)
  if (lost !== undefined) api.lose(lost)
  let process = createMortalProcess(options)
  process.crash({ at: 'after', operation })
  await goOn(wanted, process, {})
  // An operation that fails is none to die after, and later ones are.
  const hasDied = process.isDead || process.operations.length >= operation
  process = process.restart()
  const all = { ...options, provider: process.provider, store: process.store, clock: process.clock }
  const [run] = await options.store.runs('default')
  if (takesBack) {
    let result = run && (await rollback(run.id, all))
    for (let tries = 0; result?.open === true && tries < 4; tries++) result = await resume(result.runId, all)
  } else for (let tries = 0; tries < 4; tries++) if ((await goOn(wanted, process, {})) === undefined) break
  const left = takesBack ? [] : (await plan(desired, options)).actions
  return { hasDied, left, rows: Object.fromEntries([...api.rows].map(([name, { serial: _, ...row }]) => [name, row])), effects: api.effects, recorded: [...((await options.store.load('default'))?.resources.keys() ?? [])] }
}

describe('a create in two halves, killed after any operation', () => {
  it.each([undefined, 1, 2])('is whole and there once after a resume (the reply of write %s is lost)', async (lost) => {
    let tries = 0
    for (let operation = 1, hasDied = true; hasDied; operation++) {
      const { effects, ...end } = await live(operation, lost === undefined ? {} : { lost })
      hasDied = end.hasDied
      tries++
      expect({ operation, ...end }).toEqual({ operation, hasDied, left: [], rows: WHOLE, recorded: ['thing/a', 'thing/b'] })
      expect(effects.filter((effect) => !effect.startsWith('PUT'))).toEqual(['POST a', 'POST b'])
    }
    expect(tries).toBeGreaterThan(20)
  })
  it.each([undefined, 1, 2])('is gone after a rollback (the reply of write %s is lost)', async (lost) => {
    for (let operation = 1, hasDied = true; hasDied; operation++) {
      const { effects: _, ...end } = await live(operation, { takesBack: true, ...(lost !== undefined && { lost }) })
      hasDied = end.hasDied
      expect({ operation, ...end }).toEqual({ operation, hasDied, left: [], rows: {}, recorded: [] })
    }
  })
})
