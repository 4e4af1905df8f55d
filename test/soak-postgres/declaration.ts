import { deferred, ref } from '../../src/core/reference.ts'
import type { Fields } from '../../src/core/json.ts'
import type { Resource } from '../../src/core/resource.ts'
import { rollOf } from '../soak/chance.ts'
import type { Generation } from '../soak/declaration.ts'

/** What resources of a generation stand for beside their tables: roles, schemas, sequences, views and what belongs to them. */
const OTHERS = 16
/** A table with its constraints, indexes and grants. */
const PER_TABLE = 5

/** Two schemas with tables and all that belongs to them, and the roles that own them and may use them. */
export function declareGeneration({ seed, resources, generation }: Generation): readonly Resource[] {
  const declared: Resource[] = []
  const roll = (what: string, below: number): number => rollOf(`${seed} ${generation} ${what}`, below)
  const one = <T>(what: string, ...of: readonly T[]): T => of[roll(what, of.length)] as T
  const add = (type: string, name: string, inputs: Fields, dependsOn: readonly string[] = []): void => {
    const inner = Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined))
    declared.push({ type, name, inputs: inner, ...(dependsOn.length > 0 && { dependsOn }) })
  }
  const comment = (what: string): string | undefined => one(`${what} comment`, undefined, undefined, 'One.', `It's two.`)
  const owner = (what: string): unknown => ref(`role/${one(`${what} owner`, 'soak_a', 'soak_b')}`)

  for (const name of ['soak_a', 'soak_b'])
    add('role', name, { name, login: one(`${name} login`, true, false), connection_limit: one(`${name} limit`, 3, 7), comment: comment(name), password: name === 'soak_b' ? deferred('soak', one('password', 'a', 'b')) : undefined })
  const others = [0, 1, 2].filter((index) => roll(`role ${index}`, 3) > 0).map((index) => `soak_${index}`)
  for (const name of others) {
    add('role', name, { name, createdb: one(`${name} createdb`, true, false) })
    if (roll(`${name} member`, 3) > 0) add('membership', name, { role: ref('role/soak_a'), member: ref(`role/${name}`), admin: one(`${name} admin`, true, false) })
  }
  add('role', 'soak_c', { name: 'soak_c' })
  // What an owner may do is no grant.
  const grantees = ['soak_c', ...others]
  const grant = (name: string, object: Fields, ...privileges: readonly string[]): void => {
    const to = one(`${name} to`, ...grantees)
    if (roll(`${name} granted`, 4) > 0) add('grant', name, { to: ref(`role/${to}`), ...object, privileges: privileges.filter((privilege, index) => index === 0 || roll(`${name} ${privilege}`, 2) > 0) })
  }

  for (const name of ['app', 'log']) {
    const schema = ref(`schema/${name}`)
    if (name === 'log' && roll('log', 3) === 0) continue
    add('schema', name, { name, owner: owner(name), comment: comment(name) })
    grant(name, { schema }, 'usage', 'create')
    add('sequence', name, { schema, name: 'numbers', increment: one(`${name} increment`, 1, 5), cache: one(`${name} cache`, undefined, 10), owner: owner(`${name} numbers`), comment: comment(`${name} numbers`) })
    grant(`${name}-numbers`, { sequence: ref(`sequence/${name}`) }, 'usage', 'select', 'update')
  }
  const tables = Math.max(2, Math.round((resources - OTHERS) / PER_TABLE))
  let above: string | undefined
  for (let index = 0; index < tables; index++) if (index === 0 || roll(`table ${index}`, 6) > 0) declareTable(`t${index}`)
  const view = (name: string, on: string, query: string): void => {
    add('view', name, { schema: ref('schema/app'), name, query, uses: [ref(on)], owner: owner(name), comment: comment(name) })
    grant(`view-${name}`, { view: ref(`view/${name}`) }, 'select', 'insert')
  }
  view('v0', 'table/t0', one('v0', 'select id, kind from app.t0', 'select id, kind, 1 as one from app.t0', `select id from app.t0 where kind = 'a'`))
  // A view that another one stands on keeps its columns: the other one would have to go first.
  view('v1', 'table/t0', one('v1', 'select id, kind from app.t0 where id > 0', `select id, kind from app.t0 where kind <> 'b'`))
  if (roll('v2', 3) > 0) view('v2', 'view/v1', one('v2', 'select id from app.v1', 'select id from app.v1 where id > 1+1'))
  return declared

  function declareTable(name: string): void {
    const table = ref(`table/${name}`)
    const hasNumber = one(`${name} number`, true, false)
    const columns: Fields = {
      id: { type: 'bigint', identity: 'always' },
      kind: { type: 'text', nullable: false, default: one(`${name} default`, `'a'`, `lower('B')`) },
      name: { type: one(`${name} name`, 'varchar(100)', 'varchar(100)', 'varchar(200)') },
      total: { type: one(`${name} total`, 'int', 'bigint', 'bigint'), default: one(`${name} total by default`, '0', '1+1') },
      ...(hasNumber && { number: { type: 'bigint', default: `nextval('app.numbers')` } }),
      ...(roll(`${name} note`, 2) > 0 && { note: { type: 'text', ...(roll(`${name} noted`, 2) > 0 && { comment: 'Why.' }) } }),
    }
    add('table', name, { schema: ref('schema/app'), name, columns, primary_key: ['id'], owner: owner(name), comment: comment(name) }, hasNumber ? ['sequence/app'] : [])
    if (roll(`${name} unique`, 3) > 0) add('unique', name, { table, name: `${name}_name`, columns: one(`${name} unique of`, ['name'], ['kind', 'name']), comment: comment(`${name} unique`) })
    if (roll(`${name} check`, 3) > 0) add('check', name, { table, name: `${name}_total`, expression: one(`${name} check of`, 'total>=0', 'total > -5') })
    if (above !== undefined && roll(`${name} above`, 3) > 0) add('foreign_key', name, { table, name: `${name}_above`, columns: ['total'], references: ref(`table/${above}`), on_delete: one(`${name} on delete`, 'cascade', 'restrict') })
    if (roll(`${name} index`, 4) > 0) add('index', name, { table, name: `${name}_by_name`, columns: one<readonly unknown[]>(`${name} index of`, [{ expression: 'lower(name)' }], ['kind', { column: 'name', descending: true }]), unique: one(`${name} unique index`, undefined, true), comment: comment(`${name} index`) })
    grant(name, { table }, 'select', 'insert', 'update')
    above = name
  }
}
