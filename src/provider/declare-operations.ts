import { formatAddress } from '../core/address.ts'
import type { Fields } from '../core/json.ts'
import type { DeclaredOperation } from '../core/operation.ts'
import type { DeclarableFields } from './declare.ts'
import type { OperationType } from './operation.ts'

/** What a declaration may say beside the parameters. */
export type DeclareOperationOptions = Pick<DeclaredOperation, 'dependsOn'>

/** One function for each operation type. */
export type OperationDeclarations<T> = {
  readonly [N in keyof T]: (name: string, params: T[N] extends OperationType<infer P> ? DeclarableFields<P> : Fields, options?: DeclareOperationOptions) => DeclaredOperation
}

/**
 * Gives one typed function for each operation type: a misspelt type or parameter does not compile.
 *
 * @example
 * ```ts
 * import { declareOperations, defineOperations } from 'convergent/operations'
 * import * as z from 'zod'
 *
 * const operations = defineOperations({ wait: { schema: z.strictObject({ seconds: z.number() }), run: async () => {} } })
 * const { wait } = declareOperations(operations)
 * wait('a moment', { seconds: 1 }).address // => 'wait/a moment'
 * ```
 */
export function declareOperations<T extends object>(operations: T): OperationDeclarations<T> {
  const declare = (type: string) => (name: string, params: Fields, options: DeclareOperationOptions = {}): DeclaredOperation => ({ type, name, address: formatAddress(type, name), params, ...options })
  return Object.fromEntries(Object.keys(operations).map((type) => [type, declare(type)])) as unknown as OperationDeclarations<T>
}
