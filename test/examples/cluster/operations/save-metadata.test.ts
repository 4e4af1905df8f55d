import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OperationContext, UndoContext } from 'convergent/operations'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Metadata } from '../../../../examples/cluster/metadata.ts'
import { saveMetadata } from '../../../../examples/cluster/operations/save-metadata.ts'

/** What one run of it gets: the handle that an earlier one saved, and a place for its own. */
const call = (savedHandle?: string): OperationContext & { saved?: string } => {
  const context: { saved?: string } & Partial<OperationContext> = { ...(savedHandle !== undefined && { savedHandle }), saveHandle: async (handle) => void (context.saved = handle) }
  return context as OperationContext
}
const undoing = (value: unknown): UndoContext => ({ result: { value } }) as UndoContext
const describeCluster = (name: string): Metadata => ({
  format: 'cluster',
  version: 1,
  cluster: { name, engine: 'redis', topology: 'standalone', binary: { name: 'redis', version: '1', source: '', programs: '', program: '', isOnHosts: true, bytes: 0 }, synchronous: 0, directory: '/d', waitMs: 1, instances: [] },
})
let folder = ''
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'convergent-metadata-'))))
afterEach(() => rmSync(folder, { recursive: true }))

it('what was written down last is brought back, also where it was cut off right after it had happened', async () => {
  const file = join(folder, 'shop.json')
  await saveMetadata.run({ file, metadata: describeCluster('first') }, call())
  const first = readFileSync(file, 'utf8')
  const cutOff = call()
  await saveMetadata.run({ file, metadata: describeCluster('second') }, cutOff)
  expect(await saveMetadata.isDone({ file, metadata: describeCluster('second') })).toBe(true)
  const resumed = await saveMetadata.run({ file, metadata: describeCluster('second') }, call(cutOff.saved))
  await saveMetadata.undo({ file }, undoing(resumed.value))
  expect(readFileSync(file, 'utf8')).toBe(first)
  await saveMetadata.undo({ file }, undoing(null))
  expect(readdirSync(folder)).toEqual([])
})

it('a cluster that is forgotten leaves nothing', async () => {
  const file = join(folder, 'shop.json')
  await saveMetadata.run({ file, metadata: describeCluster('first') }, call())
  await saveMetadata.run({ file }, call())
  expect(readdirSync(folder)).toEqual([])
})
