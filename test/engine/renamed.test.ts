import { describe, expect, it } from 'vitest'
import { ref, sensitive } from '../../src/core/reference.ts'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import { resume } from '../../src/engine/resume.ts'
import { rollback } from '../../src/engine/rollback.ts'
import { defineProvider } from '../../src/provider/define.ts'
import type { ResourceType } from '../../src/provider/provider.ts'
import type { Resource } from '../../src/core/resource.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { readEntries } from '../../src/testing/store-sample.ts'

/** Repos cannot be renamed, and none that a policy names can be deleted. */
function setUp(replaceOrder: 'create-first' | 'delete-first') {
  const backend = createFakeBackend()
  const { named, versioned } = backend.provider.types as unknown as Record<'named' | 'versioned', ResourceType>
  const isUsed = (name: unknown): boolean => backend.objects('versioned').some(({ fields }) => fields['repo'] === name)
  const repo: ResourceType = {
    ...named,
    references: {},
    immutable: ['name'],
    replaceOrder,
    delete: async (request, context) => {
      if (isUsed(request.outputs['name'])) throw new Error(`${String(request.outputs['name'])} is in use`)
      await named.delete(request, context)
    },
  }
  const policy: ResourceType = { ...versioned, immutable: [], key: ['name'], references: { repo: { type: 'repo', by: 'name' } } }
  const store = memoryStore()
  const options = { provider: defineProvider({ name: 'logs', types: { repo, policy } }), store, mode: 'sync' as const, clock: manualClock({ auto: true }) }
  const shown = (): readonly unknown[] => backend.objects().map(({ fields }) => fields)
  const recorded = async (): Promise<readonly string[]> => [...((await store.load('default'))?.resources.keys() ?? [])].sort()
  return { backend, options, shown, recorded }
}

const repo = (name: string, more: Partial<Resource> = {}): Resource => ({ type: 'repo', name, inputs: { name, days: 3 }, ...more })
const policy = (name: string): Resource => ({ type: 'policy', name: 'main', inputs: { name: 'main', repo: ref(`repo/${name}`, 'name') } })

describe('what says from where it moved', () => {
  const moved = [repo('new', { movedFrom: 'repo/old' }), policy('new')]

  it('is replaced where it cannot be renamed, with its users moved in between; taken back, it is as before', async () => {
    const { backend, options, shown, recorded } = setUp('create-first')
    await apply(await plan([repo('old'), policy('old')], options), options)
    const before = shown()
    const made = await plan(moved, options)
    expect(made.actions).toMatchObject([{ address: 'repo/new', kind: 'replace', replaceOrder: 'create-first', movedFrom: 'repo/old' }, { address: 'policy/main', kind: 'update' }])
    const since = backend.calls.length
    const result = await apply(made, options)
    expect(result.outcome).toBe('succeeded')
    expect(backend.calls.slice(since).flatMap(({ type, call }) => (['create', 'update', 'delete'].includes(call) ? [`${call} ${type}`] : []))).toEqual(['create named', 'update versioned', 'delete named'])
    expect(await recorded()).toEqual(['policy/main', 'repo/new'])
    expect((await plan(moved, options)).actions).toEqual([])

    expect((await rollback(result.runId, options)).outcome).toBe('succeeded')
    expect([new Set(shown()), await recorded()]).toEqual([new Set(before), ['policy/main', 'repo/old']])
    expect((await plan([repo('old'), policy('old')], options)).actions).toEqual([])
  })
  it('is deleted first where its type says so and nobody uses it', async () => {
    const { options, recorded } = setUp('delete-first')
    await apply(await plan([repo('old')], options), options)
    const result = await apply(await plan([repo('new', { movedFrom: 'repo/old' })], options), options)
    expect([result.outcome, await recorded()]).toEqual(['succeeded', ['repo/new']])
    expect((await rollback(result.runId, options)).outcome).toBe('succeeded')
    expect(await recorded()).toEqual(['repo/old'])
    expect((await plan([repo('old')], options)).actions).toEqual([])
  })
  it.each(['old', 'new'])('taken back half way, it is the old one again; a resume goes on (from the %s one)', async (way) => {
    const { backend, options, shown, recorded } = setUp('create-first')
    await apply(await plan([repo('old'), policy('old')], options), options)
    const before = shown()
    backend.fault({ call: 'update', type: 'versioned', fault: 'error' })
    const broken = await apply(await plan(moved, options), options)
    expect([broken.outcome, await recorded()]).toEqual(['failed', ['policy/main', 'repo/new']])
    if (way === 'old') {
      expect((await rollback(broken.runId, options)).outcome).toBe('succeeded')
      expect([new Set(shown()), await recorded()]).toEqual([new Set(before), ['policy/main', 'repo/old']])
      expect((await plan([repo('old'), policy('old')], options)).actions).toEqual([])
    } else {
      expect((await resume(broken.runId, options)).outcome).toBe('succeeded')
      expect((await plan(moved, options)).actions).toEqual([])
      expect(shown()).toHaveLength(2)
    }
  })
  it('is as though it said nothing where nothing is recorded there', async () => {
    const { options, recorded } = setUp('create-first')
    await apply(await plan(moved, options), options)
    expect([(await plan(moved, options)).actions, await recorded()]).toEqual([[], ['policy/main', 'repo/new']])
  })
  it.each([
    ['repo/new', 'repo/new is its own address'],
    ['repo/kept', 'repo/kept is declared itself; only what is not there any more can have moved'],
    ['policy/old', 'policy/old is no address of a repo; expected repo/ and the name that it had'],
  ])('cannot say %s', async (movedFrom, message) => {
    const { options } = setUp('create-first')
    await expect(plan([repo('new', { movedFrom }), repo('kept')], options)).rejects.toMatchObject({ code: 'declaration', issues: [{ code: 'invalid-move', address: 'repo/new', message }] })
  })
  it('is one of them', async () => {
    const { options } = setUp('create-first')
    await expect(plan([repo('one', { movedFrom: 'repo/old' }), repo('two', { movedFrom: 'repo/old' })], options)).rejects.toThrow('repo/old is where repo/one says to come from already')
  })
})

