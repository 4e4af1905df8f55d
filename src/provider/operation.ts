import type { FaultKind } from '../core/errors.ts'
import type { Action } from '../core/action.ts'
import type { Fields } from '../core/json.ts'
import type { CheckResult, OperationChange, OperationResult, ResourceEstimate } from '../core/operation.ts'
import type { InferInput, StandardSchema } from '../core/schema.ts'
import type { CallContext, ReadContext } from './context.ts'

/** What a check says: nothing (it passed), why it failed, or all of it. One that throws has failed. */
export type CheckVerdict = void | string | Pick<CheckResult, 'status' | 'message' | 'details'>

/** Something that must hold before an operation: a port is free, a file has its checksum. */
export interface Check<P extends object = Fields> {
  /** Unique in its type. */
  readonly name: string
  /** False: where it fails, that is a warning. Default: true. */
  readonly required?: boolean
  /** When it is asked: when the plan is made, right before the operation, or both. Default: both. */
  readonly at?: 'plan' | 'run'
  /** Asks. It changes nothing. */
  run(params: P, context: ReadContext): CheckVerdict | Promise<CheckVerdict>
}

/** What every run of an operation gets. */
export interface OperationContext extends CallContext {
  /** What stands behind the type in the address. */
  readonly name: string
  /** Adds to what it printed, which its journal keeps. */
  readonly print: (text: string) => void
}

/** What taking an operation back gets. */
export interface UndoContext extends OperationContext {
  /** What the operation printed, changed and returned. */
  readonly result: OperationResult
}

/** What an operation comes to, as it says itself. */
export type OperationReply = Omit<OperationResult, 'output'>

/** Knows how to do something that is no resource: start a process, wait, verify. Only `run` is needed. */
export interface OperationType<P extends object = Fields> {
  /** Checks parameters; a zod schema, or any Standard Schema. Default: anything goes. */
  readonly schema?: StandardSchema
  /** Does it. What it returns is kept for `undo`: plain JSON, no secrets. */
  run(params: P, context: OperationContext): Promise<OperationReply | void>
  /** True when it is done, whoever did it: then it is not run. It also tells after a crash whether it happened; one that saved a handle is not asked then, but run with it. Default: nobody can tell, so an operation that was cut off needs a decision. */
  isDone?(params: P, context: ReadContext): Promise<boolean>
  /** Takes it back; what a rollback does. Default: a rollback names it as needing a person. */
  undo?(params: P, context: UndoContext): Promise<OperationReply | void>
  /** What it does, in words. Default: type and name. */
  describe?(params: P): string
  /** What it is expected to change. Default: nothing is said. */
  expects?(params: P): readonly OperationChange[]
  /** What it takes. Default: nobody knows. */
  estimate?(params: P): ResourceEstimate
  /** What must hold before it. Default: nothing. */
  readonly checks?: readonly Check<P>[]
  /** True: it may be run again when nobody knows whether it happened. Default: false. */
  readonly idempotent?: boolean
  /** Each attempt is aborted after this. Default: the run's. */
  readonly timeoutMs?: number
  /** Operations of the type under way at once. Default: no limit of its own. */
  readonly concurrency?: number
  /** Actions of the same key, of whatever type, run one at a time. Default: none. */
  readonly serialKey?: string | ((action: Action) => string | undefined)
  /** The group that makes effective what it writes, of the provider's `settleGroups`. Default: it is effective at once. */
  readonly settleGroup?: string
  /** True: what it depends on is settled before it runs. Default: false. */
  readonly settleBefore?: boolean
  /** Says how a fault is to be treated; undefined leaves it to the provider and then to the engine. */
  classify?(error: unknown): FaultKind | undefined
}

/** Operation types by name. */
export type OperationTypes = Readonly<Record<string, OperationType<object>>>

/** Parameters by a schema; without one anything goes. */
export type ParamsOf<S> = S extends StandardSchema ? (InferInput<S> extends object ? InferInput<S> : Fields) : Fields

/** An operation type as it is written down: its parameters follow from its schema. */
export type OperationDefinition<S> = Omit<OperationType<ParamsOf<S>>, 'schema'> & {
  /** Checks parameters; a zod schema, or any Standard Schema. Default: anything goes. */
  readonly schema?: S
}

/** Operation types with their parameters. */
export type DefinedOperations<S> = { readonly [K in keyof S]: OperationType<ParamsOf<S[K]>> }
