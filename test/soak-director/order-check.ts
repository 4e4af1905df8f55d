import type { RunInfo, Store } from '../../src/store/store.ts'
import { STACK } from './messages.ts'
import type { Scene } from './scene.ts'

/**
 * Reads what the journals say of orders: each was saved before anybody asked for it, and nothing was ordered again while an
 * order for the same that was saved was not over.
 */
export async function checkOrders(store: Store, runs: readonly RunInfo[], { polled, repeated }: Scene['orders']): Promise<readonly string[]> {
  const saved = new Set<string>()
  for (const { id } of runs) for await (const entry of store.entries(STACK, id)) if (entry.kind === 'handle') saved.add(entry.handle.split('/').at(-1) as string)
  return [
    ...[...polled].filter((order) => !saved.has(order)).map((order) => `the order ${order} was asked for, and was not saved`),
    ...[...repeated.values()].filter(({ earlier }) => saved.has(earlier)).map(({ subject, earlier, later }) => `${subject}: ordered (${later}) while ${earlier} was not over, which was saved`),
  ]
}
