import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import { fileStore } from '../../src/node/file-store.ts'
import { declare } from '../../src/provider/declare.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'

it('a new address for the same natural key moves the record, and the object stays', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'convergent-move-'))
  const { provider, objects, calls } = createFakeBackend({ strict: true })
  const options = { provider, store: fileStore(folder), mode: 'sync' } as const
  const { named } = declare(provider)
  await apply(await plan([named('old', { name: 'n', size: 1 })], options), options)
  const changes = await plan([named('new', { name: 'n', size: 1 })], options)
  expect(changes.actions).toMatchObject([{ address: 'named/new', kind: 'update', movedFrom: 'named/old', id: 'named-1' }])
  expect((await apply(changes, options)).outcome).toBe('succeeded')
  expect(objects()).toHaveLength(1)
  expect(calls.filter(({ call }) => call === 'create' || call === 'update' || call === 'delete')).toHaveLength(1)
  expect([...((await options.store.load('default'))?.resources.keys() ?? [])]).toEqual(['named/new'])
  expect((await plan([named('new', { name: 'n', size: 1 })], options)).actions).toEqual([])
  rmSync(folder, { recursive: true })
})
