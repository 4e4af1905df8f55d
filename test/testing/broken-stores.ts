import { LeaseHeldError, LeaseLostError } from '../../src/core/errors.ts'
import type { Entry } from '../../src/core/entry.ts'
import type { State } from '../../src/core/state.ts'
import { memoryStore } from '../../src/store/memory.ts'
import type { Lease, Store } from '../../src/store/store.ts'

/** A memory store that says of itself what a shared, durable one says. */
export function placeStore(): Store {
  return { ...memoryStore(), capabilities: { durable: true, shared: true }, backup: async () => undefined }
}

type Break = (store: Store) => Partial<Store>

/** The newest lease of each stack, until it is released. */
function watchLeases(store: Store): { readonly current: Map<string, Lease>; readonly claim: Store['claim']; readonly release: Store['release'] } {
  const current = new Map<string, Lease>()
  return {
    current,
    claim: async (stack, holder, options) => {
      const lease = await store.claim(stack, holder, options)
      current.set(stack, lease)
      return lease
    },
    release: async (lease) => {
      await store.release(lease)
      if (current.get(lease.stack)?.fence === lease.fence) current.delete(lease.stack)
    },
  }
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown

/** Stores with one defect each, by the case that finds it. */
export const brokenStores: Readonly<Record<string, Break>> = {
  'state: nothing is loaded before the first commit': (store) => ({
    load: async (stack) => (await store.load(stack)) ?? { stack, serial: 0, lineage: '', salt: '', resources: new Map() },
  }),
  'state: what is committed is loaded, markers included': (store) => ({
    load: async (stack) => {
      const state = await store.load(stack)
      return state && { ...state, resources: new Map([...state.resources].map(([address, resource]) => [address, plain(resource) as typeof resource])) }
    },
  }),
  'state: another serial than the expected one is refused': (store) => ({
    commit: async (state, { lease }) => store.commit(state, { lease, expectedSerial: (await store.load(state.stack))?.serial ?? 0 }),
  }),
  'state: a commit with an old fence is refused': (store) => {
    const { current, ...leases } = watchLeases(store)
    return { ...leases, commit: (state, { expectedSerial, lease }) => store.commit(state, { expectedSerial, lease: current.get(state.stack) ?? lease }) }
  },
  'state: what is given and what is returned are copies': (store) => {
    const states = new Map<string, State>()
    return {
      commit: async (state, options) => {
        await store.commit(state, options)
        states.set(state.stack, state)
      },
      load: async (stack) => states.get(stack),
    }
  },
  'state: stacks are kept apart, whatever their names': (store) => ({ claim: (stack, holder) => store.claim(stack.toLowerCase(), holder) }),
  'state: a lease of another stack commits nothing': (store) => ({
    commit: (state, { expectedSerial, lease }) => store.commit(state, { expectedSerial, lease: { ...lease, stack: state.stack } }),
  }),
  'state: a backup changes nothing': (store) => {
    let moved = false
    return {
      backup: async () => {
        moved = true
      },
      load: async (stack) => (moved ? undefined : store.load(stack)),
    }
  },
  'lease: a claim says what was claimed': (store) => ({ claim: async (stack, holder) => ({ ...(await store.claim(stack, holder)), holder: 'somebody' }) }),
  'lease: a held stack is refused and its holder is named': (store) => ({
    claim: (stack, holder) => store.claim(stack, holder).catch(() => Promise.reject(new LeaseHeldError(stack, 'somebody', '2026-01-01T00:00:00Z'))),
  }),
  'lease: of two claims at once exactly one wins': (store) => {
    const { current, claim, release } = watchLeases(store)
    return {
      release,
      claim: async (stack, holder) => {
        if (current.has(stack)) throw new LeaseHeldError(stack, 'x', '2026-01-01T00:00:00Z')
        await Promise.resolve()
        const other = current.get(stack)
        if (other !== undefined) await release(other)
        return claim(stack, holder).catch(() => ({ stack, holder, fence: 0, termMs: 30_000 }))
      },
    }
  },
  'lease: fences grow with each claim': (store) => {
    const { current, claim } = watchLeases(store)
    return {
      claim: async (stack, holder) => ({ ...(await claim(stack, holder)), fence: 1 }),
      release: async ({ stack }) => {
        const lease = current.get(stack)
        if (lease !== undefined) await store.release(lease)
      },
    }
  },
  'lease: a release frees the stack and can be repeated': (store) => {
    const { current, claim, release } = watchLeases(store)
    return {
      claim,
      release: async (lease) => {
        if (!current.has(lease.stack)) throw new LeaseLostError(lease.stack, 'released twice')
        await release(lease)
      },
    }
  },
  'lease: an old lease releases nothing': (store) => {
    const { current, claim } = watchLeases(store)
    return { claim, release: async (lease) => store.release(current.get(lease.stack) ?? lease) }
  },
  'lease: an append with an old fence is refused': (store) => {
    const { current, ...leases } = watchLeases(store)
    return { ...leases, append: (lease, run, entries) => store.append(current.get(lease.stack) ?? lease, run, entries) }
  },
  'lease: an append after a release is refused': (store) => ({
    append: (lease, run, entries) =>
      store.append(lease, run, entries).catch((error: Error) => {
        if (!error.message.includes('released')) throw error
      }),
  }),
  'lease: a claim holds for the term that it asks for, else 30 s': (store) => ({
    claim: (stack, holder, options) => store.claim(stack, holder, options?.takeOver && { takeOver: options.takeOver }),
  }),
  'lease: the holding tells who has the stack': (store) => ({ holding: async (stack) => ({ fence: 0, renewal: 0, since: '', holder: '', termMs: 0, ...(await store.holding(stack)) }) }),
  'lease: everybody can see a renewal': () => ({ renew: async () => undefined }),
  'lease: what is lost or given back cannot be renewed': (store) => ({ renew: (lease) => store.renew(lease).catch(() => undefined) }),
  'lease: only the newest claim can be taken over': (store) => ({
    claim: async (stack, holder, options) => {
      const present = await store.holding(stack)
      return store.claim(stack, holder, { ...options, ...(options?.takeOver && present && { takeOver: { ...options.takeOver, fence: present.fence } }) })
    },
  }),
  'lease: a take-over says from whom and why': (store) => ({
    claim: (stack, holder, options) => store.claim(stack, holder, { ...options, ...(options?.takeOver && { takeOver: { ...options.takeOver, reason: '' } }) }),
  }),
  'lease: a take-over raises the fence, and of several at once one wins': (store) => ({
    claim: (stack, holder, options) =>
      store.claim(stack, holder, options).catch((error: unknown) => {
        if (options?.takeOver === undefined) throw error
        return { stack, holder, fence: options.takeOver.fence + 1, termMs: 30_000 }
      }),
  }),
  'lease: an overtaken holder records nothing': (store) => {
    const { current, ...leases } = watchLeases(store)
    return { ...leases, append: (lease, run, entries) => store.append(current.get(lease.stack) ?? lease, run, entries) }
  },
  'lease: an overtaken holder renews and gives back nothing': (store) => {
    const { current, claim } = watchLeases(store)
    return { claim, release: async (lease) => store.release(current.get(lease.stack) ?? lease) }
  },
  'journal: an unknown run has no entries': (store) => ({
    async *entries(stack, run) {
      let count = 0
      for await (const entry of store.entries(stack, run)) {
        count += 1
        yield entry
      }
      if (count === 0) throw new Error('no such run')
    },
  }),
  'journal: entries come back as they were, in order': (store) => ({
    async *entries(stack, run) {
      for await (const entry of store.entries(stack, run)) yield plain(entry) as Entry
    },
  }),
  'journal: appends at once keep their order': (store) => {
    let count = 0
    return {
      append: async (lease, run, entries) => {
        if (count++ % 2 === 0) await Promise.resolve()
        await store.append(lease, run, entries)
      },
    }
  },
  'journal: a large batch is kept whole': (store) => ({ append: (lease, run, entries) => store.append(lease, run, entries.slice(0, 1_000)) }),
  'journal: entries are copies': (store) => {
    const kept: Entry[] = []
    return {
      append: async (_lease, _run, entries) => void kept.push(...entries),
      entries: async function* () {
        yield* kept
      },
      runs: store.runs,
    }
  },
  'journal: runs and stacks are kept apart, whatever their names': (store) => ({
    append: (lease, run, entries) => store.append(lease, run.toLowerCase(), entries),
    entries: (stack, run) => store.entries(stack, run.toLowerCase()),
  }),
  'journal: runs are listed oldest first, with what they say of themselves': (store) => ({
    runs: async (stack) => [...(await store.runs(stack))].sort((a, b) => (a.id < b.id ? -1 : 1)),
  }),
  'journal: a run goes on under a later fence': (store) => ({
    append: (lease, run, entries) => store.append(lease, lease.fence === 1 ? run : `${run}.${lease.fence}`, entries),
  }),
  'prune: old ended runs go, the newest and the open ones stay': () => ({ prune: async () => undefined }),
  'prune: old plans go, what an open run needs stays': (store) => ({
    prune: async (stack, keep) => {
      for (const id of (await store.list(stack, 'plan')).slice(0, -keep.plans)) await store.remove(stack, 'plan', id)
    },
  }),
  'prune: what a pruned run printed goes with it, and nothing else': (store) => ({
    prune: async (stack, keep) => {
      const before = await store.runs(stack)
      await store.prune?.(stack, keep)
      const kept = (await store.runs(stack)).map(({ id }) => id)
      const gone = before.map(({ id }) => id).filter((id) => !kept.includes(id))
      for (const id of await store.list(stack, 'output')) if (gone.some((run) => id.startsWith(run))) await store.remove(stack, 'output', id)
    },
  }),
  'document: what was never put is not there': (store) => ({ get: async (stack, kind, id) => (await store.get(stack, kind, id)) ?? '' }),
  'document: the text comes back as it was': (store) => ({ put: (stack, kind, id, text) => store.put(stack, kind, id, text.trim()) }),
  'document: pieces and whole texts are the same': (store) => ({
    putPieces: async (stack, kind, id, pieces) => {
      const kept: string[] = []
      for await (const piece of pieces) kept.push(new TextDecoder().decode(new TextEncoder().encode(piece)))
      await store.put(stack, kind, id, kept.join(''))
    },
  }),
  'document: pieces that end with an error leave what was there': (store) => ({
    putPieces: async (stack, kind, id, pieces) => {
      let text = ''
      for await (const piece of pieces) await store.put(stack, kind, id, (text += piece))
    },
  }),
  'document: a second put replaces the first': (store) => ({
    put: async (stack, kind, id, text) => {
      if ((await store.get(stack, kind, id)) === undefined) await store.put(stack, kind, id, text)
    },
  }),
  'document: ids are listed oldest first': (store) => ({ list: async (stack, kind) => [...(await store.list(stack, kind))].sort() }),
  'document: a removed one is gone': () => ({ remove: async () => undefined }),
  'document: kinds, stacks and ids are kept apart, whatever their names': (store) => ({
    put: (stack, _kind, id, text) => store.put(stack, 'plan', id, text),
    get: (stack, _kind, id) => store.get(stack, 'plan', id),
  }),
  'move: a stack that is elsewhere is refused, and says where': (store) => ({ claim: (stack, holder, options) => store.claim(stack, holder, { ...options, relocating: true }) }),
  'move: who moves a stack can claim it all the same, and sees where it is': (store) => ({
    claim: async (stack, holder, options) => {
      const { relocation: _relocation, ...lease } = await store.claim(stack, holder, options)
      return lease
    },
  }),
  'move: a cleared stack is empty, and its fence goes on': (store) => ({
    clear: async (lease) => {
      const outputs = await store.list(lease.stack, 'output')
      await store.clear?.(lease)
      for (const id of outputs) await store.put(lease.stack, 'output', id, 'left behind')
    },
  }),
  'move: an old lease moves and clears nothing': (store) => {
    const { current, ...leases } = watchLeases(store)
    return { ...leases, clear: async (lease) => store.clear?.(current.get(lease.stack) ?? lease) }
  },
}

/** Cases that a store fails whose second object is on another place. */
export const brokenByReopening: readonly string[] = [
  'state: a committed state survives',
  'lease: another store on the same place sees who holds',
  'lease: another store on the same place is fenced',
  'lease: another store on the same place sees renewals, and can take over',
  'journal: a resolved append survives',
  'document: a put one survives',
  'move: that a stack is elsewhere survives',
]
