import { describe, expect, test } from 'vitest'
import { SkippedCase } from '../../src/testing/store-case.ts'
import { checkProvider } from '../../src/testing/provider-check.ts'
import { providerCases } from '../../src/testing/provider-cases.ts'
import type { OpenedProvider } from '../../src/testing/provider-case.ts'
import { brokenBackends, brokenTypes } from './broken-providers.ts'
import { openFake } from './fake-world.ts'
import { openRest } from './rest-world.ts'

const names = providerCases(openRest).map(({ name }) => name)

/** Another provider whose types are all broken in the same way. */
async function openBroken(breaks: (typeof brokenTypes)[string]): Promise<OpenedProvider> {
  const world = await openRest()
  const types = Object.fromEntries(Object.entries(world.provider.types).map(([name, type]) => [name, { ...type, ...breaks(type as never, world) }]))
  return { ...world, provider: { ...world.provider, types: types as never } }
}

describe('sound providers keep every case', () => {
  test('the fake backend', async () => {
    const report = await checkProvider(openFake)
    expect(report.failed).toEqual([])
    expect(report.skipped).toEqual(['run: an object that is not visible yet is waited for'])
  })
  test('a REST provider', async () => {
    expect(await checkProvider(openRest)).toEqual({ passed: names, failed: [], skipped: [] })
  })
})

describe('a broken provider fails the case that is about it', () => {
  test('there is one for each case', () => {
    expect([...Object.keys(brokenTypes), ...Object.keys(brokenBackends)].sort()).toEqual([...names].sort())
  })
  const expectFailed = async (name: string, open: () => Promise<OpenedProvider>): Promise<void> => {
    const found: unknown = await providerCases(open).find((each) => each.name === name)?.run().then(() => 'it was kept', (error: unknown) => error)
    expect(found).toBeInstanceOf(Error)
    expect(found).not.toBeInstanceOf(SkippedCase)
  }
  test.each(Object.entries(brokenTypes))('%s', (name, breaks) => expectFailed(name, () => openBroken(breaks)))
  test.each(Object.entries(brokenBackends))('%s', (name, breaks) =>
    expectFailed(name, async () => {
      const world = await openRest()
      return { ...world, faults: { ...world.faults, ...breaks(world.faults) } }
    }),
  )
})

describe('checkProvider', () => {
  test('names the type of what failed, and the fault in words', async () => {
    const { failed } = await checkProvider(() => openBroken(brokenTypes['update: keeps the id'] as never))
    expect(failed.find(({ name }) => name === 'update: keeps the id')?.error.message).toBe('team: the id after an update: expected "id-1", found "another"')
  })
  test('skips what needs a fault that is not given, and what applies to no type', async () => {
    const { failed, skipped } = await checkProvider(async () => {
      const { provider, subjects } = await openRest()
      return { provider, subjects: { settings: subjects.settings } }
    })
    expect(failed).toEqual([])
    expect(skipped).toEqual(expect.arrayContaining(['read: nothing is undefined', 'list: is whole or an error', 'find: shows the object whole', 'run: a lost reply leaves one object', ...names.filter((name) => name.startsWith('abort:'))]))
    expect(skipped).not.toContain('update: keeps the id')
  })
  test('opens a fresh one for each case and type, and closes each', async () => {
    let [opened, closed] = [0, 0]
    const open = async (): Promise<OpenedProvider> => {
      opened++
      return { ...(await openFake()), close: async () => void closed++ }
    }
    await providerCases(open)[0]?.run()
    expect([opened, closed]).toEqual([7, 7])
  })
  test.each([
    ['a type that the provider lacks', { teem: { declare: () => [] } }, 'teem: the provider has no type teem; subjects are given by the name of their type'],
    ['no subjects', {}, 'subjects: open gives no subjects; give at least one resource type to try'],
  ])('says so of %s', async (_, subjects, message) => {
    const { failed } = await checkProvider(async () => ({ ...(await openRest()), subjects }))
    expect(failed.map(({ error }) => error.message)).toEqual(names.map(() => message))
  })
})
