import type { DeclaredOperation } from '../../core/operation.ts'

/** How to work through many things, a few at a time. */
export interface RollingOptions<T> {
  /** At once, at the most. */
  readonly size: number
  /** What is done with each. */
  readonly each: (item: T) => DeclaredOperation | readonly DeclaredOperation[]
  /** What must succeed before the next ones are begun: a health check. Default: nothing beside the operations themselves. */
  readonly verify?: (items: readonly T[], batch: number) => DeclaredOperation | readonly DeclaredOperation[]
}

/**
 * Operations that work through many things, at most `size` at a time, with a check between: the first that fails keeps the
 * rest from being begun. Throws a RangeError for a size below 1.
 *
 * @example
 * ```ts
 * import { declareOperations, defineOperations, rolling } from 'convergent/operations'
 *
 * const { restart, verify } = declareOperations(defineOperations({ restart: { run: async () => {} }, verify: { run: async () => {} } }))
 * const operations = rolling(['a', 'b', 'c'], { size: 2, each: (name) => restart(name, {}), verify: (_, batch) => verify(`batch ${batch}`, {}) })
 * operations.map(({ address }) => address) // => ['restart/a', 'restart/b', 'verify/batch 1', 'restart/c', 'verify/batch 2']
 * operations[3]?.dependsOn // => ['verify/batch 1']
 * ```
 */
export function rolling<T>(items: readonly T[], { size, each, verify }: RollingOptions<T>): readonly DeclaredOperation[] {
  if (!(Number.isInteger(size) && size >= 1)) throw new RangeError(`rolling: size is ${size}, expected a whole number of 1 or more`)
  const all: DeclaredOperation[] = []
  let before: readonly string[] = []
  for (let at = 0, batch = 1; at < items.length; at += size, batch++) {
    const some = items.slice(at, at + size)
    const begun = some.flatMap(each).map((operation) => waitFor(operation, before))
    const checks = verify === undefined ? [] : [verify(some, batch)].flat().map((operation) => waitFor(operation, begun.map(({ address }) => address)))
    all.push(...begun, ...checks)
    before = (checks.length > 0 ? checks : begun).map(({ address }) => address)
  }
  return all
}

function waitFor(operation: DeclaredOperation, others: readonly string[]): DeclaredOperation {
  return others.length === 0 ? operation : { ...operation, dependsOn: [...new Set([...(operation.dependsOn ?? []), ...others])] }
}
