import type { Address } from '../core/address.ts'
import type { Entry } from '../core/entry.ts'
import { LeaseHeldError, LeaseLostError, SerialConflictError } from '../core/errors.ts'
import { freezeCopy } from '../core/freeze.ts'
import { endsPortion, type Portions } from '../core/portion.ts'
import type { RecordedResource, State } from '../core/state.ts'
import { DEFAULT_TERM_MS } from './lease-term.ts'
import { listOutputsOf } from './output-id.ts'
import { refuseRelocated } from './relocation.ts'
import type { DocumentKind, Holding, Lease, Relocation, RunInfo, Store } from './store.ts'
import { runInTurns } from './turn.ts'

/** Everything is kept as a frozen copy, so nothing that a caller mutates changes it. */
interface Stack {
  state: State | undefined
  fence: number
  holding: Holding | undefined
  relocation: Relocation | undefined
  readonly journals: Map<string, Journal>
  /** Each in pieces: a text may be too long for one string. */
  readonly documents: Record<DocumentKind, Map<string, readonly string[]>>
}

interface Journal {
  readonly entries: Entry[]
  /** Kept up to date, so that nobody reads a million entries to know it. */
  info: RunInfo
}

/**
 * A store in this process's memory: for tests, for one-off runs, and as the reference to read before writing another.
 * What it holds is gone with it.
 *
 * @example
 * ```ts
 * import { memoryStore } from 'convergent'
 *
 * const store = memoryStore()
 * const lease = await store.claim('prod', 'me')
 * lease.fence // => 1
 * await store.load('prod') // => undefined
 * ```
 */
