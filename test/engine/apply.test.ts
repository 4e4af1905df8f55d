import { describe, expect, it } from 'vitest'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import { declare } from '../../src/provider/declare.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import type { Resource } from '../../src/core/resource.ts'
import type { ApplyOptions, PlanOptions } from '../../src/engine/options.ts'

function setUp(options: Parameters<typeof createFakeBackend>[0] = {}) {
  const clock = manualClock({ auto: true })
  const backend = createFakeBackend({ clock, ...options })
  const base = { provider: backend.provider, store: memoryStore(), clock }
  return {
    clock,
    backend,
    base,
    kinds: declare(backend.provider),
    plan: (desired: readonly Resource[], more: Partial<PlanOptions> = {}) => plan(desired, { ...base, mode: 'sync', ...more }),
    sync: async (desired: readonly Resource[], more: Partial<ApplyOptions> = {}) => apply(await plan(desired, { ...base, mode: 'sync' }), { ...base, ...more }).result,
  }
}

describe('a plan that is applied', () => {
  it('makes what was desired, dependencies first, and the next plan is empty', async () => {
    const { kinds, sync, plan: again, backend } = setUp({ strict: true })
    const base = kinds.named('base', { name: 'base' })
    const top = kinds.named('top', { name: 'top', ref: base.id, size: 3 })
    const result = await sync([top, base])
    expect(result).toMatchObject({ outcome: 'succeeded', success: true, open: false })
    expect(backend.objects().map(({ id, fields }) => [id, fields])).toEqual([
      ['named-1', { name: 'base' }],
      ['named-2', { name: 'top', ref: 'named-1', size: 3 }],
    ])
    const next = await again([top, base])
    expect(next.actions).toEqual([])
    expect(next.summary.unchanged).toBe(2)
  })

  it('changes, deletes and replaces in an order that a strict backend accepts', async () => {
    const { kinds, sync, backend } = setUp({ strict: true })
    const a = kinds.versioned('a', { name: 'a', kind: 'x' })
    const b = kinds.versioned('b', { name: 'b', kind: 'y', ref: a.id })
    const c = kinds.versioned('c', { name: 'c', kind: 'y', ref: b.id })
    expect((await sync([a, b, c])).outcome).toBe('succeeded')
    const replaced = await sync([kinds.versioned('a', { name: 'a', kind: 'z' }), b, c])
    expect(replaced.errors).toEqual([])
    expect(replaced.actions.map(({ address, kind }) => `${kind} ${address}`)).toEqual(['replace versioned/a', 'update versioned/b'])
    expect(backend.objects().map(({ fields }) => fields['kind'])).toEqual(['y', 'y', 'z'])
    const emptied = await sync([kinds.versioned('a', { name: 'a', kind: 'z' })])
    expect(emptied.outcome).toBe('succeeded')
    expect(backend.objects()).toHaveLength(1)
  })

  it('adopts what a lost reply left behind, and repeats nothing', async () => {
    const { kinds, sync, backend } = setUp()
    backend.fault({ call: 'create', fault: 'lost-reply' })
    const result = await sync([kinds.named('a', { name: 'a' })])
    expect(result.outcome).toBe('succeeded')
    expect(backend.objects()).toHaveLength(1)
    expect(backend.calls.filter(({ call }) => call === 'create')).toHaveLength(1)
  })

  it('is interrupted, and stays open, when nobody can tell whether it happened', async () => {
    const { kinds, sync, backend } = setUp()
    backend.fault({ call: 'create', fault: 'lost-reply' })
    const result = await sync([kinds.thing('a', { name: 'a' })])
    expect(result).toMatchObject({ outcome: 'interrupted', open: true, success: false })
    await expect(sync([kinds.thing('a', { name: 'a' })])).rejects.toMatchObject({ code: 'open-run' })
  })

  it('tries again what passes', async () => {
    const { kinds, sync, backend } = setUp()
    backend.fault({ call: 'create', fault: 'retryable', times: 3 })
    const result = await sync([kinds.named('a', { name: 'a' })])
    expect(result).toMatchObject({ outcome: 'succeeded', actions: [{ attempts: 4 }] })
  })

  it('stops after a failure, and skips the dependents with its address', async () => {
    const { kinds, sync, backend } = setUp()
    const a = kinds.named('a', { name: 'a' })
    const b = kinds.named('b', { name: 'b', ref: a.id })
    backend.fault({ call: 'create', object: 'a', fault: 'error' })
    const result = await sync([a, b, kinds.named('c', { name: 'c' })], { concurrency: 1 })
    expect(result.outcome).toBe('failed')
    expect(result.actions.map(({ address, outcome, because }) => [address, outcome, because])).toEqual([
      ['named/a', 'failed', undefined],
      ['named/c', 'skipped', 'named/a'],
      ['named/b', 'skipped', 'named/a'],
    ])
  })

  it('goes on beside a failure when told so', async () => {
    const { kinds, sync, backend } = setUp()
    const a = kinds.named('a', { name: 'a' })
    backend.fault({ call: 'create', object: 'a', fault: 'error' })
    const result = await sync([a, kinds.named('b', { name: 'b', ref: a.id }), kinds.named('c', { name: 'c' })], { onFailure: 'continue' })
    expect(result).toMatchObject({ outcome: 'partial', success: false, counts: { succeeded: 1, failed: 1, skipped: 1 } })
  })
})
