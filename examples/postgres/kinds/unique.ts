import * as z from 'zod'
import { catalogOfConstraints, namesOfColumns } from '../catalog.ts'
import { addConstraint, constraint } from '../constraint.ts'
import { defineKind } from '../kind.ts'
import { id, name, text } from '../names.ts'
import { join, sql } from '../sql.ts'

const schema = z.strictObject({ table: id, name, columns: z.array(name).min(1), comment: text.min(1).optional() })

/** Columns of a table that no two rows have the same values in. */
export const kind = defineKind<z.infer<typeof schema>>({
  ...constraint,
  type: 'unique',
  list: 'uniques',
  schema,
  catalog: catalogOfConstraints('u', `jsonb_build_object('columns', ${namesOfColumns('k.conkey', 'k.conrelid')})`),
  immutable: ['columns'],
  create: (at, { columns }) => addConstraint(at, sql`UNIQUE (${join(columns)})`),
})