export function memoryStore(): Store {
  const stacks = new Map<string, Stack>()

  const open = (name: string): Stack => {
    const known = stacks.get(name)
    if (known !== undefined) return known
    const fresh: Stack = {
      state: undefined,
      fence: 0,
      holding: undefined,
      relocation: undefined,
      journals: new Map(),
      documents: { plan: new Map(), checkpoint: new Map(), output: new Map() },
    }
    stacks.set(name, fresh)
    return fresh
  }

  const openFenced = (lease: Lease): Stack => {
    const stack = open(lease.stack)
    if (stack.fence !== lease.fence) throw new LeaseLostError(lease.stack, `it was claimed again with fence ${stack.fence}, this one has ${lease.fence}`)
    if (stack.holding === undefined) throw new LeaseLostError(lease.stack, 'it was released')
    return stack
  }

  const keepDocument = (name: string, kind: DocumentKind, id: string, pieces: readonly string[]): void => {
    const documents = open(name).documents[kind]
    documents.delete(id)
    documents.set(id, pieces)
  }

  const listRuns = (name: string): readonly RunInfo[] => [...open(name).journals.values()].map(({ info }) => info)

  return {
    name: 'memory',
    capabilities: { durable: false, shared: false },
    async load(stack) {
      const { state } = open(stack)
      return state && { ...state, resources: new Map(state.resources) }
    },
    async commit(state, { expectedSerial, lease }) {
      if (lease.stack !== state.stack) throw new LeaseLostError(state.stack, `the lease is of stack ${lease.stack}`)
      const { resources: known } = openFenced(lease).state ?? {}
      const resources = await runInTurns(freezeResources(state.resources, known))
      // Asked when it is all there: another commit may have come in between.
      const stack = openFenced(lease)
      const { serial = 0 } = stack.state ?? {}
      if (serial !== expectedSerial) throw new SerialConflictError(state.stack, expectedSerial, serial)
      stack.state = { ...state, resources }
    },
    async claim(name, holder, { termMs = DEFAULT_TERM_MS, takeOver, relocating = false } = {}) {
      const stack = open(name)
      const { holding, relocation } = stack
      if (relocation !== undefined && !relocating) throw refuseRelocated(name, 'memory', relocation)
      if (holding !== undefined && holding.fence !== takeOver?.fence) throw new LeaseHeldError(name, holding.holder, holding.since)
      const taken = holding !== undefined && takeOver !== undefined && { takenOver: { from: holding.holder, reason: takeOver.reason } }
      stack.fence += 1
      stack.holding = { holder, fence: stack.fence, renewal: 0, since: new Date().toISOString(), termMs, ...taken }
      return { stack: name, holder, fence: stack.fence, termMs, ...taken, ...(relocation && { relocation }) }
    },
    async renew(lease) {
      const stack = openFenced(lease)
      stack.holding = { ...(stack.holding as Holding), renewal: (stack.holding as Holding).renewal + 1 }
    },
    async holding(name) {
      return open(name).holding
    },
    async release(lease) {
      const stack = open(lease.stack)
      if (stack.fence === lease.fence) stack.holding = undefined
    },
    async append(lease, run, entries) {
      const { journals } = openFenced(lease)
      if (entries.length === 0) return
      let journal = journals.get(run)
      if (journal === undefined) journals.set(run, (journal = { entries: [], info: { id: run, stack: lease.stack, plan: '', startedAt: '', ended: false } }))
      for (const entry of entries) {
        journal.entries.push(freezeCopy(entry))
        journal.info = followEntry(journal.info, entry)
      }
    },
    async *entries(stack, run) {
      yield* [...(open(stack).journals.get(run)?.entries ?? [])]
    },
    async runs(stack) {
      return listRuns(stack)
    },
    async put(stack, kind, id, text) {
      keepDocument(stack, kind, id, [text])
    },
    async get(stack, kind, id) {
      return open(stack).documents[kind].get(id)?.join('')
    },
    async putPieces(stack, kind, id, pieces) {
      const kept: string[] = []
      for await (const piece of pieces) kept.push(piece)
      keepDocument(stack, kind, id, kept)
    },
    async getPieces(stack, kind, id) {
      const kept = open(stack).documents[kind].get(id)
      return kept && giveEach(kept)
    },
    async list(stack, kind) {
      return [...open(stack).documents[kind].keys()]
    },
    async remove(stack, kind, id) {
      open(stack).documents[kind].delete(id)
    },
    async relocate(lease, relocation) {
      openFenced(lease).relocation = relocation
    },
    async clear(lease) {
      const stack = openFenced(lease)
      stack.state = undefined
      for (const kept of [stack.journals, ...Object.values(stack.documents)]) kept.clear()
    },
    async prune(name, keep) {
      const { journals, documents } = open(name)
      const runs = listRuns(name)
      const needed = new Set(runs.filter(({ ended }) => !ended).map(({ plan }) => plan))
      const removed = dropNewest(runs.filter(({ ended }) => ended), keep.runs).map(({ id }) => id)
      for (const id of removed) journals.delete(id)
      for (const id of listOutputsOf(removed, [...journals.keys()], [...documents.output.keys()])) documents.output.delete(id)
      for (const id of dropNewest([...documents.plan.keys()], keep.plans)) if (!needed.has(id)) documents.plan.delete(id)
    },
  }
}

function* freezeResources(resources: State['resources'], known: State['resources'] | undefined): Portions<Map<Address, RecordedResource>> {
  const frozen = new Map<Address, RecordedResource>()
  let count = 0
  for (const [address, resource] of resources) {
    if (endsPortion(count++)) yield
    // What was loaded and not changed is frozen already.
    frozen.set(address, known?.get(address) === resource ? resource : freezeCopy(resource))
  }
  return frozen
}

function followEntry(info: RunInfo, entry: Entry): RunInfo {
  const startedAt = info.startedAt === '' ? entry.at : info.startedAt
  if (entry.kind === 'run-started') return { ...info, plan: entry.plan, startedAt: entry.at }
  if (entry.kind === 'run-ended') return { ...info, startedAt, ended: !entry.open }
  if (entry.kind === 'run-resumed') return { ...info, startedAt, ended: false }
  return startedAt === info.startedAt ? info : { ...info, startedAt }
}

async function* giveEach<T>(values: readonly T[]): AsyncGenerator<T, void, undefined> {
  yield* values
}

/** All but the newest `kept`, of a list that is oldest first. */
function dropNewest<T>(oldestFirst: readonly T[], kept: number): readonly T[] {
  return oldestFirst.slice(0, Math.max(0, oldestFirst.length - kept))
}
