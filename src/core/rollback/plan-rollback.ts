import type { Action, Step } from '../action.ts'
import { parseAddress, type Address } from '../address.ts'
import { EdgeList, buildGraph } from '../graph.ts'
import { sortTopologically } from '../graph-order.ts'
import { getPath } from '../json.ts'
import type { StepRecord } from '../journal.ts'
import type { Observed } from '../observed.ts'
import { PLAN_VERSION, type Plan, type Warning } from '../plan.ts'
import { endsPortion, type Portions } from '../portion.ts'
import { summarize } from '../planning/summary.ts'
import { addSettles } from '../planning/settles.ts'
import type { TypeRules } from '../rules.ts'
import type { SettleRules } from '../settle-rules.ts'
import type { RecordedResource, State } from '../state.ts'
import type { Marker } from '../value.ts'
import { invertAction, type Inverse } from './inverse.ts'
import { invertOperation } from './invert-operation.ts'

/** All that a rollback follows from. The same input gives the same plan, byte for byte. */
export interface RollbackInput {
  /** What was applied. */
  readonly plan: Plan
  /** The run that is taken back. */
  readonly run: string
  /** What its journal says of each step, with what was unknown asked for. */
  readonly steps: ReadonlyMap<string, StepRecord>
  /** The state, with what the run did folded in. */
  readonly recorded: State
  readonly types: Readonly<Record<string, TypeRules>>
  /** What makes writes effective, by name. Default: they are at once. */
  readonly settleGroups?: Readonly<Record<string, SettleRules>>
  /** The group of what operations of a type write. Default: none. */
  readonly groupOfOperation?: (type: string) => string | undefined
  /** What an action shares with others whose calls are made one at a time. Default: nothing. */
  readonly serialKeyOf?: (action: Action) => string | undefined
  /** Names of the operation types that can be taken back. Default: none. */
  readonly undoable?: ReadonlySet<string>
  /** Names of the fields that a declaration of a type may have. */
  readonly knownFields: (type: string) => readonly string[]
  /** What is there now of what the run made or changed, by the type and id. */
  readonly observed: ReadonlyMap<string, Observed>
  /** `creates`: only what was made is taken away again. */
  readonly scope: 'all' | 'creates'
  readonly id: string
  readonly now: string
}

interface Piece {
  readonly inverse: Inverse
  /** The key of the inverse of each step that is taken back. */
  readonly keys: ReadonlyMap<string, string>
}

/**
 * Derives the plan that takes a run back: what was made is deleted, what was changed is restored, what was deleted is made
 * again, in the reverse order of the run's own. What cannot be undone is in it as blocked, with the reason; so is what
 * waits for it.
 */
