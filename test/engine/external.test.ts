import { describe, expect, it } from 'vitest'
import type { Resource } from '../../src/core/resource.ts'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import type { PlanOptions } from '../../src/engine/options.ts'
import { declare, external } from '../../src/provider/declare.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'

function setUp() {
  const backend = createFakeBackend({ strict: true })
  const shared = backend.put('marked', { name: 'shared', owner: 'them', text: 'theirs' })
  const options = { provider: backend.provider, store: memoryStore(), mode: 'sync' } as const
  const { child, named } = declare(backend.provider)
  const house = external('marked', 'house', { name: 'shared' })
  return {
    backend,
    shared,
    house,
    room: (name: string, more: object = {}) => child(name, { parent_id: house.id, name, ...more }),
    named,
    sync: async (desired: readonly Resource[], more: Partial<PlanOptions> = {}) => {
      const made = await plan(desired, { ...options, ...more })
      const { outcome } = await apply(made, options).result
      return { made, outcome, done: made.actions.map(({ kind, address }) => `${kind} ${address}`) }
    },
  }
}

describe('what belongs to somebody else', () => {
  it('is found, referred to and never changed; what is declared inside of it is ours', async () => {
    const { backend, shared, house, room, sync } = setUp()
    expect(await sync([house, room('a'), room('b')])).toMatchObject({ outcome: 'succeeded', done: ['create child/a', 'create child/b'] })
    expect(backend.objects('child').map(({ fields }) => fields['parent_id'])).toEqual([shared, shared])
    const again = await sync([house, room('a'), room('b')])
    expect(again.made.summary).toMatchObject({ unchanged: 2 })
    expect(again.done).toEqual([])
    expect((await sync([house, room('a', { size: 2 })])).done).toEqual(['update child/a', 'delete child/b'])
    expect(backend.objects('marked')).toMatchObject([{ fields: { name: 'shared', owner: 'them', text: 'theirs' } }])
  })
  it('keeps what others put inside of it', async () => {
    const { backend, shared, house, room, sync } = setUp()
    backend.put('child', { name: 'theirs', parent_id: shared })
    await sync([house, room('a')])
    expect((await sync([house])).done).toEqual(['delete child/a'])
    expect(backend.objects('child').map(({ fields }) => fields['name'])).toEqual(['theirs'])
  })
  it('stays when all that is ours is destroyed', async () => {
    const { backend, house, room, sync } = setUp()
    await sync([house, room('a')])
    expect((await sync([house, room('a')], { mode: 'destroy' })).done).toEqual(['delete child/a'])
    expect(backend.objects().length).toBe(1)
  })
  it('is given up where it was ours before', async () => {
    const { backend, house, sync } = setUp()
    const { marked } = declare(backend.provider)
    await sync([marked('old', { name: 'mine' }), house])
    const { done, made } = await sync([external('marked', 'old', { name: 'mine' })])
    expect(done).toEqual(['forget marked/old'])
    expect(made.actions[0]?.reason).toBe('it belongs to somebody else now')
    expect((await sync([external('marked', 'old', { name: 'mine' })])).done).toEqual([])
    expect(backend.objects('marked').length).toBe(2)
  })
  it('gives its outputs to what refers to them', async () => {
    const { backend, house, named, sync } = setUp()
    await sync([house, named('copy', { name: 'copy', text: house.output('text') })])
    expect(backend.objects('named')).toMatchObject([{ fields: { text: 'theirs' } }])
  })
  it('must be there, and be one', async () => {
    const { backend, house, room, sync } = setUp()
    await expect(sync([external('marked', 'x', { name: 'none' })])).rejects.toMatchObject({ code: 'declaration', issues: [{ code: 'missing-external', address: 'marked/x', message: 'there is no marked with name "none"; it belongs to somebody else, so it is not created here' }] })
    backend.put('marked', { name: 'shared', owner: 'them' })
    await expect(sync([house, room('a')])).rejects.toMatchObject({ issues: [{ code: 'ambiguous-identity', message: expect.stringContaining('2 objects are a marked with name "shared"') as string }] })
    await expect(sync([external('marked', 'x', {})])).rejects.toMatchObject({ issues: [{ code: 'empty-selector' }] })
  })
  it('can be found by its id, and be declared more than once', async () => {
    const { shared, house, room, sync } = setUp()
    expect((await sync([house, external('marked', 'same', { id: shared }), room('a')])).done).toEqual(['create child/a'])
  })
  it('is no reason to plan anything while it cannot be read', async () => {
    const { backend, house, room, named, sync } = setUp()
    backend.fault({ call: 'list', type: 'marked', fault: 'error', times: 9 })
    backend.put('named', { name: 'x' })
    const { made } = await sync([house, room('a'), named('x', { name: 'x' })])
    expect(made.actions.map(({ address }) => address)).toEqual(['named/x'])
    expect(made.unreadable.flatMap(({ leavesOut }) => leavesOut)).toContain('child/a')
  })
})
