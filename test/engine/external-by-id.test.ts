import { describe, expect, it } from 'vitest'
import { ProviderError } from '../../src/core/errors.ts'
import type { Fields } from '../../src/core/json.ts'
import { apply } from '../../src/engine/apply.ts'
import { detectDrift } from '../../src/engine/drift.ts'
import { plan } from '../../src/engine/plan.ts'
import { ref } from '../../src/core/reference.ts'
import type { Resource } from '../../src/core/resource.ts'
import { defineProvider } from '../../src/provider/define.ts'
import type { ResourceType } from '../../src/provider/provider.ts'
import { memoryStore } from '../../src/store/memory.ts'

/** Nodes that nobody can list, with repos and policies that name repos of their own node. */
function setUp() {
  const rows = new Map<string, { readonly type: string; readonly node: string; fields: Fields }>()
  const down = new Set<string>()
  const requests: string[] = []
  let ids = 0
  const inside = (type: string, more: Partial<ResourceType> = {}): ResourceType => {
    const show = (id: string) => ({ id, outputs: rows.get(id)?.fields ?? {}, parentId: String(rows.get(id)?.node) })
    return {
      key: ['node', 'name'],
      parent: { type: 'node', field: 'node' },
      read: async ({ id }) => (requests.push(`read ${type} ${id}`), rows.has(id) ? show(id) : undefined),
      list: async ({ parentId }) => (requests.push(`list ${type} in ${parentId}`), [...rows].filter(([, row]) => row.type === type && row.node === parentId).map(([id]) => show(id))),
      create: async ({ inputs, parentId }) => {
        const id = `i${++ids}`
        rows.set(id, { type, node: String(parentId), fields: { ...inputs } })
        return show(id)
      },
      update: async ({ id, inputs }) => {
        const row = rows.get(id)
        if (row !== undefined) row.fields = { ...inputs }
        return show(id)
      },
      delete: async ({ id, outputs }) => {
        const uses = [...rows.values()].some((row) => row.type === 'policy' && row.node === rows.get(id)?.node && JSON.stringify(row.fields['criteria']).includes(`"${String(outputs['name'])}"`))
        if (type === 'repo' && uses) throw new ProviderError('conflict', `${String(outputs['name'])} is in use`)
        rows.delete(id)
      },
      ...more,
    }
  }
  const node: ResourceType = {
    read: async ({ id }) => {
      requests.push(`read node ${id}`)
      if (down.has(id)) throw new ProviderError('fatal', `${id} does not answer`)
      return id.startsWith('n') ? { id, outputs: {} } : undefined
    },
    create: () => Promise.reject(new Error('no')),
    update: () => Promise.reject(new Error('no')),
    delete: () => Promise.reject(new Error('no')),
  }
  const provider = defineProvider({ name: 'nodes', types: { node, repo: inside('repo'), policy: inside('policy', { references: { 'criteria.*.repo': { type: 'repo', by: 'name' } } }) } })
  const options = { provider, store: memoryStore(), mode: 'sync' as const, retry: { attempts: 1 } }
  const sync = async (desired: readonly Resource[]) => apply(await plan(desired, { ...options, allowEmpty: true }), options)
  return { rows, down, requests, options, sync }
}

const node = (id: string): Resource => ({ type: 'node', name: id, inputs: { id }, external: true })
const repo = (on: string, name: string): Resource => ({ type: 'repo', name: `${on}/${name}`, inputs: { node: ref(`node/${on}`), name } })
const policy = (on: string, of: string): Resource => ({ type: 'policy', name: `${on}/main`, inputs: { node: ref(`node/${on}`), name: 'main', criteria: [{ repo: ref(`repo/${on}/${of}`, 'name') }] } })

