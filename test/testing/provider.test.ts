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
  const run = (name: string, open: () => Promise<OpenedProvider>): Promise<void> => providerCases(open).find((each) => each.name === name)?.run() ?? Promise.reject(new SkippedCase(name))
  test.each(Object.entries(brokenTypes))('%s', async (name, breaks) => {
    const found = await run(name, () => openBroken(breaks)).then(() => undefined, (error: unknown) => error)
    expect(found).toBeInstanceOf(Error)
    expect(found).not.toBeInstanceOf(SkippedCase)
    if (process.env['SHOW'] !== undefined) console.log(name, '→', (found as Error).message)
  })
  test.each(Object.entries(brokenBackends))('%s', async (name, breaks) => {
    const open = async (): Promise<OpenedProvider> => {
      const world = await openRest()
      return { ...world, faults: { ...world.faults, ...breaks(world.faults) } }
    }
    const found = await run(name, open).then(() => undefined, (error: unknown) => error)
    expect(found).toBeInstanceOf(Error)
    expect(found).not.toBeInstanceOf(SkippedCase)
    if (process.env['SHOW'] !== undefined) console.log(name, '→', (found as Error).message)
  })
})
