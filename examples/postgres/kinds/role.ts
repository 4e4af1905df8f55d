import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { name, text } from '../names.ts'
import { hashPassword } from '../scram.ts'
import { given, join, literal, raw, sql, type Sql } from '../sql.ts'

const flag = z.boolean().optional()
const FLAGS = { login: 'LOGIN', superuser: 'SUPERUSER', createdb: 'CREATEDB', createrole: 'CREATEROLE', inherit: 'INHERIT', replication: 'REPLICATION', bypassrls: 'BYPASSRLS' } as const

const schema = z.strictObject({
  name,
  login: flag,
  superuser: flag,
  createdb: flag,
  createrole: flag,
  inherit: flag,
  replication: flag,
  bypassrls: flag,
  connection_limit: z.int().min(-1).optional(),
  password: text.min(1).optional(),
  comment: text.min(1).optional(),
})

/** A role, which is a user as well as a group. Its password is never shown again, and is sent as a SCRAM verifier. */
export const kind = defineKind<z.infer<typeof schema>>({
  type: 'role',
  list: 'roles',
  schema,
  catalog: `SELECT ARRAY[rolname::text] AS names, json_build_object('name', rolname, 'login', rolcanlogin, 'superuser', rolsuper, 'createdb', rolcreatedb,
      'createrole', rolcreaterole, 'inherit', rolinherit, 'replication', rolreplication, 'bypassrls', rolbypassrls, 'connection_limit', rolconnlimit,
      'comment', shobj_description(oid, 'pg_authid')) AS fields
    FROM pg_roles WHERE rolname !~ '^pg_'`,
  sensitive: ['password'],
  writeOnly: ['password'],
  called: ([role = '']) => sql`ROLE ${role}`,
  create: ([role = ''], inputs) => [sql`CREATE ROLE ${role} ${options(inputs)}`],
  alter: ({ at: [role = ''], patch }) => [sql`ALTER ROLE ${role} ${options(patch)}`],
})

/** What is unset goes back to what it is by itself. */
function options(fields: { readonly [K in keyof z.infer<typeof schema>]?: z.infer<typeof schema>[K] | null }): Sql {
  const flags = Object.entries(FLAGS).flatMap(([field, word]) => {
    const value = fields[field as keyof typeof FLAGS]
    return value === undefined ? [] : [raw((value ?? field === 'inherit') ? word : `NO${word}`)]
  })
  const { connection_limit: limit, password } = fields
  return join([...flags, ...given(limit, (count) => sql`CONNECTION LIMIT ${literal(count ?? -1)}`), ...given(password, (secret) => sql`PASSWORD ${literal(secret && hashPassword(secret))}`)], ' ')
}
