import type { Entry } from '../core/entry.ts'
import { LeaseHeldError, LeaseLostError, SerialConflictError } from '../core/errors.ts'
import { checkEntry } from '../format/journal.ts'
import { formatState, parseState } from '../format/state.ts'
import { DEFAULT_TERM_MS } from './lease-term.ts'
import { refuseRelocated } from './relocation.ts'
import type { DocumentKind, Holding, Lease, Relocation, RunInfo, Store } from './store.ts'

interface Stack {
  /** Everything is kept as text, so nothing that a caller mutates changes it. */
  state: string | undefined
  serial: number
  fence: number
  holding: Holding | undefined
  relocation: Relocation | undefined
  readonly journals: Map<string, string[]>
  readonly documents: Record<DocumentKind, Map<string, string>>
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
      serial: 0,
      fence: 0,
      holding: undefined,
      relocation: undefined,
      journals: new Map(),
      documents: { plan: new Map(), checkpoint: new Map() },
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

  const listRuns = (name: string): readonly RunInfo[] =>
    [...open(name).journals].map(([id, lines]) => describeRun(name, id, lines.map(readEntry)))

  return {
    name: 'memory',
    capabilities: { durable: false, shared: false },
    async load(stack) {
      const { state } = open(stack)
      return state === undefined ? undefined : parseState(state)
    },
    async commit(state, { expectedSerial, lease }) {
      if (lease.stack !== state.stack) throw new LeaseLostError(state.stack, `the lease is of stack ${lease.stack}`)
      const stack = openFenced(lease)
      if (stack.serial !== expectedSerial) throw new SerialConflictError(state.stack, expectedSerial, stack.serial)
      stack.state = formatState(state)
      stack.serial = state.serial
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
      const lines = journals.get(run) ?? []
      for (const entry of entries) lines.push(JSON.stringify(entry))
      if (lines.length > 0) journals.set(run, lines)
    },
    async *entries(stack, run) {
      for (const line of [...(open(stack).journals.get(run) ?? [])]) yield readEntry(line)
    },
    async runs(stack) {
      return listRuns(stack)
    },
    async put(stack, kind, id, text) {
      const documents = open(stack).documents[kind]
      documents.delete(id)
      documents.set(id, text)
    },
    async get(stack, kind, id) {
      return open(stack).documents[kind].get(id)
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
      stack.serial = 0
      for (const kept of [stack.journals, ...Object.values(stack.documents)]) kept.clear()
    },
    async prune(name, keep) {
      const { journals, documents } = open(name)
      const runs = listRuns(name)
      const needed = new Set(runs.filter(({ ended }) => !ended).map(({ plan }) => plan))
      for (const { id } of dropNewest(runs.filter(({ ended }) => ended), keep.runs)) journals.delete(id)
      for (const id of dropNewest([...documents.plan.keys()], keep.plans)) if (!needed.has(id)) documents.plan.delete(id)
    },
  }
}

function readEntry(line: string): Entry {
  return checkEntry(JSON.parse(line), { document: 'journal', line: 0 })
}

function describeRun(stack: string, id: string, entries: readonly Entry[]): RunInfo {
  const head = entries.find((entry) => entry.kind === 'run-started')
  const last = entries.findLast(({ kind }) => kind === 'run-ended' || kind === 'run-resumed')
  const ended = last?.kind === 'run-ended' && !last.open
  return { id, stack, plan: head?.plan ?? '', startedAt: head?.at ?? entries[0]?.at ?? '', ended }
}

/** All but the newest `kept`, of a list that is oldest first. */
function dropNewest<T>(oldestFirst: readonly T[], kept: number): readonly T[] {
  return oldestFirst.slice(0, Math.max(0, oldestFirst.length - kept))
}
