import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { id } from '../names.ts'
import { raw, sql } from '../sql.ts'

const schema = z.strictObject({ role: id, member: id, admin: z.boolean().optional() })

/** A role that is a member of another one, and has its rights. */
export const kind = defineKind<z.infer<typeof schema>>({
  type: 'membership',
  list: 'memberships',
  schema,
  key: ['role', 'member'],
  catalog: `SELECT ARRAY[g.rolname::text, m.rolname::text] AS names, json_build_object('role', g.rolname, 'member', m.rolname, 'admin', bool_or(admin_option)) AS fields
    FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member GROUP BY g.rolname, m.rolname`,
  immutable: ['role', 'member'],
  replaceable: true,
  // What is granted already is granted once more without a word.
  idempotent: true,
  create: ([role = '', member = ''], { admin }) => [sql`GRANT ${role} TO ${member} ${raw(admin === true ? 'WITH ADMIN OPTION' : '')}`],
  alter: ({ at: [role = '', member = ''], patch }) => [patch.admin === true ? sql`GRANT ${role} TO ${member} WITH ADMIN OPTION` : sql`REVOKE ADMIN OPTION FOR ${role} FROM ${member}`],
  drop: ([role = '', member = '']) => sql`REVOKE ${role} FROM ${member}`,
  // All of them are rows of the same catalog.
  concurrency: 1,
})
