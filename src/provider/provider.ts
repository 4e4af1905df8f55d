import type { FaultKind } from '../core/errors.ts'
import type { Action } from '../core/action.ts'
import type { Fields } from '../core/json.ts'
import type { Observed } from '../core/observed.ts'
import type { TypeRules } from '../core/rules.ts'
import type { StandardSchema } from '../core/schema.ts'
import type { CallContext, ReadContext } from './context.ts'
import type { OperationTypes } from './operation.ts'
import type { SettleGroup } from './settle-group.ts'

/** Which object, and the one that it lives in for types with a parent. */
export interface Target {
  /** The backend's own identifier. */
  readonly id: string
  /** The id of the object it lives in, for types with a parent. */
  readonly parentId?: string
}

/** What to create. */
export interface CreateRequest<I> {
  /** The resource's name: what stands behind the type in its address. */
  readonly name: string
  /** As declared, with every reference, deferred and sensitive value resolved. */
  readonly inputs: I
  /** The id of the object it lives in, for types with a parent. */
  readonly parentId?: string
}

/** What to change. */
export interface UpdateRequest<I> extends Target {
  /** The resource's name: what stands behind the type in its address. */
  readonly name: string
  /** As declared, with every reference, deferred and sensitive value resolved. */
  readonly inputs: I
  /** Only what changes, as a JSON merge patch (RFC 7396): `null` unsets. */
  readonly patch: Fields
  /** The object as it was read right before. */
  readonly before: Observed
}

/** What to delete. */
export interface DeleteRequest extends Target {
  /** The resource's name: what stands behind the type in its address. */
  readonly name: string
  /** As last known; a part of it when it came from a list. */
  readonly outputs: Fields
  /** What goes for good beside the object, as the plan says it (`lossOnDelete`): only where this is there may the delete bring it about. */
  readonly loss?: string
}

/** How to look for an object that may exist already: after a crash, a lost reply, and right before a create. */
export interface FindRequest<I> {
  /** The resource's name: what stands behind the type in its address. */
  readonly name: string
  /** As declared, with every marker replaced by its value. */
  readonly inputs: I
  /** The id of the object it lives in, for types with a parent. */
  readonly parentId?: string
}

/** One of several requests that are made at once. */
export type BatchItem<Request> = Request & {
  /** The item's own: the same over retries and resumes of its action. */
  readonly idempotencyKey: string
}

/** What one of several came to: what the call for it alone would have returned, or what it would have thrown. */
export type ItemOutcome<T> =
  | {
      /** What it returned. */
      readonly value: T
    }
  | {
      /** What it threw. */
      readonly error: unknown
    }

/** What a call that changes several objects at once gets. */
export interface BatchContext extends ReadContext {
  /** Grows with each claim of the stack: a backend that checks it refuses a holder that was overtaken. */
  readonly fence: number
}

/**
 * Knows how to read, create, update and delete the resources of one type. `read`, `create`, `update` and `delete` are
 * the minimum; everything else is present or absent.
 */
