import type { DefinedOperations, OperationDefinition } from './operation.ts'
import { ProviderDefinitionError } from './define.ts'

/**
 * Defines operation types; their parameters are inferred from their schemas. Throws `provider-definition`, naming the type,
 * for one that cannot work as it is defined.
 *
 * @example
 * ```ts
 * import { defineOperations } from 'convergent/operations'
 * import * as z from 'zod'
 *
 * const running = new Set<string>()
 * const operations = defineOperations({
 *   start: {
 *     schema: z.strictObject({ process: z.string() }),
 *     isDone: async ({ process }) => running.has(process),
 *     run: async ({ process }) => void running.add(process),
 *     undo: async ({ process }) => void running.delete(process),
 *   },
 * })
 * Object.keys(operations) // => ['start']
 * ```
 */
export function defineOperations<const N extends string>(types: { readonly [K in N]: OperationDefinition<undefined> }): DefinedOperations<Readonly<Record<N, undefined>>>
export function defineOperations<S>(types: { readonly [K in keyof S]: OperationDefinition<S[K]> }): DefinedOperations<S>
export function defineOperations<S>(types: { readonly [K in keyof S]: OperationDefinition<S[K]> }): DefinedOperations<S> {
  for (const [name, type] of Object.entries(types as Readonly<Record<string, OperationDefinition<undefined>>>)) {
    const refuse = (problem: string): never => {
      throw new ProviderDefinitionError(`operation type ${JSON.stringify(name)}: ${problem}`)
    }
    if (name === '' || name.includes('/')) refuse('a type name is not empty and holds no "/"')
    if (typeof type.run !== 'function') refuse('run is missing; it is the minimum')
    const names = (type.checks ?? []).map((check) => check.name)
    const twice = names.find((check, at) => names.indexOf(check) !== at)
    if (twice !== undefined) refuse(`it has two checks that are called ${twice}`)
  }
  return types as unknown as DefinedOperations<S>
}
