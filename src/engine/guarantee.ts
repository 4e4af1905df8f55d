import type { Guarantee } from '../core/rules.ts'
import type { OperationType } from '../provider/operation.ts'
import type { ResourceType } from '../provider/provider.ts'

/** What a crash or a lost reply during a create of a type comes to; it follows from what its backend can do. */
export function guaranteeOf(type: ResourceType): Guarantee {
  if (type.idempotent === true) return 'exactly-once'
  return type.find === undefined ? 'interrupted' : 'found-by-key'
}

/** The same for an operation: one that can be asked, or run again, is never left open. */
export function guaranteeOfOperation({ isDone, idempotent }: OperationType<object>): Guarantee {
  return isDone !== undefined || idempotent === true ? 'exactly-once' : 'interrupted'
}
