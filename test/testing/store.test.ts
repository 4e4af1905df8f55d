import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fileStore } from '../../src/node/file-store.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { checkStore } from '../../src/testing/store-check.ts'
import { storeCases } from '../../src/testing/store-cases.ts'
import { brokenByReopening, brokenStores, placeStore } from './broken-stores.ts'

const openPlace = async (breaks: (typeof brokenStores)[string] = () => ({})) => {
  const sound = placeStore()
  const store = { ...sound, ...breaks(sound) }
  return { store, reopen: async () => store }
}

describe('sound stores keep every case', () => {
  test('memoryStore', async () => {
    const report = await checkStore(async () => ({ store: memoryStore() }))
    expect(report.failed).toEqual([])
    expect(report.skipped).toEqual([...brokenByReopening, 'state: a backup changes nothing'].sort((a, b) => names.indexOf(a) - names.indexOf(b)))
  })
  test('a memory store that says it is shared and durable', async () => {
    expect(await checkStore(() => openPlace())).toEqual({ passed: names, failed: [], skipped: [] })
  })
  test('fileStore', async () => {
    const report = await checkStore(async () => {
      const dir = await mkdtemp(join(tmpdir(), 'convergent-store-'))
      return { store: fileStore(dir), reopen: async () => fileStore(dir), close: () => rm(dir, { recursive: true }) }
    })
    expect(report).toEqual({ passed: names, failed: [], skipped: [] })
  })
})

const names = storeCases(openPlace).map(({ name }) => name)

describe('a broken store fails the case that is about it', () => {
  test('there is one for each case', () => {
    expect([...Object.keys(brokenStores), ...brokenByReopening].sort()).toEqual([...names].sort())
  })
  test.each(Object.entries(brokenStores))('%s', async (name, breaks) => {
    const { failed } = await checkStore(() => openPlace(breaks))
    expect(failed.map((failure) => failure.name)).toContain(name)
  })
  test.each(brokenByReopening)('%s', async (name) => {
    const { failed } = await checkStore(async () => ({ store: placeStore(), reopen: async () => placeStore() }))
    expect(failed.map((failure) => failure.name)).toContain(name)
  })
})
