import type * as z from 'zod'
import type { Database, Row } from './database.ts'

/** A kind of object, as its endpoints treat it. */
export interface Kind {
  /** The name of its table. */
  readonly name: string
  /** Path of the collection, parents as `:api` and the like. */
  readonly path: string
  /** The kind that it lives in: its rows go when that goes. */
  readonly parent?: string
  /** What a create must look like. */
  readonly create: z.ZodType
  /** What an update must look like. Default: the kind has none. */
  readonly update?: z.ZodType
  /** What an update makes of a row. Default: what is sent replaces what was, label by label. */
  readonly change?: (before: Row, body: Row) => Row
  /** What the server sets beside what was sent. */
  readonly defaults: (body: Row, database: Database) => Row
  /** How one object is shown. Default: as it is stored. */
  readonly show?: (row: Row, database: Database) => Row
  /** How it is shown in a list: made of how it is shown alone and of how it is stored. Default: as alone. */
  readonly summarize?: (shown: Row, row: Row) => Row
  /** Fields that a list can be filtered by: `filter[name][eq]`. Default: none. */
  readonly filters?: readonly string[]
  /** The field that names the parent of the same kind: a list shows children inside their parents, all at once. Default: a list has pages. */
  readonly tree?: string
  /** Where the list of every parent's rows is. Default: at the collection, of one parent. */
  readonly listPath?: string
  /** False: a row cannot be read alone. Default: true. */
  readonly isReadable?: boolean
  /** Rows that are always there and that nobody can change. Default: none. */
  readonly builtIn?: readonly Row[]
  /** What other row stands in the way of this one, in words. */
  readonly conflict?: (row: Row, database: Database) => string | undefined
  /** What is wrong with it that only the database knows: invalid parameters by field. */
  readonly invalid?: (row: Row, database: Database) => Readonly<Record<string, string>>
  /** Who uses it, so that it cannot be deleted. `force` in the query overrides where `canForce`. */
  readonly inUse?: (row: Row, database: Database) => string | undefined
  /** True: `?force=true` deletes it with its users. Default: false. */
  readonly canForce?: boolean
}
