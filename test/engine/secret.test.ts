import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { env, sensitive } from '../../src/core/reference.ts'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import { fileStore } from '../../src/node/file-store.ts'
import { declare } from '../../src/provider/declare.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { ProviderError } from '../../src/core/errors.ts'
import { planToText } from '../../src/store/plan-text.ts'

const folder = mkdtempSync(join(tmpdir(), 'convergent-secret-'))
afterAll(() => rmSync(folder, { recursive: true }))

const CANARIES = ['canary-declared', 'canary-deferred', 'canary-field']

function readAll(): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n')
}

describe('secrets', () => {
  const clock = manualClock({ auto: true })
  const { provider, objects, fault } = createFakeBackend({ clock })
  const options = { provider, store: fileStore(folder), clock, mode: 'sync', resolvers: { env: (key: string) => (key === 'TOKEN' ? 'canary-deferred' : undefined) } } as const
  const { named } = declare(provider)
  const desired = (size: number) => [
    named('a', { name: 'a', text: sensitive('canary-declared'), size }),
    named('b', { name: 'b', text: env('TOKEN'), secret: 'canary-field', size }),
  ]

  it('reach the backend, and stand in no plan, event, state, journal or backup', async () => {
    const heard: string[] = []
    for (const size of [1, 2, 3]) {
      if (size === 3) fault({ call: 'update', fault: 'lost-reply' })
      const changes = await plan(desired(size), options)
      heard.push(await planToText(changes), JSON.stringify(changes))
      const run = apply(changes, options)
      for await (const event of run) heard.push(JSON.stringify(event))
      expect((await run).outcome).toBe('succeeded')
    }
    expect(objects().map(({ fields }) => [fields['text'], fields['secret']])).toEqual([
      ['canary-declared', undefined],
      ['canary-deferred', 'canary-field'],
    ])
    expect((await plan(desired(3), options)).actions).toEqual([])
    const written = `${heard.join('\n')}\n${readAll()}`
    expect(written.length).toBeGreaterThan(5_000)
    for (const canary of CANARIES) expect(written).not.toContain(canary)
  })

  it('are taken out of an error that repeats them', async () => {
    const { named: type } = provider.types
    const failing = {
      ...provider,
      types: { ...provider.types, named: { ...type, update: () => Promise.reject(new ProviderError('fatal', 'the text canary-deferred is too long', { fields: [{ path: 'text', reason: 'canary-deferred is no text' }] })) } },
    }
    const changes = await plan(desired(4), { ...options, provider: failing })
    const result = await apply(changes, { ...options, provider: failing, onFailure: 'continue' })
    expect(result.errors.find(({ address }) => address === 'named/b')?.error).toMatchObject({ message: 'the text (sensitive) is too long', fields: [{ reason: '(sensitive) is no text' }] })
    expect(readAll()).not.toContain('canary-deferred')
  })
})