describe('a plan that says so and is applied late', () => {
  it.each(['create-first', 'delete-first'] as const)('takes nothing for the older one that came in its place (%s)', async (order) => {
    const { options, shown, recorded } = setUp(order)
    await apply(await plan([repo('old')], options), options)
    const late = await plan([repo('new', { movedFrom: 'repo/old' })], options)
    await apply(await plan([{ ...repo('old'), inputs: { name: 'other', days: 3 } }], options), options)
    expect(await apply(late, options)).toMatchObject({ outcome: 'failed', actions: [{ outcome: 'stale', message: expect.stringContaining('another object is recorded there by now') as string }] })
    expect([shown(), await recorded()]).toEqual([[{ name: 'other', days: 3 }], ['repo/old']])
  })
})

it.each(['create-first', 'delete-first'] as const)('what is gone where it is recorded comes from where it says that it was (%s)', async (order) => {
  const { backend, options, shown, recorded } = setUp(order)
  await apply(await plan([repo('old'), repo('new')], options), options)
  backend.drop(String(backend.objects('named').find(({ fields }) => fields['name'] === 'new')?.id))
  const want = [repo('new', { movedFrom: 'repo/old' })]
  expect((await apply(await plan(want, options), options)).outcome).toBe('succeeded')
  expect([(await plan(want, options)).actions, shown(), await recorded()]).toEqual([[], [{ name: 'new', days: 3 }], ['repo/new']])
})

it('a chain of moves over a replace that was cut off comes to its end', async () => {
  const { backend, options, shown, recorded } = setUp('create-first')
  await apply(await plan([repo('a', {}), policy('a')], options), options)
  backend.fault({ call: 'update', type: 'versioned', fault: 'error' })
  await apply(await plan([repo('b', { movedFrom: 'repo/a' }), policy('b')], options), options)
  const want = [repo('c', { movedFrom: 'repo/b' }), policy('c')]
  expect((await apply(await plan(want, options), options)).outcome).toBe('succeeded')
  expect([(await plan(want, options)).actions, shown().length, await recorded()]).toEqual([[], 2, ['policy/main', 'repo/c']])
})

it('does not take a name that somebody else has', async () => {
  const { backend, options } = setUp('create-first')
  await apply(await plan([repo('old')], options), options)
  backend.put('named', { name: 'new' })
  const made = await plan([repo('new', { movedFrom: 'repo/old', adopt: true })], options)
  expect(made.actions).toMatchObject([{ kind: 'replace', blocked: { reason: 'not-owned', message: 'what is to take its place has the natural key of an object that exists (id named-2) and is not ours; choose another name' } }])
})

describe('what moved in place', () => {
  const setUpInPlace = () => {
    const backend = createFakeBackend()
    const { named, versioned } = backend.provider.types as unknown as Record<'named' | 'versioned', ResourceType>
    const options = { provider: defineProvider({ name: 'x', types: { repo: { ...named, references: {} }, policy: { ...versioned, immutable: [], key: ['name'], references: {} } } }), store: memoryStore(), mode: 'sync' as const, clock: manualClock({ auto: true }) }
    const at = (name: string, more: Partial<Resource> = {}): Resource => ({ type: 'repo', name, inputs: { name: 'same' }, ...more })
    return { options, at }
  }

  it('keeps what was secret before out of the journal', async () => {
    const { options, at } = setUpInPlace()
    await apply(await plan([at('old', { inputs: { name: 'same', password: sensitive('hunter2') } })], options), options)
    const { runId } = await apply(await plan([at('new', { inputs: { name: 'same', password: 'plain' }, movedFrom: 'repo/old' })], options), options)
    expect(JSON.stringify(await readEntries(options.store, 'default', runId))).not.toContain('hunter2')
  })
})

it('what does not say so is made anew, its users are moved, and the old one goes', async () => {
  const { backend, options } = setUp('create-first')
  await apply(await plan([repo('old'), policy('old')], options), options)
  const since = backend.calls.length
  expect((await apply(await plan([repo('new'), policy('new')], options), options)).outcome).toBe('succeeded')
  expect(backend.calls.slice(since).flatMap(({ type, call }) => (['create', 'update', 'delete'].includes(call) ? [`${call} ${type}`] : []))).toEqual(['create named', 'update versioned', 'delete named'])
})
