import { StoreError } from '../core/errors.ts'
import { canonicalJson } from '../core/json.ts'
import type { State } from '../core/state.ts'
import { crc32 } from '../format/checksum.ts'
import { TextDigest } from './digest.ts'
import { getInPieces, putInPieces } from './document.ts'
import type { Pieces } from './pieces.ts'
import { refuseRelocated } from './relocation.ts'
import type { DocumentKind, Lease, Store } from './store.ts'

const KINDS: readonly DocumentKind[] = ['plan', 'checkpoint', 'output']
const ENTRIES_AT_ONCE = 500

/** Which stack is moved, and where to. */
export interface MoveStackOptions {
  /** Where it is. */
  readonly from: Store
  /** Where it is to be. */
  readonly to: Store
  /** Default: `default`. */
  readonly stack?: string
  /** How this process names itself to others that want the stack. Default: `move`. */
  readonly holder?: string
}

/** What was moved. */
export interface MovedStack {
  /** The stack. */
  readonly stack: string
  /** Of its state; 0: nothing was ever committed. */
  readonly serial: number
  /** How many runs it has, open ones included. */
  readonly runs: number
  /** How many entries their journals have together. */
  readonly entries: number
  /** How many plans, checkpoints and outputs it has. */
  readonly documents: number
}

/** A store that can give stacks away and take them. */
type Movable = Store & Required<Pick<Store, 'relocate' | 'clear'>>

/** One side of a move. */
interface Side {
  readonly store: Movable
  readonly lease: Lease
}

/**
 * Moves a stack with its history from one store to another: state, journals of all runs, plans, checkpoints and outputs. What is in the
 * other store is compared with what was here before this one lets go of it. A run that is open there is resumed there. Backups
 * stay behind and are removed; the other store makes one of its own.
 *
 * The stack is never to be used in two stores: each refuses it as long as it is not its turn, and afterwards the first one says
 * where it is. What was cut off, at whatever instant, is ended by moving it again.
 *
 * Throws `lease-held` when the stack is in use, `store` when the other store has such a stack already, there is none here, or one of the
 * stores cannot move any.
 *
 * @example
 * ```ts
 * import { apply, declare, memoryStore, moveStack, plan } from 'convergent'
 * import { createFakeBackend } from 'convergent/testing'
 *
 * const { provider } = createFakeBackend()
 * const [from, to] = [memoryStore(), memoryStore()]
 * const { named } = declare(provider)
 * await apply(await plan([named('a', { name: 'a' })], { provider, store: from }), { provider, store: from })
 * const moved = await moveStack({ from, to })
 * moved.runs // => 1
 * await from.load('default') // => undefined
 * const state = await to.load('default')
 * state?.serial === moved.serial // => true
 * ```
 */
export async function moveStack({ from, to, stack = 'default', holder = 'move' }: MoveStackOptions): Promise<MovedStack> {
  requireMovable(from)
  requireMovable(to)
  return withLease(from, stack, holder, (source) => withLease(to, stack, holder, (target) => moveBetween(source, target)))
}

async function moveBetween(source: Side, target: Side): Promise<MovedStack> {
  const { stack, relocation } = source.lease
  const arrival = target.lease.relocation
  if (relocation === undefined) {
    await admitTo(target, source)
    await target.store.relocate(target.lease, { kind: 'arriving', store: source.store.name })
    await target.store.clear(target.lease)
    await copyDocuments(source, target)
    await copyRuns(source, target)
    await copyState(source, target)
    // From here on it is nowhere to be used until the other store has its turn: all of it is there.
    await source.store.relocate(source.lease, { kind: 'gone', store: target.store.name })
  } else if (relocation.kind !== 'gone' || relocation.store !== target.store.name || (arrival !== undefined && (arrival.kind !== 'arriving' || arrival.store !== source.store.name))) {
    throw refuseRelocated(stack, source.store.name, relocation)
  }
  await target.store.relocate(target.lease, undefined)
  await source.store.clear(source.lease)
  await target.store.backup?.(stack)
  return { ...(await measure(target.store, stack)), entries: await countEntries(target.store, stack) }
}

/** Refuses when there is nothing to move, or something else where it is to be. What a move that was cut off left there is begun anew. */
async function admitTo({ store, lease: { stack, relocation } }: Side, source: Side): Promise<void> {
  if (isEmpty(await measure(source.store, stack))) throw new StoreError(`there is no stack ${stack} in ${source.store.name}; nothing was moved`)
  if (relocation?.kind === 'arriving' && relocation.store !== source.store.name) throw refuseRelocated(stack, store.name, relocation)
  if (relocation !== undefined) return
  const there = await measure(store, stack)
  if (!isEmpty(there))
    throw new StoreError(`there is a stack ${stack} in ${store.name} already, with serial ${there.serial} and ${there.runs} run${there.runs === 1 ? '' : 's'}; nothing was moved: use another store, or move that one away first`)
}

