import * as z from 'zod'
import { actionOf, catalogOfConstraints, namesOfColumns } from '../catalog.ts'
import { addConstraint, constraint } from '../constraint.ts'
import { defineKind } from '../kind.ts'
import { completeId, id, name, text } from '../names.ts'
import { given, join, raw, sql } from '../sql.ts'

const action = z.enum(['no action', 'restrict', 'cascade', 'set null', 'set default']).optional()
const schema = z.strictObject({ table: id, name, columns: z.array(name).min(1), references: id, referenced_columns: z.array(name).min(1).optional(), on_delete: action, on_update: action, comment: text.min(1).optional() })

/** Columns of a table that hold the key of a row of another one. */
export const kind = defineKind<z.infer<typeof schema>>({
  ...constraint,
  type: 'foreign_key',
  list: 'foreign_keys',
  schema,
  catalog: catalogOfConstraints('f', `SELECT jsonb_build_object('columns', ${namesOfColumns('k.conkey', 'k.conrelid')}, 'references', jsonb_build_array(rn.nspname, r.relname),
      'referenced_columns', ${namesOfColumns('k.confkey', 'k.confrelid')}, 'on_delete', ${actionOf('confdeltype')}, 'on_update', ${actionOf('confupdtype')})
    FROM pg_class r JOIN pg_namespace rn ON rn.oid = r.relnamespace WHERE r.oid = k.confrelid`),
  ids: { references: 3 },
  references: { references: 'table' },
  immutable: ['columns', 'references', 'referenced_columns', 'on_delete', 'on_update'],
  create: (at, { columns, references, referenced_columns: keys, on_delete: deleted, on_update: updated }) => {
    const target = completeId(references, 3, '')?.slice(1) ?? []
    return addConstraint(at, join([sql`FOREIGN KEY (${join(columns)}) REFERENCES ${target}`, ...given(keys, (names) => sql`(${join(names)})`), ...given(deleted, (does) => raw(`ON DELETE ${does}`)), ...given(updated, (does) => raw(`ON UPDATE ${does}`))], ' '))
  },
  // Each locks two tables: two of them could wait for each other.
  concurrency: 1,
})
