import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { StateFile } from '../../src/cli/state-file.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

it('is written at once, then once a second at most, and once at the end', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'convergent-state-file-')), 'state.json')
  const clock = manualClock()
  const store = memoryStore()
  let loads = 0
  let underWay = 0
  const watched = {
    ...store,
    load: async (stack: string) => {
      loads++
      expect(++underWay).toBe(1)
      return store.load(stack).finally(() => underWay--)
    },
  }
  const warnings: string[] = []
  const file = new StateFile({ path, store: watched, stack: 's', warn: (text) => warnings.push(text), clock })
  const written = (): Promise<void> => vi.waitFor(() => expect(readFileSync(path, 'utf8')).toBe('{\n  "stack": "s",\n  "serial": 0,\n  "resources": []\n}\n'))
  file.note()
  file.note()
  expect(loads).toBe(1)
  await written()
  file.note()
  await clock.advance(900)
  expect(loads).toBe(1)
  await clock.advance(200)
  await vi.waitFor(() => expect(loads).toBe(2))
  file.note()
  await file.finish()
  expect([loads, warnings]).toEqual([3, []])
  await clock.advance(10_000)
  expect(loads).toBe(3)
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
})
