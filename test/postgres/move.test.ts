import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { apply } from '../../src/engine/apply.ts'
import { checkpoint, restore } from '../../src/engine/checkpoint.ts'
import { plan } from '../../src/engine/plan.ts'
import { resume } from '../../src/engine/resume.ts'
import { fileStore } from '../../src/node/file-store.ts'
import { declare } from '../../src/provider/declare.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { moveStack } from '../../src/store/move-stack.ts'
import type { Store } from '../../src/store/store.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { createMortalProcess } from '../../src/testing/mortal-process.ts'
import { readEntries, sampleEnd, sampleStart, sampleState, sampleStep } from '../../src/testing/store-sample.ts'
import { createMortalStores } from '../store/mortal-move.ts'
import { usePostgres } from './place.ts'

const { open, ask } = usePostgres()

async function withFolder(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'convergent-move-'))
  await work(dir).finally(() => rm(dir, { recursive: true, force: true }))
}

test('a run that died in one store goes on in the fourth one, and each thing is done once', async () => {
  await withFolder(async (dir) => {
    const backend = createFakeBackend()
    const stores = [memoryStore(), fileStore(join(dir, 'a')), open(), fileStore(join(dir, 'b'))] as const
    const first = createMortalProcess({ provider: backend.provider, store: stores[0] })
    const { named } = declare(backend.provider)
    await apply(await plan([named('kept', { name: 'kept' })], first), first)
    await checkpoint('before', { store: stores[0] })
    const changes = await plan(['a', 'b', 'c'].map((name) => named(name, { name })), { ...first, mode: 'sync' })
    first.crash({ call: 'create', address: 'named/b', at: 'after-effect' })
    await first.outlive(apply(changes, { ...first, concurrency: 1 }))
    expect(first.isDead).toBe(true)
    await first.restart().store.release(await first.restart().store.claim('default', 'the next process'))
    const [before, runs] = [await stores[0].load('default'), await stores[0].runs('default')]
    expect(runs.map(({ ended }) => ended)).toEqual([true, false])

    let journal = await readEntries(stores[0], 'default', runs[1]?.id ?? '')
    for (let at = 1; at < stores.length; at++) {
      const [from, to] = [stores[at - 1] as Store, stores[at] as Store]
      expect(await moveStack({ from, to })).toMatchObject({ serial: before?.serial, runs: 2, documents: 3 })
      expect([await to.load('default'), await to.runs('default')]).toEqual([before, runs])
      expect(await readEntries(to, 'default', runs[1]?.id ?? '')).toEqual(journal)
      journal = await readEntries(to, 'default', runs[1]?.id ?? '')
      await expect(from.claim('default', 'somebody')).rejects.toMatchObject({ code: 'store', message: expect.stringContaining(`it was moved to ${to.name}`) as string })
    }
    const options = { provider: backend.provider, store: stores[3] }
    expect(await resume(undefined, options)).toMatchObject({ outcome: 'succeeded', runId: runs[1]?.id })
    const names = (): readonly unknown[] => backend.objects().map(({ fields }) => fields['name']).sort()
    expect(names()).toEqual(['a', 'b', 'c'])
    const [kept] = await stores[3].list('default', 'checkpoint')
    expect(await restore(kept as string, options)).toMatchObject({ outcome: 'succeeded' })
    expect(names()).toEqual(['kept'])
  })
})

test('a move into a database and out of it that dies at any instant leaves one copy at most, and is ended by the next one', async () => {
  const nothing = { state: undefined, runs: [], entries: [], plan: undefined }
  const read = async (store: Store): Promise<unknown> => ({ state: await store.load('s'), runs: await store.runs('s'), entries: await readEntries(store, 's', 'r'), plan: await store.get('s', 'plan', 'p') })
  const isUsable = async (store: Store): Promise<boolean> => {
    const lease = await store.claim('s', 'host').catch(() => undefined)
    if (lease !== undefined) await store.release(lease)
    return lease !== undefined
  }
  const database = open()
  for (const isInto of [true, false]) {
    for (let operation = 1, hasDied = true; hasDied; operation += 2) {
      const elsewhere: Store = { ...memoryStore(), name: 'elsewhere' }
      await database.load('s')
      await ask('TRUNCATE convergent.stacks, convergent.runs, convergent.entries, convergent.documents, convergent.backups')
      const [from, to] = isInto ? [elsewhere, database] : [database, elsewhere]
      const lease = await from.claim('s', 'me')
      await from.append(lease, 'r', [sampleStart('r', lease), sampleStep('1'), sampleEnd()])
      await from.commit(sampleState('s', 3), { expectedSerial: 0, lease })
      await from.put('s', 'plan', 'p', 'text')
      await from.release(lease)
      const before = await read(from)
      const mortal = createMortalStores(operation % 4 === 1 ? 'before' : 'after', operation)
      await mortal.outlive(moveStack({ from: mortal.wrap(from), to: mortal.wrap(to), stack: 's' }))
      hasDied = mortal.isDead()
      await mortal.bury()
      const usable = [await isUsable(from), await isUsable(to)]
      if (usable[0]) expect(await read(from)).toEqual(before)
      if (usable[1]) expect(await read(to)).toEqual(usable[0] ? nothing : before)
      expect(await moveStack({ from, to, stack: 's' })).toMatchObject({ serial: 3, runs: 1, entries: 3, documents: 1 })
      expect([await read(from), await read(to)]).toEqual([nothing, before])
      expect([await isUsable(from), await isUsable(to)]).toEqual([false, true])
    }
  }
})
