import type { Observed } from '../../src/core/observed.ts'
import { ref } from '../../src/core/reference.ts'
import type { RecordedResource } from '../../src/core/state.ts'
import { formatAddress, type Address } from '../../src/core/address.ts'
import { defineProvider, defineType } from '../../src/provider/define.ts'
import type { Provider } from '../../src/provider/provider.ts'
import type { Store } from '../../src/store/store.ts'
import { dependenciesOf, nameOf, TYPE, type Shape } from './shape.ts'

/** As little of a backend as there can be, so that the engine is what is measured. */
export interface Backend {
  readonly provider: Provider
  /** What exists, by id. */
  readonly objects: Map<string, Observed>
  /** Reads and calls so far. */
  requests(): number
}

/** Waits before a create; undefined costs nothing. */
export type Delay = (name: string) => Promise<void> | undefined

/** Makes an empty backend. */
export function createBackend(delay?: Delay): Backend {
  const objects = new Map<string, Observed>()
  let requests = 0
  const put = (id: string, outputs: object): Observed => {
    const observed: Observed = { id, outputs: outputs as Observed['outputs'] }
    objects.set(id, observed)
    return observed
  }
  const thing = defineType({
    idempotent: true,
    read: async ({ id }) => {
      requests++
      return objects.get(id)
    },
    list: async () => {
      requests++
      return [...objects.values()]
    },
    create: async ({ name, inputs }) => {
      requests++
      await delay?.(name)
      return put(name, inputs)
    },
    update: async ({ id, inputs }) => {
      requests++
      return put(id, inputs)
    },
    delete: async ({ id }) => {
      requests++
      objects.delete(id)
    },
  })
  return { provider: defineProvider({ name: 'bench', types: { [TYPE]: thing } }), requests: () => requests, objects }
}

/** Fills a backend and a store's state with what an apply of the shape would have left there. */
export async function settleShape(shape: Shape, size: number, { objects }: Backend, store: Store, stack = 'default'): Promise<void> {
  const resources = new Map<Address, RecordedResource>()
  for (let position = 0; position < size; position++) {
    const id = nameOf(position)
    const address = formatAddress(TYPE, id)
    const names = dependenciesOf(shape, position, size).map(nameOf)
    const dependsOn = names.map((name) => formatAddress(TYPE, name))
    const outputs = { size: 1, ...(names.length > 0 && { from: names }) }
    const inputs = { size: 1, ...(names.length > 0 && { from: dependsOn.map((each) => ref(each)) }) }
    objects.set(id, { id, outputs })
    resources.set(address, { address, id, inputs, outputs, dependsOn })
  }
  const lease = await store.claim(stack, 'bench')
  await store.commit({ stack, serial: 1, lineage: '00000000-0000-4000-8000-000000000000', salt: '00'.repeat(32), resources }, { expectedSerial: 0, lease })
  await store.release(lease)
}
