import { describe, expect, it } from 'vitest'
import type { Resource } from '../../src/core/resource.ts'
import { apply } from '../../src/engine/apply.ts'
import { checkpoint, restore } from '../../src/engine/checkpoint.ts'
import { plan } from '../../src/engine/plan.ts'
import { rollback } from '../../src/engine/rollback.ts'
import { aesGcmSealer } from '../../src/engine/sealer.ts'
import { env } from '../../src/core/reference.ts'
import { declare } from '../../src/provider/declare.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { planFromText, planToText } from '../../src/store/plan-text.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

const key = (byte: number): string => btoa(String.fromCharCode(...new Uint8Array(32).fill(byte)))

describe('aesGcmSealer', () => {
  it('seals otherwise each time, and opens what it sealed', async () => {
    const sealer = aesGcmSealer([key(1)])
    const [one, two] = [await sealer.seal('secret'), await sealer.seal('secret')]
    expect(one).not.toBe(two)
    expect(one).not.toContain('secret')
    expect(await sealer.unseal(one)).toBe('secret')
    expect(await sealer.unseal(await sealer.seal('ünïcode 🔑'))).toBe('ünïcode 🔑')
  })
  it('rotates keys: the first seals, all open', async () => {
    const old = await aesGcmSealer([key(1)]).seal('secret')
    const rotated = aesGcmSealer([key(2), key(1)])
    expect(await rotated.unseal(old)).toBe('secret')
    const fresh = await rotated.seal('secret')
    await expect(aesGcmSealer([key(1)]).unseal(fresh)).rejects.toMatchObject({ code: 'seal', message: expect.stringMatching(/it was sealed with the key [0-9a-f]{8}, and the keys at hand are [0-9a-f]{8}; add the old key/) as string })
    expect(await aesGcmSealer([key(2)]).unseal(fresh)).toBe('secret')
  })
  it('refuses what was altered, what it did not seal, and keys that are none', async () => {
    const sealer = aesGcmSealer([key(1)])
    const sealed = await sealer.seal('secret')
    const altered = `${sealed.slice(0, -4)}${sealed.endsWith('AAA=') ? 'BBB=' : 'AAA='}`
    await expect(sealer.unseal(altered)).rejects.toMatchObject({ code: 'seal' })
    await expect(sealer.unseal('nonsense')).rejects.toMatchObject({ code: 'seal' })
    await expect(aesGcmSealer([btoa('short')]).seal('x')).rejects.toThrow('expected a key of 32 bytes, found 5')
    await expect(aesGcmSealer(['!']).seal('x')).rejects.toThrow('a key is no base64')
    expect(() => aesGcmSealer([])).toThrow('expected a key, found none')
  })
})

describe('with a sealer', () => {
  const setUp = () => {
    const backend = createFakeBackend({ strict: true })
    const values: Record<string, string> = { TOKEN: 'deferred-canary' }
    const options = { provider: backend.provider, store: memoryStore(), clock: manualClock({ auto: true }), mode: 'sync', allowEmpty: true, sealer: aesGcmSealer([key(1)]), resolvers: { env: (name: string) => values[name] } } as const
    const { named } = declare(backend.provider)
    return { backend, values, options, named, sync: async (...desired: readonly Resource[]) => apply(await plan(desired, options), options).result, secretOf: (name: string) => backend.objects().find(({ fields }) => fields['name'] === name)?.fields['secret'] }
  }
  const dump = async ({ options }: ReturnType<typeof setUp>): Promise<string> => {
    const { store } = options
    const parts: unknown[] = [[...((await store.load('default'))?.resources.values() ?? [])]]
    for (const { id } of await store.runs('default')) for await (const entry of store.entries('default', id)) parts.push(entry)
    for (const kind of ['plan', 'checkpoint'] as const) for (const id of await store.list('default', kind)) parts.push(await store.get('default', kind, id))
    return JSON.stringify(parts)
  }

  it('a rollback brings secrets back, and nothing that is written shows them', async () => {
    const world = setUp()
    const { named, sync, options, secretOf } = world
    await sync(named('changed', { name: 'changed', secret: 'old-canary' }), named('gone', { name: 'gone', secret: 'gone-canary' }))
    await sync(named('changed', { name: 'changed', secret: 'new-canary' }))
    expect(secretOf('changed')).toBe('new-canary')
    expect(await rollback(undefined, options).result).toMatchObject({ outcome: 'succeeded', counts: { blocked: 0 } })
    expect([secretOf('changed'), secretOf('gone')]).toEqual(['old-canary', 'gone-canary'])
    expect(await dump(world)).not.toContain('canary')
    expect((await plan([named('changed', { name: 'changed', secret: 'old-canary' }), named('gone', { name: 'gone', secret: 'gone-canary' })], options)).actions).toEqual([])
  })
  it('a deferred value comes back as it was, whatever its resolver says today', async () => {
    const { named, sync, options, secretOf, values } = setUp()
    await sync(named('a', { name: 'a', secret: env('TOKEN') }))
    values['TOKEN'] = 'rotated-canary'
    await sync(named('a', { name: 'a', secret: env('TOKEN') }))
    expect(secretOf('a')).toBe('rotated-canary')
    await rollback(undefined, options).result
    expect(secretOf('a')).toBe('deferred-canary')
  })
  it('a checkpoint is restored with its secrets', async () => {
    const { named, sync, options, secretOf } = setUp()
    await sync(named('a', { name: 'a', secret: 'first-canary' }))
    const { id } = await checkpoint('good', options)
    await sync()
    expect(await restore(id, options).result).toMatchObject({ outcome: 'succeeded' })
    expect(secretOf('a')).toBe('first-canary')
  })
  it('a plan with a secret in it can be applied by another process that has the key', async () => {
    const { named, options, secretOf } = setUp()
    const text = await planToText(await plan([named('a', { name: 'a', secret: 'literal-canary' })], options))
    expect(text).not.toContain('canary')
    expect(await apply(await planFromText(text), { ...options, sealer: aesGcmSealer([key(2), key(1)]) }).result).toMatchObject({ outcome: 'succeeded' })
    expect(secretOf('a')).toBe('literal-canary')
  })
  it('without the key it says so', async () => {
    const { named, options } = setUp()
    const text = await planToText(await plan([named('a', { name: 'a', secret: 'literal-canary' })], options))
    const { sealer: _, ...without } = options
    const result = await apply(await planFromText(text), without).result
    expect(result.errors[0]?.error.message).toContain('its value is sealed; give the sealer that it was sealed with')
  })
})

describe('without a sealer', () => {
  it('a rollback of an update leaves the secret as it is, restores the rest, and says so', async () => {
    const backend = createFakeBackend()
    const options = { provider: backend.provider, store: memoryStore(), clock: manualClock({ auto: true }), mode: 'sync' } as const
    const { named } = declare(backend.provider)
    const sync = async (desired: Resource) => apply(await plan([desired], options), options).result
    await sync(named('a', { name: 'a', secret: 'old-canary', size: 1 }))
    await sync(named('a', { name: 'a', secret: 'new-canary', size: 2 }))
    const result = await rollback(undefined, options).result
    expect(result.outcome).toBe('succeeded')
    expect(backend.objects()[0]?.fields).toMatchObject({ secret: 'new-canary', size: 1 })
  })
})
