import type { Step } from '../action.ts'
import type { Address } from '../address.ts'
import { EdgeList, buildGraph } from '../graph.ts'
import { findCycle } from '../graph-order.ts'
import { CycleError } from '../errors.ts'
import { endsPortion, type Portions } from '../portion.ts'
import type { Declaration, Declared } from './declaration.ts'
import type { Decision } from './decided.ts'
import type { Existing, Inventory } from './existing.ts'
import type { Removal } from './removal.ts'
import { linkWrites, type Node } from './write-order.ts'

/** The steps of one action. */
export interface Ordered {
  readonly steps: readonly Step[]
  readonly replaceOrder?: 'delete-first' | 'create-first'
}

/**
 * Orders the steps: what is new comes dependencies first, by declared edges; what is old goes dependents first, by the
 * edges that were recorded or observed; both through unchanged resources in between.
 */
export function* orderSteps(
  declaration: Declaration,
  decisions: readonly Decision[],
  removals: readonly Removal[],
  inventory: Inventory,
  edgesOf: (existing: Existing) => readonly Existing[],
): Portions<{ readonly declared: readonly Ordered[]; readonly removed: readonly Ordered[] }> {
  const replaceOrders = chooseReplaceOrders(declaration, decisions)
  yield
  const nodes: Node[] = []
  const addNode = (call: Step['call'], address: Address, id?: string): Node => {
    const node: Node = { key: `${call}:${address}${id === undefined ? '' : `@${id}`}`, call, after: new Set() }
    nodes.push(node)
    return node
  }
  const writes: (Node | undefined)[] = []
  const deletes = new Map<Existing, Node>()
  for (let index = 0; index < declaration.all.length; index++) {
    if (endsPortion(index)) yield
    const { address } = declaration.all[index] as Declared
    const decision = decisions[index] as Decision
    const runs = decision.blocked === undefined && (decision.kind === 'create' || decision.kind === 'update' || decision.kind === 'replace')
    writes[index] = runs ? addNode(decision.kind === 'update' ? 'update' : 'create', address) : undefined
    if (runs && decision.kind === 'replace') deletes.set(decision.existing as Existing, addNode('delete', address))
  }
  const removed = removals.map((removal) => {
    if (removal.blocked !== undefined) return undefined
    const node = addNode(removal.kind, removal.address, removal.existing.deposedOf && removal.existing.id)
    deletes.set(removal.existing, node)
    return node
  })

  // The record of an older object goes with the record of its resource, so the older object goes first.
  for (const [existing, node] of deletes) if (existing.deposedOf !== undefined) deletes.get(inventory.recorded.get(existing.deposedOf.address) as Existing)?.after.add(node)

  if (nodes.length > deletes.size) yield* linkWrites(declaration, writes)
  for (const [index, order] of replaceOrders) {
    const [write, remove] = [writes[index] as Node, deletes.get((decisions[index] as Decision).existing as Existing) as Node]
    if (order === 'delete-first') write.after.add(remove)
    else remove.after.add(write)
  }
  // Writes alone follow the declaration, which has no cycle.
  if (deletes.size > 0) {
    yield* linkDeletes(declaration, decisions, inventory, edgesOf, writes, deletes, replaceOrders)
    yield* refuseCycle(nodes)
  }

  const toStep = (node: Node): Step => ({ key: node.key, call: node.call, after: node.after.size === 0 ? [] : Array.from(node.after, (other) => other.key).sort() })
  const describeWrite = (index: number): Ordered => {
    const write = writes[index]
    if (write === undefined) return { steps: [] }
    const replaceOrder = replaceOrders.get(index)
    if (replaceOrder === undefined) return { steps: [toStep(write)] }
    const remove = deletes.get((decisions[index] as Decision).existing as Existing) as Node
    return { replaceOrder, steps: (replaceOrder === 'delete-first' ? [remove, write] : [write, remove]).map(toStep) }
  }
  const declared: Ordered[] = []
  for (let index = 0; index < writes.length; index++) {
    if (endsPortion(index)) yield
    declared.push(describeWrite(index))
  }
  return {
    declared,
    removed: removed.map((node) => ({ steps: node === undefined ? [] : [toStep(node)] })),
  }
}

/**
 * Delete-first unless the type prefers otherwise or a dependent, also through what is new, is updated in place, which needs the
 * new object while the old one is still there. A natural key that stays forces delete-first, and so does a dependency that is delete-first.
 */
