import type { RunInfo, Store } from '../../src/store/store.ts'
import { STACK } from '../soak-parts/stage.ts'
import type { Scene } from './scene.ts'

/**
 * Reads what the journals say of futures: each was saved before anybody asked for it, and nothing was deleted again while a
 * future of the same that was saved was not over.
 */
export async function checkFutures(store: Store, runs: readonly RunInfo[], { polled, repeated }: Scene['futures']): Promise<readonly string[]> {
  const saved = new Set<string>()
  for (const { id } of runs) for await (const entry of store.entries(STACK, id)) if (entry.kind === 'handle') saved.add(entry.handle)
  return [
    ...[...polled].filter((future) => !saved.has(future)).map((future) => `the future ${future} was asked for, and was not saved`),
    ...[...repeated.values()].filter(({ earlier }) => saved.has(earlier)).map(({ subject, earlier, later }) => `${subject}: deleted again (${later}) while ${earlier} was not over, which was saved`),
  ]
}
