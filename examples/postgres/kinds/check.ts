import * as z from 'zod'
import { catalogOfConstraints } from '../catalog.ts'
import { addConstraint, constraint } from '../constraint.ts'
import { defineKind } from '../kind.ts'
import { id, name, text } from '../names.ts'
import { raw, sql } from '../sql.ts'

const schema = z.strictObject({ table: id, name, expression: text.min(1), comment: text.min(1).optional() })

/** What every row of a table has to satisfy. */
export const kind = defineKind<z.infer<typeof schema>>({
  ...constraint,
  type: 'check',
  list: 'checks',
  schema,
  catalog: catalogOfConstraints('c', `jsonb_build_object('expression', pg_get_expr(k.conbin, k.conrelid, true))`),
  reworded: ['expression'],
  immutable: ['expression'],
  create: (at, { expression }) => addConstraint(at, sql`CHECK (${raw(expression)})`),
})
