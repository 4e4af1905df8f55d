import { appendFile, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { formatEntry } from '../../src/format/journal.ts'
import { fileStore } from '../../src/node/file-store.ts'
import { readEntries, sampleStep } from '../../src/testing/store-sample.ts'
import { createFaultyFiles } from './faulty-files.ts'
import { makeFolder } from './image.ts'

let dir = ''
beforeEach(async () => {
  dir = await makeFolder()
})
afterEach(() => rm(dir, { recursive: true, force: true }))
const journal = (): string => join(dir, 'stacks', 's', 'runs', 'r.1.jsonl')
/** The number of the operation that an append of this kind makes, counted from the start. */
async function findOperation(name: string): Promise<number> {
  const folder = await makeFolder()
  const { fileSystem, operations } = createFaultyFiles()
  const store = fileStore(folder, { fileSystem })
  const lease = await store.claim('s', 'me')
  await store.append(lease, 'r', [sampleStep('1')])
  const before = operations.length
  await store.append(lease, 'r', [sampleStep('2')])
  const found = before + 1 + operations.slice(before).findIndex((operation) => operation.startsWith(name))
  await store.release(lease)
  await rm(folder, { recursive: true })
  return found
}

test.each(['datasync', 'write'])('after a failed %s what is not durable is cut off, and no later sync makes up for it', async (name) => {
  const { fileSystem, operations } = createFaultyFiles({ at: await findOperation(name), code: 'EIO' })
  const store = fileStore(dir, { fileSystem })
  const lease = await store.claim('s', 'me')
  await store.append(lease, 'r', [sampleStep('1')])
  const durable = await readFile(journal())
  await expect(store.append(lease, 'r', [sampleStep('2')])).rejects.toThrow(`${journal()}: ${name} failed with EIO: the disk reports a fault`)
  expect(await readFile(journal())).toEqual(durable)
  // The file that failed is closed for good: nothing is written to it again under this claim.
  const count = operations.length
  await expect(store.append(lease, 'r', [sampleStep('3')])).rejects.toThrow(/an earlier append failed, so nobody knows what is on the disk; claim the stack again/)
  expect(operations.slice(count)).toEqual([])
  await store.release(lease)
  const next = await store.claim('s', 'me')
  await store.append(next, 'r', [sampleStep('4')])
  expect(await readFile(journal())).toEqual(durable)
  expect(await readEntries(fileStore(dir), 's', 'r')).toEqual([sampleStep('1'), sampleStep('4')])
  await store.release(next)
})

test('what a holder wrote and did not sync before it died is made durable before anybody relies on it', async () => {
  const store = fileStore(dir)
  const lease = await store.claim('s', 'me')
  await store.append(lease, 'r', [sampleStep('1')])
  await store.release(lease)
  await appendFile(journal(), formatEntry(sampleStep('2')))
  const { fileSystem, operations } = createFaultyFiles()
  const next = fileStore(dir, { fileSystem })
  const claim = await next.claim('s', 'next')
  expect(operations.filter((operation) => operation === `datasync ${journal()}`)).toHaveLength(1)
  expect(operations.indexOf(`datasync ${journal()}`)).toBeLessThan(operations.indexOf(`stat ${journal()}`))
  expect(await readEntries(next, 's', 'r')).toEqual([sampleStep('1'), sampleStep('2')])
  await next.release(claim)
})

test('a claim is refused when what was there cannot be made durable, and nobody holds the stack then', async () => {
  const store = fileStore(dir)
  const lease = await store.claim('s', 'me')
  await store.append(lease, 'r', [sampleStep('1')])
  await store.release(lease)
  const { fileSystem, operations } = createFaultyFiles()
  const first = await fileStore(dir, { fileSystem }).claim('s', 'me')
  const at = operations.indexOf(`datasync ${journal()}`) + 1
  await store.release(first)
  await expect(fileStore(dir, { fileSystem: createFaultyFiles({ at, code: 'EIO' }).fileSystem }).claim('s', 'me')).rejects.toThrow(`${journal()}: datasync failed with EIO`)
  expect(await store.holding('s')).toBeUndefined()
})

test('a claim that a disk does not let go is free for this process, and held for others', async () => {
  const rename = async (): Promise<never> => Promise.reject(Object.assign(new Error('EROFS'), { code: 'EROFS', syscall: 'rename' }))
  const healthy = createFaultyFiles().fileSystem
  let isReadOnly = false
  const store = fileStore(dir, { fileSystem: { ...healthy, rename: (from, to) => (isReadOnly ? rename() : healthy.rename(from, to)) } })
  const lease = await store.claim('s', 'me')
  isReadOnly = true
  await expect(store.release(lease)).rejects.toMatchObject({ code: 'store' })
  isReadOnly = false
  expect(await readFile(join(dir, 'stacks', 's', 'lease', '1.held'), 'utf8')).toContain('"holder":"me"')
  expect(await fileStore(dir).holding('s')).toBeUndefined()
  expect((await fileStore(dir).claim('s', 'again')).fence).toBe(2)
})