export function* createRollbackPlan(input: RollbackInput): Portions<Plan> {
  const { plan, steps, types } = input
  const lost = new Map<string, Address>()
  for (const action of plan.actions)
    for (const step of action.steps) {
      const before = steps.get(step.key)?.before
      if (step.call === 'delete' && before !== undefined && steps.get(step.key)?.status === 'succeeded') lost.set(`${parseAddress(action.address).type}\0${before.id}`, before.recorded?.address ?? action.address)
    }
  yield
  const remade = new Set(lost.values())
  const objects = new Map(plan.objects.map((object) => [object.address, object]))
  const older = listOlder(plan, steps)
  const resolve = (marker: Marker): { readonly value: unknown } | undefined => {
    if (marker.kind !== 'reference' || remade.has(marker.address)) return undefined
    const target = older.get(marker.address) ?? input.recorded.resources.get(marker.address) ?? objects.get(marker.address)
    if (target === undefined) return undefined
    if (marker.path.length === 0) return { value: target.id }
    const value = 'outputs' in target ? getPath(target.outputs, marker.path) : undefined
    return value === undefined ? undefined : { value }
  }

  const invert = (action: Action): Piece | undefined => {
    if (action.kind === 'settle') return undefined
    const succeeded = action.steps.filter(({ key }) => steps.get(key)?.status === 'succeeded')
    const doubtful = action.steps.find(({ key }) => steps.get(key)?.status === 'interrupted')
    const { type } = parseAddress(action.address)
    const done = Object.fromEntries(succeeded.map(({ key, call }) => [call, steps.get(key)])) as Partial<Record<Step['call'], StepRecord>>
    const id = idAfter(done) ?? action.id
    const undoing = { action, rules: types[type] ?? {}, known: input.knownFields(type), done, observed: id === undefined ? undefined : input.observed.get(`${type}\0${id}`), lost, resolve }
    const isOperation = action.kind === 'operation'
    const invert = (): Inverse | undefined => (isOperation ? invertOperation(action, done.run ?? done.undo, input.undoable?.has(type) === true) : invertAction(undoing))
    const inverse = doubtful === undefined ? invert() : unknownInverse(action)
    if (inverse === undefined || (input.scope === 'creates' && inverse.blocked === undefined && done.create === undefined && !isOperation)) return undefined
    return { inverse: { ...inverse, ...(action.phase !== undefined && { phase: action.phase }), ...(action.settleBefore === true && { settleBefore: true }) }, keys: new Map(succeeded.flatMap(({ key, call }) => (inverse.calls.length === 0 ? [] : [[key, `${inverseCall(call, inverse)}:${inverse.address}`]]))) }
  }
  const pieces: Piece[] = []
  for (let index = 0; index < plan.actions.length; index++) {
    if (endsPortion(index)) yield
    const piece = invert(plan.actions[index] as Action)
    if (piece !== undefined) pieces.push(piece)
  }

  const taken = yield* orderPieces(input, pieces)
  const phases = plan.phases?.toReversed().map(({ name }) => name)
  const actions = yield* addSettles(taken, {
    groups: input.settleGroups ?? {},
    groupOf: (type) => types[type]?.settleGroup ?? input.groupOfOperation?.(type),
    unsettled: input.recorded.unsettled ?? [],
    isRollback: true,
    ...(phases && { phases }),
  })
  yield
  const { lineage, serial } = input.recorded
  const warnings: Warning[] = actions.flatMap(({ address, fingerprint, blocked, reason }) => [
    ...(fingerprint === 'moved' && blocked === undefined ? [{ code: 'moved', address, message: 'somebody has changed it since the run, or it could not be read: it stays as it is' }] : []),
    ...(reason?.startsWith('a person') === true ? [{ code: 'needs-person', address, message: reason }] : []),
  ])
  return {
    format: 'convergent.plan',
    version: PLAN_VERSION,
    id: input.id,
    stack: plan.stack,
    mode: 'rollback',
    createdAt: input.now,
    basedOn: { lineage, serial },
    undoes: input.run,
    // What came last goes first; hooks are for the way forward.
    ...(phases && { phases: phases.map((name) => ({ name })) }),
    warnings,
    unreadable: [],
    violations: [],
    objects: [...plan.objects.filter(({ address }) => !older.has(address)), ...[...older.values()].map(({ address, id, parentId }) => ({ address, id, ...(parentId !== undefined && { parentId }) }))].sort((a, b) => (a.address < b.address ? -1 : 1)),
    actions,
    summary: summarize(actions, 0),
  }
}

/** Older objects that a create-first replace has not deleted: what refers to the resource refers to them again. */
function listOlder(plan: Plan, steps: ReadonlyMap<string, StepRecord>): ReadonlyMap<Address, RecordedResource> {
  const older = new Map<Address, RecordedResource>()
  for (const { address, replaceOrder, steps: [first, second] } of plan.actions) {
    const made = first === undefined || replaceOrder !== 'create-first' ? undefined : steps.get(first.key)
    if (made?.status !== 'succeeded' || made.before?.recorded === undefined || steps.get(second?.key ?? '')?.status === 'succeeded') continue
    older.set(address, made.before.recorded)
  }
  return older
}

