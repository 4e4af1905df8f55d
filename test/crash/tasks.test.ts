import { describe, expect, it } from 'vitest'
import { ref } from '../../src/core/reference.ts'
import type { Resource } from '../../src/core/resource.ts'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import { resume } from '../../src/engine/resume.ts'
import { PlanRefusedError } from '../../src/core/errors.ts'
import { planRollback, rollback } from '../../src/engine/rollback.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createMortalProcess } from '../../src/testing/mortal-process.ts'
import { createOrderApi, type OrderFault } from './order-api.ts'
import { ALL } from './exhaust.ts'
import { goOn } from './host.ts'
import { fastClock } from '../testing/fast-clock.ts'

const repo = (name: string, days: number, more: Partial<Resource> = {}): Resource => ({ type: 'repo', name, inputs: { name, days }, ...more })
const policy = (name: string, of: string): Resource => ({ type: 'policy', name, inputs: { name, repo: ref(`repo/${of}`, 'name') } })

/** A repo that is renamed, with its user; one that grows, one that is new, and one that goes. */
const BEFORE = [repo('old', 3), repo('kept', 3), repo('gone', 3), policy('main', 'old')]
const AFTER = [repo('renamed', 3, { movedFrom: 'repo/old' }), repo('kept', 9), repo('new', 3), policy('main', 'renamed')]
const FORMER = ['gone 3', 'kept 3', 'main old', 'old 3']
const DESIRED = ['kept 9', 'main renamed', 'new 3', 'renamed 3']
/** Of a run of this plan, and in no other order than its dependencies allow. */
const WRITES = ['DELETE gone', 'DELETE old', 'POST new', 'POST renamed', 'PUT kept', 'PUT main']

async function live({ deaths = [], fault, takesBack = false }: { readonly deaths?: readonly number[]; readonly fault?: readonly [number, OrderFault]; readonly takesBack?: boolean }) {
  const clock = fastClock()
  const api = createOrderApi(clock)
  const store = memoryStore()
  const options = { provider: api.provider, store, clock, mode: 'sync' as const }
  await apply(await plan(BEFORE, options), options)
  const wanted = await plan(AFTER, options)
  api.effects.length = 0
  if (fault !== undefined) api.fault(...fault)
  let process = createMortalProcess(options)
  let died = 0
  for (const operation of deaths) {
    process.crash({ at: 'after', operation })
    await goOn(wanted, process, {})
    if (process.isDead) died++
    process = process.restart()
  }
  const persons: string[] = []
  if (takesBack) {
    const all = { ...options, provider: process.provider, store: process.store, clock: process.clock }
    const run = (await store.runs('default')).find((each) => each.plan === wanted.id)
    // While a delete may still happen, nothing can be taken back: the resume waits for it.
    for (let tries = 0; run !== undefined && tries < 8 && (await planRollback(run.id, all).then(() => false, isUnderWay)); tries++) await resume(run.id, all)
    let result = run && (await rollback(run.id, all))
    for (let tries = 0; result?.actions.some(({ outcome }) => outcome !== 'succeeded' && outcome !== 'blocked') === true && tries < 8; tries++) result = await resume(result.runId, all)
    for (const { address, outcome } of result?.actions ?? []) if (outcome === 'blocked') persons.push(address, ...(address === 'repo/renamed' ? ['repo/old'] : []))
  } else for (let tries = 0; tries < 8; tries++) if ((await goOn(wanted, process, {})) === undefined) break
  const there = api.finish()
  // What was carried out only now is not shown yet.
  await new Promise<void>((resolve) => void clock.after(60_000, resolve))
  const left = await plan(takesBack ? BEFORE : AFTER, options)
  return { died, there, persons, left: left.actions.map(({ kind, address }) => `${kind} ${address}`), effects: api.effects.toSorted(), recorded: [...((await store.load('default'))?.resources.keys() ?? [])].sort() }
}

function isUnderWay(error: unknown): boolean {
  if (error instanceof PlanRefusedError && error.reason === 'under-way') return true
  throw error
}

const ADDRESSES = ['policy/main', 'repo/kept', 'repo/new', 'repo/renamed']
const FAULTS: readonly OrderFault[] = ['lost', 'late', 'fail', 'late-fail', 'forgotten', 'lost-late']

/** To change what is changed already comes to the same; nothing is made or removed twice. */
function expectOnce(effects: readonly string[]): void {
  expect([...new Set(effects)]).toEqual(WRITES)
  const withoutChanges = (all: readonly string[]): readonly string[] => all.filter((effect) => !effect.startsWith('PUT'))
  expect(withoutChanges(effects)).toEqual(withoutChanges(WRITES))
}

describe('a run whose writes are orders, killed after any of its operations and resumed', () => {
  it('orders each write once', async () => {
    let tries = 0
    for (let first = 1, hasDied = true; hasDied; first += ALL ? 1 : 2) {
      const { died, effects, persons: _, ...end } = await live({ deaths: [first] })
      hasDied = died === 1
      tries++
      expect({ first, ...end }).toEqual({ first, there: DESIRED, left: [], recorded: ADDRESSES })
      expectOnce(effects)
    }
    expect(tries).toBeGreaterThan(ALL ? 35 : 15)
  })
  it.each(FAULTS)('also where an order is %s', async (kind) => {
    let tries = 0
    for (let nth = 1; nth <= WRITES.length; nth++)
      for (let first = 1; ; first += (ALL ? 1 : 17)) {
        const { died, effects, persons: _, ...end } = await live({ deaths: [first], fault: [nth, kind] })
        tries++
        expect({ kind, nth, first, ...end }).toEqual({ kind, nth, first, there: DESIRED, left: [], recorded: ADDRESSES })
        expectOnce(effects)
        if (died === 0) break
      }
    expect(tries).toBeGreaterThan(10)
  })
  it.each(FAULTS)('or taken back from there: as it was before, also where an order is %s', async (kind) => {
    const tally: number[] = []
    for (let nth = 1; nth <= WRITES.length; nth++)
      for (let first = 5; ; first += (ALL ? 3 : 37)) {
        const { died, there, left, persons } = await live({ deaths: [first], fault: [nth, kind], takesBack: true })
        tally.push(persons.length)
        // An order that is not over yet is named as needing a person; nothing else is left.
        const named = left.filter((action) => persons.some((address) => action.endsWith(` ${address}`)))
        expect({ kind, nth, first, left: left.filter((action) => !named.includes(action)) }).toEqual({ kind, nth, first, left: [] })
        if (persons.length === 0) expect(there).toEqual(FORMER)
        if (died === 0) break
      }
    console.log(`${kind}: ${tally.length} rollbacks, ${tally.filter((count) => count > 0).length} of them name somebody`)
    if (kind !== 'late' && kind !== 'late-fail') expect(tally.filter((count) => count > 0)).toEqual([])
  })
})
