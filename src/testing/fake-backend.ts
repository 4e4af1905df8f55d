import type { Fields } from '../core/json.ts'
import { FakeCore, type FakeBackendOptions, type FakeCall, type FakeObject } from './fake-core.ts'
import { createFakeProvider, type FakeProvider } from './fake-provider.ts'
import type { FakeFault } from './fault.ts'

/** A backend in memory that a test can look into, change behind everybody's back, and break. */
export interface FakeBackend {
  /** Its provider; see `createFakeBackend` for the types. */
  readonly provider: FakeProvider
  /** All objects, oldest first. */
  objects(type?: string): readonly FakeObject[]
  /** What is live of them: of types with a settle group as they were when it was last settled. */
  live(): readonly FakeObject[]
  /** Every call so far, in order. */
  readonly calls: readonly FakeCall[]
  /** Makes an object behind everybody's back; returns its id. */
  put(type: string, fields: Fields): string
  /** Changes an object behind everybody's back (a merge patch). */
  edit(id: string, patch: Fields): void
  /** Removes an object behind everybody's back. */
  drop(id: string): void
  /** Scripts a fault. */
  fault(fault: FakeFault): void
  /** Forgets every fault that has not happened yet, and is there again. */
  heal(): void
  /** From now on, until it is healed: no call is answered, and none has an effect. */
  goDown(): void
}

/**
 * Makes a backend in memory, with a provider of these types (fields are free): `thing` (known only by its id), `named`
 * (key `name`; listed and found), `marked` (the same, with an ownership mark `owner` and `protected`), `child` (lives in a
 * `marked` by `parent_id`), `versioned` (`kind` is immutable), `keyed` (takes an idempotency key), `singleton` (always there).
 * `ref` and `refs` hold ids of other objects. Deterministic: ids are `named-1`, `named-2`, ….
 *
 * @example
 * ```ts
 * import { apply, declare, memoryStore, plan } from 'convergent'
 * import { createFakeBackend } from 'convergent/testing'
 *
 * const backend = createFakeBackend()
 * const options = { provider: backend.provider, store: memoryStore() }
 * const { named } = declare(backend.provider)
 * backend.fault({ call: 'create', fault: 'lost-reply' })
 * const result = await apply(await plan([named('a', { name: 'a' })], options), options)
 * result.outcome // => 'succeeded'
 * backend.objects('named').length // => 1
 * ```
 */
export function createFakeBackend(options: FakeBackendOptions = {}): FakeBackend {
  const core = new FakeCore(options)
  return {
    provider: createFakeProvider(core),
    calls: core.calls,
    objects: (type) => core.objects(type),
    live: () => core.live(),
    put: (type, fields) => core.insert(type, fields).id,
    edit: (id, patch) => core.patch(id, patch),
    drop: (id) => core.remove(id),
    fault: (fault) => core.faults.add(fault),
    heal: () => {
      core.faults.clear()
      core.isDown = false
    },
    goDown: () => void (core.isDown = true),
  }
}
