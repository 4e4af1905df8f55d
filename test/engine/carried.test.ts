import { describe, expect, it } from 'vitest'
import { ProviderError } from '../../src/core/errors.ts'
import type { Fields } from '../../src/core/json.ts'
import type { Observed } from '../../src/core/observed.ts'
import type { Resource } from '../../src/core/resource.ts'
import type { TypeRules } from '../../src/core/rules.ts'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import { ref } from '../../src/core/reference.ts'
import { defineProvider, defineType } from '../../src/provider/define.ts'
import { memoryStore } from '../../src/store/memory.ts'

/** A backend that keeps references whole: two kinds of parent, each with children that may refer to the other kind. */
function setUp() {
  const rows = new Map<string, { readonly type: string; readonly fields: Fields }>()
  const log: string[] = []
  const refersTo = (id: string) => [...rows].filter(([, { fields }]) => fields['to'] === id)
  const remove = (id: string): void => {
    for (const [child, { fields }] of rows) if (fields['in'] === id) remove(child)
    rows.delete(id)
  }
  const show = (id: string): Observed => ({ id, outputs: rows.get(id)?.fields as Fields, ...(rows.get(id)?.fields['in'] !== undefined && { parentId: String(rows.get(id)?.fields['in']) }), ...(rows.get(id)?.fields['in'] === undefined && { owned: true }) })
  const type = (name: string, rules: TypeRules) =>
    defineType({
      ...rules,
      key: rules.parent === undefined ? ['name'] : ['in', 'name'],
      read: async ({ id }) => (rows.has(id) ? show(id) : undefined),
      list: async ({ parentId }) => (log.push(`list ${name}`), [...rows].filter(([, row]) => row.type === name && (parentId === undefined || row.fields['in'] === parentId)).map(([id]) => show(id))),
      create: async ({ inputs }) => {
        const id = `${name}-${rows.size}-${String((inputs as Fields)['name'])}`
        rows.set(id, { type: name, fields: inputs as Fields })
        return show(id)
      },
      update: async ({ before }) => before,
      delete: async ({ id }) => {
        const inside = [id, ...[...rows].filter(([, { fields }]) => fields['in'] === id).map(([child]) => child)]
        const user = inside.flatMap(refersTo).find(([other]) => !inside.includes(other))
        if (user !== undefined) throw new ProviderError('conflict', `${id} is used by ${user[0]}`, { status: 409 })
        log.push(`delete ${id.replace(/-\d+-/, ' ')}`)
        remove(id)
      },
    })
  const provider = defineProvider({
    name: 'pairs',
    existing: 'observed',
    types: { left: type('left', {}), leftChild: type('leftChild', { parent: { type: 'left', field: 'in' }, references: { to: 'right' } }), right: type('right', {}), rightChild: type('rightChild', { parent: { type: 'right', field: 'in' }, references: { to: 'left' } }) },
  })
  const world: Resource[] = [
    { type: 'left', name: 'l', inputs: { name: 'l' } },
    { type: 'right', name: 'r', inputs: { name: 'r' } },
    { type: 'leftChild', name: 'lc', inputs: { in: ref('left/l'), name: 'lc', to: ref('right/r') } },
    { type: 'rightChild', name: 'rc', inputs: { in: ref('right/r'), name: 'rc', to: ref('left/l') } },
  ]
  return { rows, log, provider, world }
}

describe('parents whose children refer to each other', () => {
  it.each(['with a state', 'without one'])('go after these children, also where the scope does not name them: %s', async (how) => {
    const { rows, log, provider, world } = setUp()
    const store = memoryStore()
    await apply(await plan(world, { provider, store, mode: 'sync' }), { provider, store }).result
    expect(rows.size).toBe(4)
    log.length = 0
    const options = { provider, store: how === 'with a state' ? store : memoryStore(), mode: 'sync', allowEmpty: true, scope: { types: ['left', 'right'] } } as const
    const changes = await plan([], options)
    expect(changes.actions.map(({ address }) => address).sort()).toEqual(expect.arrayContaining(['left/l', 'right/r']))
    expect((await apply(changes, options).result).outcome).toBe('succeeded')
    expect(rows.size).toBe(0)
    expect(log.filter((line) => line.startsWith('delete')).slice(-2).sort()).toEqual(['delete left l', 'delete right r'])
  })
  it('are not looked into while nothing that their children refer to goes', async () => {
    const { log, provider, world } = setUp()
    const store = memoryStore()
    const only = world.filter(({ type }) => type === 'left')
    await apply(await plan(only, { provider, store, mode: 'sync' }), { provider, store }).result
    log.length = 0
    await plan([], { provider, store: memoryStore(), mode: 'sync', allowEmpty: true, scope: { types: ['left', 'right'] } })
    expect(log).toEqual(['list left', 'list right'])
  })
})
