import { describe, expect, it } from 'vitest'
import { subsetPlan } from '../../../src/core/planning/subset.ts'
import { apply } from '../../../src/engine/apply.ts'
import { plan } from '../../../src/engine/plan.ts'
import { declare } from '../../../src/provider/declare.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { createFakeBackend } from '../../../src/testing/fake-backend.ts'

describe('a part of a plan', () => {
  const { provider, objects } = createFakeBackend({ strict: true })
  const options = { provider, store: memoryStore(), mode: 'sync' } as const
  const { versioned } = declare(provider)
  const base = versioned('base', { name: 'base', kind: 'a' })
  const top = versioned('top', { name: 'top', kind: 'a', ref: base.id })

  it('takes what it waits for, and leaves the rest', async () => {
    const whole = await plan([base, top, versioned('other', { name: 'other', kind: 'a' })], options)
    const part = subsetPlan(whole, { addresses: ['versioned/top'] }, 'part')
    expect(part.summary.create).toBe(2)
    expect((await apply(part, options)).outcome).toBe('succeeded')
    expect(objects().map(({ fields }) => fields['name'])).toEqual(['base', 'top'])
    expect((await plan([base, top], options)).actions).toEqual([])
  })
  it('is refused when it would need a replace or delete that nobody named', async () => {
    const whole = await plan([versioned('base', { name: 'base', kind: 'b' }), top], options)
    expect(() => subsetPlan(whole, { addresses: ['versioned/top'] }, 'part')).toThrow('versioned/top waits for the replace of versioned/base, which is not named')
  })
  it('names the nearest address for a misspelt one', async () => {
    const whole = await plan([base, top, versioned('more', { name: 'more', kind: 'a' })], options)
    expect(() => subsetPlan(whole, { addresses: ['versioned/mroe'] }, 'part')).toThrow('did you mean "versioned/more"?')
  })
})
