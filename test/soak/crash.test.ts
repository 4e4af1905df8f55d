import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { bundleProcesses, type Bundle } from './bundle.ts'
import { soakCrashes, type SoakMode } from './soak.ts'

const TIMEOUT_MS = 300_000
/** Eleven deaths: the short version of `npm run soak:crash`. */
const KILLS: readonly (readonly [SoakMode, number])[] = [
  ['host', 4],
  ['server', 5],
  ['suspend', 2],
]

let folder = ''
let bundle: Bundle
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'convergent-soak-'))
  bundle = await bundleProcesses(folder)
}, TIMEOUT_MS)
afterAll(() => rm(folder, { recursive: true, force: true }))

describe.concurrent('processes that die come to the declared end: nothing missing, nothing twice, nothing left over', () => {
  it.for(KILLS)(
    '%s, %i times',
    { timeout: TIMEOUT_MS },
    async ([mode, kills], { expect }) => {
      const report = await soakCrashes({ mode, kills, resources: 40, seed: 1, cycle: 3, bundle })
      expect(report.faults).toEqual([])
      expect(report.killCount).toBeGreaterThanOrEqual(kills)
      expect(report.resumes).toBeGreaterThan(0)
      expect(report.steps).toBeGreaterThan(0)
    },
  )
})