describe('something of somebody else that no list shows, named by its id', () => {
  it('is read, and what lives in it is listed', async () => {
    const { requests, sync } = setUp()
    expect((await sync([node('n1'), repo('n1', 'a'), policy('n1', 'a')])).outcome).toBe('succeeded')
    requests.length = 0
    expect((await sync([node('n1'), repo('n1', 'a'), policy('n1', 'a')])).actions).toEqual([])
    expect(requests.sort()).toEqual(['list policy in n1', 'list repo in n1', 'read node n1'])
  })
  it('is missing where it is not there', async () => {
    const { sync } = setUp()
    await expect(sync([node('x')])).rejects.toMatchObject({ code: 'declaration', issues: [{ code: 'missing-external', address: 'node/x' }] })
  })
  it('hides what lives in it where it cannot be read: nothing is planned there', async () => {
    const { down, options, sync } = setUp()
    await sync([node('n1'), node('n2'), repo('n1', 'a'), repo('n2', 'a')])
    down.add('n2')
    const there = { type: 'repo', name: 'n2/new', inputs: { node: 'n2', name: 'new' } }
    const made = await plan([node('n1'), node('n2'), repo('n1', 'a'), there], options)
    expect(made.actions.map(({ address }) => address)).toEqual([])
    expect(made.unreadable.map(({ error }) => error.code).sort()).toEqual(['provider', 'unreadable-parent', 'unreadable-parent'])
  })
  it('is listed in when nothing declares it any more, and is no drift', async () => {
    const { requests, options, sync } = setUp()
    await sync([node('n1'), repo('n1', 'a'), repo('n1', 'b'), policy('n1', 'a')])
    requests.length = 0
    expect((await detectDrift(options)).resources).toEqual([])
    expect(requests.sort()).toEqual(['list policy in n1', 'list repo in n1', 'read node n1'])
    expect((await sync([])).counts).toMatchObject({ succeeded: 3 })
  })
})

it('drift beside a reference to somebody else’s shows', async () => {
  const { rows, options, sync } = setUp()
  const mixed = { ...policy('n1', 'a'), inputs: { node: ref('node/n1'), name: 'main', criteria: [{ repo: ref('repo/n1/a', 'name') }, { repo: 'plain' }] } }
  await sync([node('n1'), { ...repo('n1', 'a'), inputs: { node: 'n1', name: 'a' } }])
  const theirs: Resource = { type: 'repo', name: 'n1/a', inputs: { node: 'n1', name: 'a' }, external: true }
  await sync([node('n1'), theirs, mixed])
  expect((await detectDrift(options)).resources).toEqual([])
  for (const row of rows.values()) if (row.type === 'policy') row.fields = { ...row.fields, criteria: [{ repo: 'a' }] }
  expect((await detectDrift(options)).resources).toMatchObject([{ address: 'policy/n1/main', kind: 'changed' }])
})

it('nothing is moved into what cannot be read', async () => {
  const { down, options, sync } = setUp()
  const at = (on: string): Resource => ({ type: 'repo', name: 'wandering', inputs: { node: on, name: 'a' } })
  await sync([node('n1'), node('n2'), at('n1')])
  down.add('n2')
  expect((await plan([node('n1'), node('n2'), at('n2')], options)).actions).toEqual([])
})

it('what names others in a list goes before them, on each node apart from the other', async () => {
  const { rows, options, sync } = setUp()
  await sync(['n1', 'n2'].flatMap((on) => [node(on), repo(on, 'a'), repo(on, 'b'), policy(on, 'a')]))
  // Behind everybody's back, the policy of one node names the other repo.
  for (const row of rows.values()) if (row.type === 'policy' && row.node === 'n2') row.fields = { ...row.fields, criteria: [{ repo: 'b' }] }
  const made = await plan([node('n1'), node('n2')], options)
  const waits = Object.fromEntries(made.actions.filter(({ address }) => address.startsWith('repo/')).map(({ address, steps: [step] }) => [address, step?.after]))
  expect(waits).toEqual({ 'repo/n1/a': ['delete:policy/n1/main'], 'repo/n1/b': [], 'repo/n2/a': ['delete:policy/n2/main'], 'repo/n2/b': ['delete:policy/n2/main'] })
  expect((await apply(made, options)).outcome).toBe('succeeded')
  expect(rows.size).toBe(0)
})
