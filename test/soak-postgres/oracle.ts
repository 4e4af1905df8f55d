import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import type { Resource } from '../../src/core/resource.ts'
import { isMarker } from '../../src/core/value.ts'
import { resolveSecret } from '../soak/declaration.ts'
import { AUDIT, DATABASE_LINES, ROLE_LINES } from './catalogs.ts'
import type { Backend } from './backend.ts'
import { writeReference } from './reference.ts'

const REFERENCE = 'soak_reference'

/** One transaction that changed something in the database. */
export interface Change {
  readonly tags: readonly string[]
  readonly said: readonly string[]
  readonly at: string
}

/** Lets a database note what is changed in it. */
export async function startAudit(backend: Backend): Promise<void> {
  await backend.ask(AUDIT, backend.database)
}

/** What was changed since this was last asked. */
export async function takeChanges(backend: Backend): Promise<readonly Change[]> {
  const rows = await backend.ask(
    `WITH gone AS (DELETE FROM audit.commands RETURNING *) SELECT json_agg(tag ORDER BY number) AS tags, json_agg(said ORDER BY number) AS said, min(at)::text AS at FROM gone GROUP BY tx ORDER BY min(number)`,
    backend.database,
  )
  return rows as unknown as readonly Change[]
}

/** Compares the catalogs with those of a database that somebody else made: one line for each thing that is missing or too much. */
export async function compareCatalogs(backend: Backend, desired: readonly Resource[]): Promise<readonly string[]> {
  const roles = compareLines(await readLines(backend, ROLE_LINES), describeRoles(desired))
  const secrets = await checkPasswords(backend, desired)
  // Without its roles a reference cannot be made.
  if (roles.length > 0) return [...roles, ...secrets]
  await backend.ask(`CREATE DATABASE ${REFERENCE} TEMPLATE template0`)
  try {
    const reference = writeReference(desired)
    if (reference !== '') await backend.ask(reference, REFERENCE)
    return [...secrets, ...compareLines(await readLines(backend, DATABASE_LINES, backend.database), await readLines(backend, DATABASE_LINES, REFERENCE))]
  } finally {
    await backend.ask(`DROP DATABASE ${REFERENCE} WITH (FORCE)`)
  }
}

async function readLines(backend: Backend, query: string, database?: string): Promise<readonly string[]> {
  return (await backend.ask(query, database)).map(({ line }) => String(line))
}

function compareLines(found: readonly string[], wanted: readonly string[]): readonly string[] {
  const more = (these: readonly string[], than: readonly string[]): readonly string[] => {
    const left = [...than]
    return these.filter((line) => {
      const at = left.indexOf(line)
      if (at !== -1) left.splice(at, 1)
      return at === -1
    })
  }
  return [...more(wanted, found).map((line) => `missing: ${line}`), ...more(found, wanted).map((line) => `too much: ${line}`)]
}

function describeRoles(desired: readonly Resource[]): readonly string[] {
  const name = (value: unknown): string => (isMarker(value) && value.kind === 'reference' ? String(value.address).replace('role/', '') : '')
  const flag = (value: unknown): string => (value === true ? 't' : 'f')
  return desired.flatMap(({ type, inputs }) => {
    if (type === 'membership') return [`member ${name(inputs['member'])} of ${name(inputs['role'])} admin ${flag(inputs['admin'])}`]
    if (type !== 'role') return []
    const comment = inputs['comment'] === undefined ? 'NULL' : `'${String(inputs['comment']).replaceAll(`'`, `''`)}'`
    return [`role ${String(inputs['name'])} login ${flag(inputs['login'])} createdb ${flag(inputs['createdb'])} limit ${String(inputs['connection_limit'] ?? -1)} comment ${comment}`]
  })
}

/** The verifier that is stored has to be the declared password's. */
async function checkPasswords(backend: Backend, desired: readonly Resource[]): Promise<readonly string[]> {
  const stored = new Map((await backend.ask(`SELECT rolname, rolpassword FROM pg_authid WHERE rolname LIKE 'soak\\_%'`)).map(({ rolname, rolpassword }) => [String(rolname), String(rolpassword)]))
  return desired.flatMap(({ type, inputs: { name, password } }) => {
    if (type !== 'role' || !isMarker(password) || password.kind !== 'deferred') return []
    const [, iterations, salt = '', key] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):/.exec(stored.get(String(name)) ?? '') ?? []
    const salted = pbkdf2Sync(resolveSecret(password.key), Buffer.from(salt, 'base64'), Number(iterations ?? 1), 32, 'sha256')
    const expected = createHash('sha256').update(createHmac('sha256', salted).update('Client Key').digest()).digest('base64')
    return key === expected ? [] : [`wrong: the password of ${String(name)} is not the declared one`]
  })
}