function idAfter(done: Partial<Record<Step['call'], StepRecord>>): string | undefined {
  return done.create?.id ?? done.update?.id
}

function unknownInverse({ address, kind, id, dependsOn }: Action): Inverse {
  const message = `whether the ${kind} happened is unknown${id === undefined ? '' : ` (id ${id})`}: look for it by hand`
  return { address, kind, ...(id !== undefined && { id }), changes: [], fingerprint: 'absent', dependsOn, blocked: { reason: 'needs-person', message }, calls: [] }
}

const OPPOSITES: Readonly<Partial<Record<Step['call'], Step['call']>>> = { create: 'delete', delete: 'create', run: 'undo' }

function inverseCall(call: Step['call'], { calls }: Inverse): Step['call'] {
  const opposite = OPPOSITES[call] ?? 'update'
  return calls.includes(opposite) ? opposite : (calls[0] as Step['call'])
}

/** The steps of the inverses, in the reverse of the order in which they were done; what waits for a blocked one is blocked too. */
function* orderPieces(input: RollbackInput, pieces: readonly Piece[]): Portions<readonly Action[]> {
  const { plan } = input
  const inverseOf = new Map(pieces.flatMap(({ keys }) => [...keys]))
  yield
  const pieceOf = new Map<string, Piece>(pieces.flatMap((piece) => piece.inverse.calls.map((call) => [`${call}:${piece.inverse.address}`, piece] as const)))
  const after = new Map<string, Set<string>>()
  const waitFor = (key: string, other: string): void => {
    if (key !== other) after.set(key, (after.get(key) ?? new Set()).add(other))
  }
  yield
  const reached = yield* collectInverses(plan, inverseOf)
  let count = 0
  for (const [key, inverse] of inverseOf) {
    if (endsPortion(count++)) yield
    for (const earlier of reached.get(key) ?? []) waitFor(earlier, inverse)
  }
  for (const { inverse } of pieces) for (let at = 1; at < inverse.calls.length; at++) waitFor(`${inverse.calls[at]}:${inverse.address}`, `${inverse.calls[at - 1]}:${inverse.address}`)

  yield
  const blockers = new Map<Piece, Piece>()
  const dependents = new Map<Piece, Set<Piece>>()
  for (const [key, others] of after) {
    if (endsPortion(count++)) yield
    for (const other of others) {
      const [waiting, first] = [pieceOf.get(key), pieceOf.get(other)]
      if (waiting !== undefined && first !== undefined && waiting !== first) dependents.set(first, (dependents.get(first) ?? new Set()).add(waiting))
    }
  }
  yield
  blockMakers(plan, pieces, dependents)
  const queue = pieces.filter(({ inverse }) => holdsOthers(inverse))
  for (const blocked of queue)
    for (const waiting of dependents.get(blocked) ?? [])
      if (waiting.inverse.blocked === undefined && !blockers.has(waiting)) {
        blockers.set(waiting, blocked)
        queue.push(waiting)
      }
  yield
  const isRunning = (key: string): boolean => {
    const other = pieceOf.get(key)
    return other !== undefined && other.inverse.blocked === undefined && !blockers.has(other)
  }
  const laterOf = chainSerial(input, inverseOf, isRunning)
  const describe = (piece: Piece): Action => {
    const { calls, ...inverse } = piece.inverse
    const because = blockers.get(piece)?.inverse.address
    const blocked = inverse.blocked ?? (because === undefined ? undefined : { reason: 'blocked-dependency' as const, message: `${because}, which has to be undone first, cannot be`, because })
    const describeStep = (call: Step['call']): Step => {
      const key = `${call}:${inverse.address}`
      const later = laterOf.get(key)
      return { key, call, after: [...(after.get(key) ?? [])].filter(isRunning).sort(), ...(later !== undefined && { comesAfter: later }) }
    }
    const steps = blocked === undefined ? calls.map(describeStep) : []
    return { ...inverse, ...(blocked && { blocked }), steps }
  }
  const actions: Action[] = []
  for (let index = pieces.length - 1; index >= 0; index--) {
    if (endsPortion(index)) yield
    actions.push(describe(pieces[index] as Piece))
  }
  return actions
}

