import { apply } from '../../../src/engine/apply.ts'
import { plan } from '../../../src/engine/plan.ts'
import { fileStore } from '../../../src/node/file-store.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { createBackend } from '../backend.ts'
import { declareShape } from '../shape.ts'
import type { Peer } from './peer.ts'

/** Our own on the same work: planned and applied. */
function ours(isDurable: boolean): Peer {
  let stacks = 0
  return async ({ size, concurrency, folder }) => {
    const desired = declareShape('independent', size)
    const options = { provider: createBackend().provider, store: isDurable ? fileStore(folder) : memoryStore(), stack: `s${++stacks}`, concurrency }
    return {
      async run() {
        const { success } = await apply(await plan(desired, options), options)
        if (!success) throw new Error('the run did not succeed')
      },
    }
  }
}

export const oursOnDisk = ours(true)
export const oursInMemory = ours(false)