async function copyDocuments(source: Side, target: Side): Promise<void> {
  const { stack } = source.lease
  for (const kind of KINDS)
    for (const id of await source.store.list(stack, kind)) {
      const pieces = await getInPieces(source.store, stack, kind, id)
      if (pieces === undefined) continue
      const sent = new TextDigest()
      await putInPieces(target.store, stack, kind, id, digestEach(pieces, sent))
      const kept = new TextDigest()
      for await (const _ of digestEach((await getInPieces(target.store, stack, kind, id)) ?? [], kept));
      if ((await kept.toHex()) !== (await sent.toHex())) throw differs(`${kind} ${id}`, source, target)
      await renew(source, target)
    }
}

async function* digestEach(pieces: Pieces, digest: TextDigest): AsyncGenerator<string, void, undefined> {
  for await (const piece of pieces) {
    digest.add(piece)
    yield piece
  }
}

async function copyRuns(source: Side, target: Side): Promise<void> {
  const { stack } = source.lease
  for (const { id } of await source.store.runs(stack)) {
    let waiting = []
    for await (const entry of source.store.entries(stack, id)) {
      if (waiting.push(entry) < ENTRIES_AT_ONCE) continue
      await target.store.append(target.lease, id, waiting)
      await renew(source, target)
      waiting = []
    }
    await target.store.append(target.lease, id, waiting)
    const [sent, kept] = await Promise.all([digestRun(source.store, stack, id), digestRun(target.store, stack, id)])
    if (sent !== kept) throw differs(`the journal of run ${id}`, source, target)
    await renew(source, target)
  }
}

async function copyState(source: Side, target: Side): Promise<void> {
  const { stack } = source.lease
  const state = await source.store.load(stack)
  if (state === undefined) return
  await target.store.commit(state, { expectedSerial: 0, lease: target.lease })
  const kept = await target.store.load(stack)
  if (kept === undefined || digestState(kept) !== digestState(state)) throw differs('the state', source, target)
  await renew(source, target)
}

function digestState({ resources, ...head }: State): string {
  let crc = crc32(canonicalJson(head))
  for (const resource of resources.values()) crc = crc32(canonicalJson(resource), crc)
  return `${resources.size} ${crc}`
}

async function digestRun(store: Store, stack: string, run: string): Promise<string> {
  let entries = 0
  let crc = 0
  for await (const entry of store.entries(stack, run)) {
    entries += 1
    // A store may give fields back in another order.
    crc = crc32(canonicalJson(entry), crc)
  }
  return `${entries} ${crc}`
}

async function measure(store: Store, stack: string): Promise<Omit<MovedStack, 'entries'>> {
  let documents = 0
  for (const kind of KINDS) documents += (await store.list(stack, kind)).length
  return { stack, serial: (await store.load(stack))?.serial ?? 0, runs: (await store.runs(stack)).length, documents }
}

function isEmpty({ serial, runs, documents }: Omit<MovedStack, 'entries'>): boolean {
  return serial + runs + documents === 0
}

async function countEntries(store: Store, stack: string): Promise<number> {
  let entries = 0
  for (const { id } of await store.runs(stack)) for await (const _entry of store.entries(stack, id)) entries += 1
  return entries
}

async function renew(source: Side, target: Side): Promise<void> {
  await source.store.renew(source.lease)
  await target.store.renew(target.lease)
}

async function withLease<T>(store: Movable, stack: string, holder: string, work: (side: Side) => Promise<T>): Promise<T> {
  const lease = await store.claim(stack, holder, { relocating: true })
  try {
    return await work({ store, lease })
  } finally {
    await store.release(lease).catch(() => undefined)
  }
}

function requireMovable(store: Store): asserts store is Movable {
  if (store.relocate === undefined || store.clear === undefined) throw new StoreError(`stacks cannot be moved into ${store.name} or out of it: that store has no relocate and clear`)
}

function differs(what: string, source: Side, target: Side): StoreError {
  return new StoreError(`${what} of stack ${source.lease.stack} came into ${target.store.name} other than it is in ${source.store.name}; it is still there, and nothing was removed; look at ${target.store.name}, then move it again`)
}