/**
 * For each inverse the one that comes before it because it takes back what was done next, among calls that were made one at a
 * time: every state on the way back is one that was there on the way forth, so the backend refuses none of them.
 */
function chainSerial({ plan, steps, serialKeyOf }: RollbackInput, inverseOf: ReadonlyMap<string, string>, isRunning: (key: string) => boolean): ReadonlyMap<string, string> {
  const chained = new Map<string, string>()
  if (serialKeyOf === undefined) return chained
  const keyOf = new Map(plan.actions.flatMap((action) => action.steps.map((step) => [step.key, serialKeyOf(action)] as const)))
  const times = new Map<string, number>()
  for (const inverse of inverseOf.values()) times.set(inverse, (times.get(inverse) ?? 0) + 1)
  // One that takes back two calls has no place among the others.
  const done = [...inverseOf].filter(([, inverse]) => isRunning(inverse) && times.get(inverse) === 1).sort(([one], [other]) => (steps.get(one)?.order ?? 0) - (steps.get(other)?.order ?? 0))
  const last = new Map<string, string>()
  for (const [key, inverse] of done) {
    const serial = keyOf.get(key)
    if (serial === undefined) continue
    const before = last.get(serial)
    if (before !== undefined) chained.set(before, inverse)
    last.set(serial, inverse)
  }
  return chained
}

/** For each step the inverses of what it waited for; steps without an inverse pass on what they waited for themselves. */
function* collectInverses(plan: Plan, inverseOf: ReadonlyMap<string, string>): Portions<ReadonlyMap<string, ReadonlySet<string>>> {
  const steps = plan.actions.flatMap((action) => action.steps)
  const positions = new Map(steps.map(({ key }, position) => [key, position]))
  yield
  const edges = new EdgeList(steps.length)
  for (let position = 0; position < steps.length; position++) {
    if (endsPortion(position)) yield
    for (const key of (steps[position] as Step).after) edges.add(position, positions.get(key) as number)
  }
  const reached = new Map<string, ReadonlySet<string>>()
  let count = 0
  for (const position of sortTopologically(yield* buildGraph(steps.length, edges))) {
    if (endsPortion(count++)) yield
    const { key, after } = steps[position] as Step
    const found = new Set<string>()
    for (const other of after) {
      const inverse = inverseOf.get(other)
      if (inverse !== undefined) found.add(inverse)
      else for (const passed of reached.get(other) ?? []) found.add(passed)
    }
    if (found.size > 0) reached.set(key, found)
  }
  return reached
}

/** What stays as it is may need what was made before it. Of an operation nothing stays that could. */
function holdsOthers({ blocked, kind }: Inverse): boolean {
  return blocked !== undefined && kind !== 'operation'
}

/** One that needs a person has no step of its own; what was done before it waits for it all the same. */
function blockMakers(plan: Plan, pieces: readonly Piece[], dependents: Map<Piece, Set<Piece>>): void {
  if (!pieces.some(({ inverse }) => holdsOthers(inverse))) return
  const byAddress = new Map(pieces.map((piece) => [piece.inverse.address as string, piece]))
  const ownerOf = new Map(plan.actions.flatMap(({ address, steps }) => steps.map(({ key }) => [key, address as string] as const)))
  for (const { address, steps } of plan.actions) {
    const piece = byAddress.get(address)
    if (piece === undefined || !holdsOthers(piece.inverse)) continue
    for (const { after } of steps)
      for (const key of after) {
        const earlier = byAddress.get(ownerOf.get(key) ?? '')
        if (earlier !== undefined && earlier !== piece) dependents.set(piece, (dependents.get(piece) ?? new Set()).add(earlier))
      }
  }
}