function chooseReplaceOrders(declaration: Declaration, decisions: readonly Decision[]): Map<number, 'delete-first' | 'create-first'> {
  if (!decisions.some(({ kind }) => kind === 'replace')) return new Map()
  const wants = new Set<number>()
  const isNeeded = new Set<number>()
  const replaced = (index: number): boolean => decisions[index]?.kind === 'replace' && decisions[index]?.blocked === undefined
  for (let position = declaration.order.length - 1; position >= 0; position--) {
    const index = declaration.order[position] as number
    const { rules, dependencies } = declaration.all[index] as Declared
    if (rules.replaceOrder === 'create-first' && replaced(index)) wants.add(index)
    // What is new passes it on: who is moved to it holds the old object until then.
    const isPassedOn = decisions[index]?.kind === 'create' && isNeeded.has(index)
    if (decisions[index]?.kind !== 'update' && !wants.has(index) && !isPassedOn) continue
    for (const dependency of dependencies) {
      isNeeded.add(dependency)
      if (replaced(dependency)) wants.add(dependency)
    }
  }
  const orders = new Map<number, 'delete-first' | 'create-first'>()
  const belowDeleteFirst = new Uint8Array(decisions.length)
  for (const index of declaration.order) {
    const declared = declaration.all[index] as Declared
    for (const dependency of declared.dependencies)
      if (belowDeleteFirst[dependency] === 1 || orders.get(dependency) === 'delete-first') belowDeleteFirst[index] = 1
    if (!replaced(index)) continue
    const canCoexist = decisions[index]?.keepsKey !== true && belowDeleteFirst[index] === 0
    orders.set(index, wants.has(index) && canCoexist ? 'create-first' : 'delete-first')
  }
  return orders
}

/** A delete waits for every delete or update that drops an edge to it. */
function* linkDeletes(
  declaration: Declaration,
  decisions: readonly Decision[],
  inventory: Inventory,
  edgesOf: (existing: Existing) => readonly Existing[],
  writes: readonly (Node | undefined)[],
  deletes: ReadonlyMap<Existing, Node>,
  replaceOrders: ReadonlyMap<number, 'delete-first' | 'create-first'>,
): Portions<void> {
  const dependentsOf = new Map<Existing, Existing[]>()
  let count = 0
  for (const existing of inventory.all) {
    if (endsPortion(count++)) yield
    for (const needed of edgesOf(existing)) {
      const dependents = dependentsOf.get(needed)
      if (dependents === undefined) dependentsOf.set(needed, [existing])
      else dependents.push(existing)
    }
  }
  for (const [existing, node] of deletes) {
    if (endsPortion(count++)) yield
    const isDeleteFirst = existing.declaredBy !== undefined && replaceOrders.get(existing.declaredBy) === 'delete-first'
    const needsNew = isDeleteFirst ? collectDeclaredDependents(declaration, existing.declaredBy as number) : undefined
    const seen = new Set([existing])
    const queue = [existing]
    for (const current of queue)
      for (const dependent of dependentsOf.get(current) ?? []) {
        if (seen.has(dependent)) continue
        seen.add(dependent)
        const remove = deletes.get(dependent)
        if (remove !== undefined) {
          node.after.add(remove)
          continue
        }
        const ancestor = findAncestor(dependent, deletes)
        const cascade = deletes.get(ancestor as Existing)
        // What lives in the same object goes before that does.
        if (cascade !== undefined && cascade !== node && !livesIn(existing, ancestor as Existing)) node.after.add(cascade)
        const write = dependent.declaredBy === undefined ? undefined : writes[dependent.declaredBy]
        // One that needs the new object cannot move off the old one first: the old one goes under it.
        if (write !== undefined && decisions[dependent.declaredBy as number]?.kind === 'update' && needsNew?.has(dependent.declaredBy as number) !== true) node.after.add(write)
        queue.push(dependent)
      }
  }
}

/** The nearest object that it lives in and that is deleted: the backend deletes it with that one. */
function findAncestor({ parent }: Existing, deletes: ReadonlyMap<Existing, Node>): Existing | undefined {
  return parent === undefined || deletes.has(parent) ? parent : findAncestor(parent, deletes)
}

function livesIn({ parent }: Existing, ancestor: Existing): boolean {
  return parent !== undefined && (parent === ancestor || livesIn(parent, ancestor))
}

function collectDeclaredDependents(declaration: Declaration, of: number): ReadonlySet<number> {
  const marked = new Set([of])
  for (const index of declaration.order) if ((declaration.all[index] as Declared).dependencies.some((dependency) => marked.has(dependency))) marked.add(index)
  return marked
}

function* refuseCycle(nodes: readonly Node[]): Portions<void> {
  const indexOf = new Map(nodes.map((node, index) => [node, index]))
  const edges = new EdgeList()
  for (let index = 0; index < nodes.length; index++) {
    if (endsPortion(index)) yield
    for (const other of (nodes[index] as Node).after) edges.add(index, indexOf.get(other) as number)
  }
  const cycle = findCycle(yield* buildGraph(nodes.length, edges))
  if (cycle === undefined) return
  const path = cycle.map((index) => (nodes[index] as Node).key)
  throw new CycleError(path[0] === path.at(-1) ? path : [...path, path[0] as string])
}
