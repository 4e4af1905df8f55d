/** A field that names other entries. */
export interface ReferenceField {
  /** The resource type that it names. */
  readonly type: string
  /** True: it is a list of names. Default: false. */
  readonly isList?: boolean
}

/** How one kind of the input becomes a resource type. */
export interface InputKind {
  /** The resource type. */
  readonly type: string
  /** The list at the top of a file; `a.b`: the list `b` in the map `a`. */
  readonly list: string
  /** Keys of an entry, beside `ref`, the parent and nested kinds. */
  readonly fields: readonly string[]
  /** What an entry lives in: the type, the key that names it in a list of its own, and the field of the wire. */
  readonly parent?: { readonly type: string; readonly key: string; readonly field: string }
  /** The key inside an entry of the parent; `a.b`: the key `b` in the map `a`. Absent: it is never nested. */
  readonly nested?: string
  /** What stands there: a list of entries, one entry, or the value of one field. Default: `list`. */
  readonly holds?: 'list' | 'entry' | { readonly field: string }
  /** Fields that name another entry by its ref; `a.b`: inside of a map. */
  readonly references?: Readonly<Record<string, ReferenceField>>
  /** True: it has labels, and with them namespace and protection. Default: false. */
  readonly isLabelled?: boolean
  /** A key that holds entries of the same kind below this one, and the field that then names it. */
  readonly tree?: { readonly key: string; readonly field: string }
  /** Fields that hold a specification: a document is sent as text, under this key. */
  readonly documents?: Readonly<Record<string, string>>
  /** Keys that the input language has and this host refuses. */
  readonly later?: readonly string[]
}
