import type { Fields, Path } from './json.ts'

/**
 * What planning has to know of a resource type: plain data and pure functions, no call. Fields are named by dotted paths
 * from the inputs' root (`configs.scopes`); `*` stands for any one step.
 */
export interface TypeRules {
  /** Natural key: the fields (of inputs and of outputs alike) that tell two objects apart, or a function of them. Undefined from the function means: not known yet. Default: none, so only a recorded id identifies. */
  readonly key?: readonly string[] | ((fields: Fields) => string | undefined)
  /** The type that this one lives in, and the field that holds the parent's id. Ownership and protection are inherited from it. */
  readonly parent?: {
    /** The parent's type. */
    readonly type: string
    /** The field that holds the parent's id. */
    readonly field: string
  }
  /** Fields whose value names another resource (or a list of them), with that resource's type: the edges of what exists. It is named by its id, or by one of its fields: `{ type: 'alias', by: 'name' }`. The parent is one already. Default: none. */
  readonly references?: Readonly<Record<string, string | NamedBy>>
  /** True: exists always; create is adopt and update, delete is reset, or forget (see `removal`). Default: false. */
  readonly singleton?: boolean
  /** Brings a field, declared or observed, to one form before they are compared: trims, lower-cases, parses. Must accept anything. */
  readonly normalise?: Readonly<Record<string, (value: unknown) => unknown>>
  /** What goes for good beside the object when it is deleted, in words, by what was applied last, and in a replace by what is declared too: `the data in /FLEET/trips`. The plan says it, and a delete may bring it about only where it is told to (`DeleteRequest.loss`); a rollback is not. Default: nothing. */
  readonly lossOnDelete?: (inputs: Fields, outputs: Fields) => string | undefined
  /** Fields whose change is a replace. Default: none. */
  readonly immutable?: readonly string[]
  /** What a change takes away, where that depends on the values: `object`, it is a replace; `part`, it is made in place, and what it takes away is gone. Mode `apply` blocks both. `inputs`: as declared, markers and all. Default: nothing, beside `immutable`. */
  readonly destroys?: (
    change: {
      /** The place inside the fields. */
      readonly path: Path
      /** What is there now; absent: nothing. */
      readonly before?: unknown
      /** What will be there, possibly a marker; absent: it is unset. */
      readonly after?: unknown
    },
    inputs: Fields,
  ) => 'object' | 'part' | undefined
  /** Lists that are sets. Default: none. */
  readonly unordered?: readonly string[]
  /** Objects that are compared whole: a key that is observed and not declared is a change. Default: none, objects are compared by their declared keys. */
  readonly atomic?: readonly string[]
  /** Fields that are never compared. Default: none. */
  readonly ignored?: readonly string[]
  /** Fields that are never shown or written. Default: none. */
  readonly sensitive?: readonly string[]
  /** Fields that the backend never returns: compared with what was recorded, by digest. Default: none. */
  readonly writeOnly?: readonly string[]
  /** Fields that say how the provider treats the object, and that no backend has: compared with what was recorded. Names, not paths. Default: none. */
  readonly recordedOnly?: readonly string[]
  /** Fields in which protection is kept on the backend; a lift changes these alone. Default: none, protection is recorded only. */
  readonly protection?: readonly string[]
  /** Outputs that no update changes, beside the id; a reference to any other output of something that is updated is known only after apply. Default: none. */
  readonly stable?: readonly string[]
  /** What becomes of an object that is no longer wanted. `forget`: it stays as it is, and is looked after no more. Default: `delete`. */
  readonly removal?: 'delete' | 'forget'
  /** True: a replace is allowed in mode `apply` too. Default: false. */
  readonly replaceable?: boolean
  /** Default: `delete-first`. A type whose natural key stays the same is `delete-first` whatever this says. */
  readonly replaceOrder?: 'delete-first' | 'create-first'
  /** The group that makes its writes effective, of the provider's `settleGroups`: once, after the group's last write. Default: they are effective at once. */
  readonly settleGroup?: string
  /** True: what a resource of the type directly depends on is settled before it is written, and when it is deleted, that is settled before what it depended on goes. Default: false. */
  readonly settleBefore?: boolean
  /** True: deleting an object deletes its children with it. Default: true for types that are somebody's parent. */
  readonly cascades?: boolean
}

/** How something names another resource that it does not name by its id. */
export interface NamedBy {
  /** The type of the other resource. */
  readonly type: string
  /** Its field whose value stands for it. */
  readonly by: string
}

/** The type that a field refers to. */
export function typeReferredTo(reference: string | NamedBy): string {
  return typeof reference === 'string' ? reference : reference.type
}

/** What a crash or a lost reply during a create comes to, per type; the table in the documentation. */
export type Guarantee = 'exactly-once' | 'found-by-key' | 'interrupted'
