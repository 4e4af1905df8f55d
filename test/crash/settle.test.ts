import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/core/plan.ts'
import type { Resource } from '../../src/core/resource.ts'
import { ref } from '../../src/core/reference.ts'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend, type FakeBackend } from '../../src/testing/fake-backend.ts'
import type { FakeFault } from '../../src/testing/fault.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { createMortalProcess } from '../../src/testing/mortal-process.ts'
import { goOn, goOnOrBack } from './host.ts'

/** Two groups, a write that waits until what it needs is settled, a change, and one that goes. */
const BEFORE: readonly Resource[] = [
  { type: 'named', name: 'kept', inputs: { name: 'kept', size: 0 } },
  { type: 'named', name: 'gone', inputs: { name: 'gone' } },
]
const AFTER: readonly Resource[] = [
  { type: 'named', name: 'kept', inputs: { name: 'kept', size: 1 } },
  { type: 'versioned', name: 'top', inputs: { name: 'top', kind: 'x', refs: [ref('named/kept')] }, settleBefore: true },
  { type: 'named', name: 'late', inputs: { name: 'late', refs: [ref('versioned/top')] } },
]

async function createHost() {
  const clock = manualClock({ auto: true })
  const backend = createFakeBackend({ clock, settleGroups: { low: ['named'], high: ['versioned'] } })
  const store = memoryStore()
  const options = { provider: backend.provider, store, clock, mode: 'sync' as const }
  await apply(await plan(BEFORE, options), options)
  return { backend, store, options, wanted: await plan(AFTER, options) }
}

const namesOf = (objects: ReturnType<FakeBackend['objects']>): string => objects.map(({ fields }) => `${String(fields['name'])}${String(fields['size'] ?? '')}`).sort().join(' ')
const DESIRED = 'kept1 late top'
const FORMER = 'gone kept0'

/** What is there and what is live, at the end; and how often each group was settled. */
async function live(deaths: readonly number[], { fault, takesBack = false }: { readonly fault?: FakeFault; readonly takesBack?: boolean } = {}) {
  const { backend, store, options, wanted } = await createHost()
  if (fault !== undefined) backend.fault(fault)
  let process = createMortalProcess(options)
  let died = 0
  const step = (): Promise<unknown> => (takesBack ? goOnOrBack(wanted, process, {}) : goOn(wanted, process, { retry: { attempts: 2 } }))
  for (const operation of deaths) {
    process.crash({ at: 'after', operation })
    await step()
    if (process.isDead) died++
    process = process.restart()
  }
  await step()
  if (fault !== undefined) await step()
  const state = await store.load('default')
  const left = await plan(takesBack && namesOf(backend.objects()) === FORMER ? BEFORE : AFTER, { ...options, provider: backend.provider })
  return { died, there: namesOf(backend.objects()), live: namesOf(backend.live()), unsettled: state?.unsettled, left: left.actions.map(({ address }) => address), settles: backend.calls.filter(({ call }) => call === 'settle').length }
}

describe('a run that settles, killed after any of its operations and resumed', () => {
  it('plans each group once in each wave', async () => {
    const { wanted }: { readonly wanted: Plan } = await createHost()
    expect(wanted.actions.map(({ address }) => address)).toEqual(['named/kept', 'named/gone', 'settle/low#1', 'versioned/top', 'named/late', 'settle/low#2', 'settle/high'])
  })
  it('has all of it live, and nothing is left to settle', async () => {
    let tries = 0
    for (let first = 1, hasDied = true; hasDied; first++) {
      const { died, settles, ...end } = await live([first])
      hasDied = died === 1
      tries++
      expect({ first, ...end }).toEqual({ first, there: DESIRED, live: DESIRED, unsettled: undefined, left: [] })
      // Three of the run, one before it, and at the most one that is made again.
      expect(settles).toBeLessThanOrEqual(5)
    }
    expect(tries).toBeGreaterThan(25)
  })
  it('twice', async () => {
    let tries = 0
    for (let first = 1; (await live([first])).died === 1; first += 2)
      for (let second = 1 + (first % 3); ; second += 3) {
        const { died, settles: _, ...end } = await live([first, second])
        tries++
        expect({ first, second, ...end }).toEqual({ first, second, there: DESIRED, live: DESIRED, unsettled: undefined, left: [] })
        if (died < 2) break
      }
    expect(tries).toBeGreaterThan(60)
  })
  it('with each call failing for good, or its reply lost', async () => {
    const faults = (['update', 'create', 'delete', 'settle'] as const).flatMap((call) => (['error', 'lost-reply'] as const).map((fault): FakeFault => ({ call, fault, times: call === 'settle' && fault === 'error' ? 2 : 1 })))
    for (const fault of faults)
      for (let first = 1; ; first++) {
        const { died, settles: _, ...end } = await live([first], { fault })
        expect({ fault, first, ...end }).toEqual({ fault, first, there: DESIRED, live: DESIRED, unsettled: undefined, left: [] })
        if (died === 0) break
      }
  })
  it('and taken back after a failure: as it was before, live', async () => {
    for (const fault of [{ call: 'create', object: 'top', fault: 'error' }, { call: 'create', object: 'late', fault: 'error' }, { call: 'settle', type: 'high', fault: 'error' }] as const satisfies readonly FakeFault[])
      for (let first = 1; ; first++) {
        const { died, settles: _, there, ...end } = await live([first], { fault, takesBack: true })
        expect([DESIRED, FORMER]).toContain(there)
        expect({ fault, first, ...end }).toEqual({ fault, first, live: there, unsettled: undefined, left: [] })
        if (died === 0) {
          expect(there).toBe(FORMER)
          break
        }
      }
  })
})
