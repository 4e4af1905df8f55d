import type { State } from '../../src/core/state.ts'
import { fileStore } from '../../src/node/file-store.ts'
import type { Lease } from '../../src/store/store.ts'
import { sampleEnd, sampleStart, sampleState, sampleStep } from '../../src/testing/store-sample.ts'

// One of two processes on one folder: claims, writes a run, adds a resource to the state, prunes, and gives the stack back.
const [, , dir, name, times] = process.argv as unknown as readonly [string, string, string, string, string]
const store = fileStore(dir)

async function claim(): Promise<Lease> {
  for (;;) {
    try {
      return await store.claim('s', name)
    } catch (error) {
      if ((error as { readonly code?: string }).code !== 'lease-held') throw error
    }
  }
}

for (let turn = 0; turn < Number(times); turn++) {
  const lease = await claim()
  const run = `${name}-${turn}`
  await store.put('s', 'plan', `plan-of-${run}`, 'a plan')
  await store.backup?.('s')
  await store.append(lease, run, [sampleStart(run, lease), sampleStep('1')])
  const state = await store.load('s')
  const made = sampleState('s', (state?.serial ?? 0) + 1, run)
  const next: State = { ...made, resources: new Map([...(state?.resources ?? []), ...made.resources]) }
  await store.commit(next, { expectedSerial: state?.serial ?? 0, lease })
  await store.append(lease, run, [sampleEnd()])
  await store.prune?.('s', { runs: 3, plans: 3 })
  await store.release(lease)
}
