import { describe, expect, it } from 'vitest'
import { apply } from '../../../src/engine/apply.ts'
import { plan } from '../../../src/engine/plan.ts'
import type { Observed } from '../../../src/core/observed.ts'
import { declare } from '../../../src/provider/declare.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { createFakeBackend } from '../../../src/testing/fake-backend.ts'

/** Ours: what lives in a marked one of ours, or in another one. Somebody else's lives in the first, and refers to it. */
async function setUp(livesIn: 'ours' | 'other') {
  const backend = createFakeBackend({ strict: true })
  const { child: fake } = backend.provider.types
  const show = <T extends Observed | undefined>(observed: T): T => observed && { ...observed, owned: observed.outputs['owner'] !== 'somebody' }
  const shared: typeof fake = { ...fake, references: { ref: 'child' }, read: async (...call) => show(await fake.read(...call)), list: async (...call) => ((await fake.list?.(...call)) ?? []).map(show) }
  const options = { provider: { ...backend.provider, types: { ...backend.provider.types, child: shared } }, store: memoryStore(), mode: 'sync' } as const
  const { marked, child } = declare(backend.provider)
  const [ours, other] = [marked('ours', { name: 'ours' }), marked('other', { name: 'other' })]
  await apply(await plan([ours, other, child('used', { name: 'used', parent_id: (livesIn === 'ours' ? ours : other).id })], options), options)
  const idOf = (name: string): string => backend.objects().find(({ fields }) => fields['name'] === name)?.id as string
  backend.put('child', { name: 'theirs', parent_id: idOf('ours'), ref: idOf('used'), owner: 'somebody' })
  const destroyed = await plan([], { ...options, mode: 'destroy' })
  return { destroyed, after: (key: string) => destroyed.actions.flatMap(({ steps }) => steps).find((step) => step.key === key)?.after }
}

describe('somebody else’s object that refers to ours, and goes with what it lives in', () => {
  it('is no cycle where both live in the same: ours goes first', async () => {
    const { destroyed, after } = await setUp('ours')
    expect(destroyed.actions.map(({ kind, address }) => `${kind} ${address}`).sort()).toEqual(['delete child/used', 'delete marked/other', 'delete marked/ours'])
    expect([after('delete:child/used'), after('delete:marked/ours')]).toEqual([[], ['delete:child/used']])
  })
  it('goes before ours where that lives elsewhere', async () => {
    const { after } = await setUp('other')
    expect([after('delete:child/used'), after('delete:marked/ours'), after('delete:marked/other')]).toEqual([['delete:marked/ours'], [], ['delete:child/used']])
  })
})
