import { describe, expect, it } from 'vitest'
import { apply } from '../../src/engine/apply.ts'
import { getPlan, keepPlan, listPlans } from '../../src/engine/kept-plan.ts'
import { showRun } from '../../src/engine/history.ts'
import { plan } from '../../src/engine/plan.ts'
import { declare } from '../../src/provider/declare.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'

describe('a plan that is kept', () => {
  const { provider, edit } = createFakeBackend()
  const store = memoryStore()
  const options = { provider, store, mode: 'sync' } as const
  const { named } = declare(provider)

  it('is read, reviewed and applied by its id, and the journal has its hash, also of updates and deletes', async () => {
    await apply(await plan([named('a', { name: 'a' }), named('b', { name: 'b' })], options), options)
    const made = await plan([named('a', { name: 'a', size: 2 })], options)
    const { sha256 } = await keepPlan(made, options)
    const kept = await getPlan(made.id, options)
    expect(kept.sha256).toBe(sha256)
    expect((await keepPlan(kept.plan, options)).sha256).toBe(sha256)
    const { runId, outcome } = await apply(kept.plan, options)
    expect(outcome).toBe('succeeded')
    expect((await showRun(runId, options)).planHash).toBe(sha256)
    expect((await listPlans(options)).map(({ id }) => id)).toContain(made.id)
  })
  it('is refused when it was altered, and named when it is misspelt', async () => {
    edit('named-1', { size: 1 })
    const made = await plan([named('a', { name: 'a', size: 3 })], options)
    await keepPlan(made, options)
    const text = (await store.get('default', 'plan', made.id)) as string
    await store.put('default', 'plan', made.id, text.replace('"size":3', '"size":4'))
    await expect(getPlan(made.id, options)).rejects.toMatchObject({ code: 'plan-refused', reason: 'altered' })
    await expect(getPlan(`${made.id.slice(0, -1)}x`, options)).rejects.toThrow(`did you mean "${made.id}"?`)
    await expect(getPlan('../state', options)).rejects.toMatchObject({ code: 'store' })
  })
})
