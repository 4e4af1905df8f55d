import type { Address } from '../../src/core/address.ts'
import { ref } from '../../src/core/reference.ts'
import type { Plan } from '../../src/core/plan.ts'
import type { Resource } from '../../src/core/resource.ts'
import type { RecordedResource, State } from '../../src/core/state.ts'
import { plan } from '../../src/engine/plan.ts'
import { memoryStore } from '../../src/store/memory.ts'
import type { Store } from '../../src/store/store.ts'
import { createFakeBackend, type FakeBackend } from '../../src/testing/fake-backend.ts'
import type { FakeProvider } from '../../src/testing/fake-provider.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import type { Shape } from './shapes.ts'

/** What a plan is to do with a node. */
export const KINDS = ['create', 'update', 'replace', 'delete'] as const
export type Kind = (typeof KINDS)[number]
export type ReplaceOrder = 'create-first' | 'delete-first'

/** A graph, what is to be done with each of its nodes, and the plan that says so. */
export interface Scenario {
  readonly name: string
  readonly plan: Plan
  /** What is there before, oldest first. */
  readonly objects: readonly { readonly id: string; readonly fields: Readonly<Record<string, unknown>> }[]
  readonly state: State
  readonly replaceOrder: ReplaceOrder
}

const TYPE = 'versioned'
const addressOf = (node: number): Address => `${TYPE}/r${node}`

/** Nodes whose prerequisites come first. */
function order({ size, pairs }: Shape): number[] {
  const done: number[] = []
  while (done.length < size) for (let node = 0; node < size; node++) if (!done.includes(node) && pairs.every(([dependent, prerequisite]) => dependent !== node || done.includes(prerequisite))) done.push(node)
  return done
}

/**
 * Makes a scenario: edges are references, those of what goes are recorded ones, and those between what comes and what goes do
 * not exist. What is replaced changes its immutable `kind`.
 */
export async function createScenario(shape: Shape, kinds: readonly Kind[], replaceOrder: ReplaceOrder): Promise<Scenario> {
  const refsOf = (node: number, among: (kind: Kind) => boolean): number[] => shape.pairs.filter(([dependent, prerequisite]) => dependent === node && among(kinds[prerequisite] as Kind)).map(([, prerequisite]) => prerequisite)
  const backend = createFakeBackend()
  const resources = new Map<Address, RecordedResource>()
  const desired: Resource[] = []
  for (const node of order(shape)) {
    const kind = kinds[node] as Kind
    const address = addressOf(node)
    const declare = (refs: readonly number[], fields: object): RecordedResource['inputs'] => ({ name: `n${node}`, ...fields, ...(refs.length > 0 && { refs: refs.map((each) => ref(addressOf(each))) }) })
    if (kind !== 'create') {
      const refs = refsOf(node, (other) => other !== 'create')
      const fields = { name: `n${node}`, kind: 'x', size: 0, ...(refs.length > 0 && { refs: refs.map((each) => (resources.get(addressOf(each)) as RecordedResource).id) }) }
      const id = backend.put(TYPE, fields)
      resources.set(address, { address, id, inputs: declare(refs, { kind: 'x', size: 0 }), outputs: { ...fields, serial: resources.size + 1 }, dependsOn: refs.map(addressOf) })
    }
    if (kind !== 'delete') {
      const refs = refsOf(node, (other) => other !== 'delete')
      desired.push({ type: TYPE, name: `r${node}`, inputs: declare(refs, { kind: kind === 'replace' ? 'y' : 'x', size: kind === 'update' ? 1 : 0 }) })
    }
  }
  const state: State = { stack: 'default', serial: resources.size === 0 ? 0 : 1, lineage: 'lineage', salt: '00', resources }
  const store = await storeWith(state)
  const made = await plan(desired, { provider: providerOf(backend, replaceOrder), store, clock: manualClock(), mode: 'sync', allowEmpty: true })
  const edges = shape.pairs.map(([dependent, prerequisite]) => `${dependent}>${prerequisite}`).join(' ')
  const order_ = kinds.includes('replace') ? ` (${replaceOrder})` : ''
  return { name: `${kinds.join(' ')}${order_}: ${edges === '' ? 'no edges' : edges}`, plan: made, objects: backend.objects(), state, replaceOrder }
}

/** A store in memory that holds this state. */
export async function storeWith(state: State): Promise<Store> {
  const store = memoryStore()
  if (state.serial === 0) return store
  const lease = await store.claim(state.stack, 'before')
  await store.commit(state, { expectedSerial: 0, lease })
  await store.release(lease)
  return store
}

/** A backend that holds what is there before. */
export function backendWith(scenario: Scenario): FakeBackend {
  const backend = createFakeBackend()
  for (const { fields } of scenario.objects) backend.put(TYPE, fields as never)
  return backend
}

/** The backend's provider with that order of replaces. */
export function providerOf(backend: FakeBackend, replaceOrder: ReplaceOrder): FakeProvider {
  const { types } = backend.provider
  return { ...backend.provider, types: { ...types, versioned: { ...types.versioned, replaceOrder } } }
}
