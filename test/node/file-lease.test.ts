import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileStore } from '../../src/node/file-store.ts'
import { nodeFileSystem, type FileSystem } from '../../src/node/file-system.ts'
import type { Lease } from '../../src/store/store.ts'
import { readEntries, sampleState, sampleStep } from '../../src/testing/store-sample.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'convergent-lease-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const inLease = (...parts: readonly string[]): string => join(dir, 'stacks', 's', 'lease', ...parts)
const takeOver = (lease: Lease): Promise<Lease> => fileStore(dir).claim('s', 'other', { takeOver: { fence: lease.fence, reason: 'it is gone' } })

/** A file system that lets something happen right before a call to an open file. */
function interrupted(method: 'write' | 'datasync', name: string, happen: () => Promise<unknown>): FileSystem {
  return {
    ...nodeFileSystem,
    open: async (...given) => {
      const handle = await nodeFileSystem.open(...given)
      if (!String(given[0]).endsWith(name)) return handle
      const real = handle[method].bind(handle) as (...values: readonly unknown[]) => Promise<unknown>
      return Object.assign(handle, { [method]: async (...values: readonly unknown[]) => (await happen(), real(...values)) })
    },
  }
}

test('a claim shows its renewals to another store, and keeps what it says of itself', async () => {
  const store = fileStore(dir)
  const lease = await store.claim('s', 'me', { termMs: 1_000 })
  await store.renew(lease)
  await store.renew(lease)
  expect(await fileStore(dir).holding('s')).toMatchObject({ holder: `me (process ${process.pid} on ${(JSON.parse(await readFile(inLease('1.held'), 'utf8')) as { readonly host: string }).host})`, fence: 1, renewal: 2, termMs: 1_000 })
  expect(await readdir(inLease())).toEqual(['1.held', '1.was'])
  await store.release(lease)
})

test('a renewal that comes too late leaves nothing behind, also when it was under way', async () => {
  let lease: Lease | undefined
  const store = fileStore(dir, { fileSystem: interrupted('write', '1.held', () => takeOver(lease as Lease)) })
  lease = await store.claim('s', 'me')
  await expect(store.renew(lease)).rejects.toMatchObject({ code: 'lease-lost' })
  await expect(store.renew(lease)).rejects.toMatchObject({ code: 'lease-lost' })
  expect(await readdir(inLease())).toEqual(['2.held', '2.was'])
  expect(await store.holding('s')).toMatchObject({ fence: 2, renewal: 0 })
})

test('an append that is overtaken while it is written does not count, and says so', async () => {
  let lease: Lease | undefined
  let isArmed = false
  const store = fileStore(dir, { fileSystem: interrupted('write', 'r.1.jsonl', async () => isArmed && takeOver(lease as Lease)) })
  lease = await store.claim('s', 'me')
  await store.append(lease, 'r', [sampleStep('1')])
  isArmed = true
  await expect(store.append(lease, 'r', [sampleStep('2')])).rejects.toMatchObject({ code: 'lease-lost' })
  const next = await fileStore(dir).claim('s', 'third', { takeOver: { fence: 2, reason: 'again' } })
  expect(next.fence).toBe(3)
})

test('what an overtaken process wrote after the claim of its successor is not read', async () => {
  let lease: Lease | undefined
  let isArmed = false
  const successor = fileStore(dir)
  const store = fileStore(dir, { fileSystem: interrupted('write', 'r.1.jsonl', async () => isArmed && successor.claim('s', 'other', { takeOver: { fence: (lease as Lease).fence, reason: 'it is gone' } })) })
  lease = await store.claim('s', 'me')
  await store.append(lease, 'r', [sampleStep('1')])
  isArmed = true
  await expect(store.append(lease, 'r', [sampleStep('2')])).rejects.toMatchObject({ code: 'lease-lost' })
  expect(await readEntries(successor, 's', 'r')).toEqual([sampleStep('1')])
})

test('a commit that is overtaken right before its rename changes nothing, also where the successor has committed', async () => {
  for (const commits of [true, false]) {
    const dir = await mkdtemp(join(tmpdir(), 'convergent-lease-'))
    const successor = fileStore(dir)
    let lease: Lease | undefined
    const overtake = async (): Promise<void> => {
      const next = await successor.claim('s', 'other', { takeOver: { fence: (lease as Lease).fence, reason: 'it stands still' } })
      if (commits) await successor.commit(sampleState('s', 1, 'of the successor'), { expectedSerial: 0, lease: next })
    }
    const rename: FileSystem['rename'] = async (from, to) => {
      if (String(to).endsWith('state.jsonl')) await overtake()
      await nodeFileSystem.rename(from, to)
    }
    const store = fileStore(dir, { fileSystem: { ...nodeFileSystem, rename } })
    lease = await store.claim('s', 'me')
    await expect(store.commit(sampleState('s', 1, 'of the overtaken'), { expectedSerial: 0, lease })).rejects.toMatchObject({ code: 'lease-lost' })
    expect(await successor.load('s')).toEqual(commits ? sampleState('s', 1, 'of the successor') : undefined)
    await rm(dir, { recursive: true, force: true })
  }
})

test('a commit that finds the state of its successor has lost its lease', async () => {
  const successor = fileStore(dir)
  let lease: Lease | undefined
  let isArmed = false
  const open: FileSystem['open'] = async (...given) => {
    if (isArmed && String(given[0]).endsWith('state.jsonl')) {
      isArmed = false
      const next = await takeOver(lease as Lease)
      await successor.commit(sampleState('s', 1), { expectedSerial: 0, lease: next })
    }
    return nodeFileSystem.open(...given)
  }
  const store = fileStore(dir, { fileSystem: { ...nodeFileSystem, open } })
  lease = await store.claim('s', 'me')
  isArmed = true
  await expect(store.commit(sampleState('s', 1, 'of the overtaken'), { expectedSerial: 0, lease })).rejects.toMatchObject({ code: 'lease-lost' })
})

test('a claim that cannot be read is named to who looks at it', async () => {
  const store = fileStore(dir)
  await store.claim('s', 'me')
  await writeFile(inLease('1.held'), '{}')
  await expect(store.holding('s')).rejects.toThrow(/1\.held: .*rename it to 1\.free/)
})

test('a run that begins while its process is overtaken has not begun', async () => {
  for (const at of ['open', 'link'] as const) {
    const dir = await mkdtemp(join(tmpdir(), 'convergent-lease-'))
    const successor = fileStore(dir)
    let lease: Lease | undefined
    const overtake = async (path: string): Promise<void> => {
      if (path.includes('runs') && path.includes('.writing-')) await successor.claim('s', 'other', { takeOver: { fence: (lease as Lease).fence, reason: 'it stands still' } })
    }
    const fileSystem: FileSystem = {
      ...nodeFileSystem,
      async open(...given) {
        if (at === 'open') await overtake(String(given[0]))
        return nodeFileSystem.open(...given)
      },
      async link(from, to) {
        if (at === 'link') await overtake(String(from))
        await nodeFileSystem.link(from, to)
      },
    }
    const store = fileStore(dir, { fileSystem })
    lease = await store.claim('s', 'me')
    await expect(store.append(lease, 'r', [sampleStep('1')])).rejects.toMatchObject({ code: 'lease-lost' })
    expect([await successor.runs('s'), await fileStore(dir).runs('s')]).toEqual([[], []])
    await rm(dir, { recursive: true, force: true })
  }
})
