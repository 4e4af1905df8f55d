import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { bundleHost } from './bundle.ts'
import type { StoreKind } from './messages.ts'
import { soakPostgres, type SoakMode } from './soak.ts'

const TIMEOUT_MS = 180_000
/** The short version of `npm run soak:postgres`. */
const SOAKS: readonly (readonly [SoakMode, StoreKind, number])[] = [
  ['kill', 'file', 2],
  ['kill', 'postgres', 3],
  ['restart', 'postgres', 1],
]

let folder = ''
let bundle: { readonly host: string }
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'convergent-soak-'))
  bundle = await bundleHost(folder)
}, TIMEOUT_MS)
afterAll(() => rm(folder, { recursive: true, force: true }))

describe.concurrent('on a real server, hosts come to the declared end: nothing missing, nothing twice, nothing left over', () => {
  it.for(SOAKS)('%s, %s store, %i times', { timeout: TIMEOUT_MS }, async ([mode, store, kills], { expect }) => {
    const report = await soakPostgres({ mode, store, kills, resources: 22, seed: 4, cycle: 3, bundle })
    expect(report.faults).toEqual([])
    expect(report.killCount).toBeGreaterThanOrEqual(kills)
    expect(report.steps).toBeGreaterThan(0)
    expect(report.changes).toBeGreaterThan(0)
  })
})