export interface ResourceType<I extends object = object, O extends object = object> extends TypeRules {
  /** Accepts the inputs (zod 4 or any Standard Schema). Its output is never compared or sent. Default: anything goes. */
  readonly schema?: StandardSchema<I, unknown>
  /** Accepts the outputs: what the backend returns is checked with it, and output references are typed by it. Default: anything goes. */
  readonly outputs?: StandardSchema<O, unknown>
  /** Reads one object. Undefined only for proven absence; anything else throws. */
  read(target: Target, context: ReadContext): Promise<Observed | undefined>
  /** Creates, and returns the object as the backend now has it. */
  create(request: CreateRequest<I>, context: CallContext): Promise<Observed>
  /** Changes, and returns the object as the backend now has it. */
  update(request: UpdateRequest<I>, context: CallContext): Promise<Observed>
  /** Deletes. What is gone already is a `not-found` error or no error, both are success. */
  delete(request: DeleteRequest, context: CallContext): Promise<void>
  /** All objects of the type, or all that live in one parent. A list that cannot be whole throws. */
  list?(request: {
    /** The id of the object it lives in, for types with a parent. */
    readonly parentId?: string
  }, context: ReadContext): Promise<readonly Observed[]>
  /** `all`: one list shows the children of every parent, each with its `parentId`. Default: `parent`, one list for each. */
  readonly listedBy?: 'parent' | 'all'
  /** `summary`: the list leaves fields out, so what could differ is read one by one. Default: `whole`. */
  readonly listed?: 'whole' | 'summary'
  /** Finds an object by its natural key or ownership mark, and shows it whole. Undefined only for proven absence. */
  find?(request: FindRequest<I>, context: ReadContext): Promise<Observed | undefined>
  /**
   * Says what has become of a task whose handle a call saved (`saveHandle`): waits for its end as long as a call would, and
   * starts nothing. `running`: it was not over in time; `forgotten`: the backend does not know it any more;
   * `partial`: it stands for a call of several requests, of which some may have been made. A rollback and an abandon ask it. Default: nobody can tell, so what no read shows stays unknown to them.
   */
  awaitTask?(handle: string, context: ReadContext): Promise<'succeeded' | 'failed' | 'running' | 'forgotten' | 'partial'>
  /**
   * Creates several that are ready together, with one outcome for each, in their order. Each has its own entry in the journal, its
   * own retries and its own outcome. When it throws, each of them may have happened (unless the fault is `retryable`).
   * Default: `create` for each.
   */
  createMany?(items: readonly BatchItem<CreateRequest<I>>[], context: BatchContext): Promise<readonly ItemOutcome<Observed>[]>
  /** Deletes several that are ready together, likewise. Default: `delete` for each. */
  deleteMany?(items: readonly BatchItem<DeleteRequest>[], context: BatchContext): Promise<readonly ItemOutcome<void>[]>
  /** Reads several, likewise; `value` is undefined only for proven absence. Default: `read` for each. */
  readMany?(targets: readonly Target[], context: ReadContext): Promise<readonly ItemOutcome<Observed | undefined>[]>
  /** The most items of one of these calls; the run's concurrency is another bound. Default: 100. */
  readonly batchSize?: number
  /** True: `create` may be repeated with the same idempotency key or chosen id. Default: false. */
  readonly idempotent?: boolean
  /** How long a write may take to show, a new object to `find` and `list`: that it did not happen counts only after it. Default: 0. */
  readonly visibleWithinMs?: number
  /** Each attempt of a call is aborted after this. Default: the run's. */
  readonly timeoutMs?: number
  /** Actions of the type under way at once. Default: no limit of its own. */
  readonly concurrency?: number
  /** Actions of the same key, of whatever type, run one at a time: writes that a backend cannot take together. A name, or a function of the action. Default: none. */
  readonly serialKey?: string | ((action: Action) => string | undefined)
  /** Says how a fault is to be treated; undefined leaves it to the provider and then to the engine. */
  classify?(error: unknown): FaultKind | undefined
}

/** Resource types by name. */
export type ResourceTypes = Readonly<Record<string, ResourceType>>

/** How many requests a backend takes. */
export interface RateLimit {
  /** In the long run. */
  readonly perSecond: number
  /** At once, after a time of rest. Default: those of one second. */
  readonly burst?: number
}

/** Knows how to read, create, update and delete resources of some types. */
export interface Provider<T extends ResourceTypes = ResourceTypes> {
  /** For messages. */
  readonly name: string
  /** By name. */
  readonly types: T
  /** What it can do that is no resource, by name; see `defineOperations`. Default: nothing. */
  readonly operations?: OperationTypes
  /** The backend's own "now make it effective" calls, by the name that types give as their `settleGroup`. Default: writes are effective at once. */
  readonly settleGroups?: Readonly<Record<string, SettleGroup>>
  /** What exists: `recorded` in the state and refreshed by reads, or `observed`: all that the provider lists and owns. Default: `recorded`. */
  readonly existing?: 'recorded' | 'observed'
  /** Held for all plans and runs of this process together. Default: none; a backend that refuses requests is slowed down for all the same. */
  readonly rateLimit?: RateLimit
  /** Says how a fault is to be treated, where the type does not. */
  classify?(error: unknown): FaultKind | undefined
}
