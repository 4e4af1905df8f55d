import type { Lease, Store } from '../../src/store/store.ts'

/** The same store, each stack under another name: what several share is kept apart. */
export function prefixStacks(store: Store, prefix: string): Store {
  const inner = (lease: Lease): Lease => ({ ...lease, stack: prefix + lease.stack })
  return {
    name: store.name,
    capabilities: store.capabilities,
    load: async (stack) => {
      const state = await store.load(prefix + stack)
      return state && { ...state, stack }
    },
    commit: (state, { expectedSerial, lease }) => store.commit({ ...state, stack: prefix + state.stack }, { expectedSerial, lease: inner(lease) }),
    claim: async (stack, holder, options) => ({ ...(await store.claim(prefix + stack, holder, options)), stack }),
    renew: (lease) => store.renew(inner(lease)),
    holding: (stack) => store.holding(prefix + stack),
    release: (lease) => store.release(inner(lease)),
    append: (lease, run, entries) => store.append(inner(lease), run, entries),
    entries: (stack, run, options) => store.entries(prefix + stack, run, options),
    runs: async (stack) => (await store.runs(prefix + stack)).map((run) => ({ ...run, stack })),
    put: (stack, kind, id, text) => store.put(prefix + stack, kind, id, text),
    get: (stack, kind, id) => store.get(prefix + stack, kind, id),
    list: (stack, kind) => store.list(prefix + stack, kind),
    remove: (stack, kind, id) => store.remove(prefix + stack, kind, id),
    relocate: (lease, relocation) => store.relocate?.(inner(lease), relocation) ?? Promise.resolve(),
    clear: (lease) => store.clear?.(inner(lease)) ?? Promise.resolve(),
    backup: (stack) => store.backup?.(prefix + stack) ?? Promise.resolve(),
    prune: (stack, keep) => store.prune?.(prefix + stack, keep) ?? Promise.resolve(),
  }
}
