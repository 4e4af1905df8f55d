import { sampleStart, sampleStep } from '../../src/testing/store-sample.ts'
import type { ClaimOptions, Store } from '../../src/store/store.ts'

/** Claims a stack and appends for ever, at most 20 at a time; prints the number of each append that resolved. For a process of its own. */
export async function appendForever(store: Store, stack: string, claim?: ClaimOptions): Promise<never> {
  const lease = await store.claim(stack, 'child', claim)
  await store.append(lease, 'r', [sampleStart('r', lease)])
  let next = 0
  const worker = async (): Promise<never> => {
    for (;;) {
      const mine = next++
      await store.append(lease, 'r', [sampleStep(String(mine))])
      process.stdout.write(`${mine}\n`)
    }
  }
  return Promise.race(Array.from({ length: 20 }, worker))
}
