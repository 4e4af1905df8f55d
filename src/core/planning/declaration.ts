import { AddressError, CycleError, DeclarationError, type Issue } from '../errors.ts'
import { parseAddress, type Address } from '../address.ts'
import { EdgeList, buildGraph } from '../graph.ts'
import { sortTopologically } from '../graph-order.ts'
import { isFields, type Path } from '../json.ts'
import { suggest } from '../nearest.ts'
import { endsPortion, type Portions } from '../portion.ts'
import { locateReferences } from '../reference.ts'
import { addressOf, type Resource } from '../resource.ts'
import type { TypeRules } from '../rules.ts'
import { MARKER_KEY, isMarker } from '../value.ts'

/** A declared resource with what the declaration alone says of it. */
export interface Declared {
  readonly resource: Resource
  readonly address: Address
  readonly rules: TypeRules
  /** Positions of what it depends on: references, then `dependsOn`, each once. */
  readonly dependencies: readonly number[]
}

/** A declaration that holds together: unique addresses, known types, no dangling reference, no cycle. */
export interface Declaration {
  readonly all: readonly Declared[]
  readonly indexOf: ReadonlyMap<string, number>
  /** Positions, dependencies first. */
  readonly order: Int32Array
}

/** Checks what is declared as a whole. Throws `declaration` with every issue at once. */
export function* checkDeclaration(desired: readonly Resource[], types: Readonly<Record<string, TypeRules>>): Portions<Declaration> {
  const issues: Issue[] = []
  const indexOf = yield* indexAddresses(desired, issues)
  const edges = new EdgeList(desired.length * 2)
  const all: Declared[] = []
  const movers = new Map<string, Address>()
  for (let index = 0; index < desired.length; index++) {
    if (endsPortion(index)) yield
    const resource = desired[index] as Resource
    const rules = Object.hasOwn(types, resource.type) ? types[resource.type] : undefined
    const address: Address = `${resource.type}/${resource.name}`
    const about = (): Pick<Issue, 'address' | 'source'> => ({ address, ...(resource.source && { source: resource.source }) })
    if (rules === undefined)
      issues.push({ ...about(), code: 'unknown-type', message: `unknown type "${resource.type}"${suggest(resource.type, Object.keys(types))}` })
    const reserved = findReservedKey(resource.inputs)
    if (reserved !== undefined) issues.push({ ...about(), code: 'reserved-key', message: `the key "${MARKER_KEY}" is reserved; rename it` })
    const dependencies = new Set<number>()
    const depend = (on: string, at: Path): void => {
      const target = indexOf.get(on)
      if (target !== undefined) dependencies.add(target)
      else issues.push({ ...about(), path: at, code: 'dangling-reference', message: `refers to "${on}", which is not declared${suggest(on, indexOf.keys())}` })
    }
    for (const reference of locateReferences(resource.inputs)) depend(reference.address, reference.at)
    for (const on of resource.dependsOn ?? []) depend(on, ['dependsOn'])
    for (const dependency of dependencies) edges.add(index, dependency)
    if (resource.movedFrom !== undefined) {
      const fault = findMoveFault(resource, address, indexOf, movers)
      if (fault !== undefined) issues.push({ ...about(), path: ['movedFrom'], code: 'invalid-move', message: `${resource.movedFrom} ${fault}` })
      movers.set(resource.movedFrom, address)
    }
    all.push({ resource, address, rules: rules ?? {}, dependencies: [...dependencies] })
  }
  if (issues.length > 0) throw new DeclarationError(issues)
  try {
    const graph = yield* buildGraph(all.length, edges)
    yield
    const order = sortTopologically(graph, (node) => (all[node] as Declared).address)
    return { all, indexOf, order }
  } catch (error) {
    if (!(error instanceof CycleError)) throw error
    const first = all[indexOf.get(error.path[0] as string) as number]?.resource
    throw new DeclarationError([{ code: 'cycle', message: error.message, ...(first?.source && { source: first.source }) }])
  }
}

/** Why something cannot have moved from where it says. */
function findMoveFault({ type, external, movedFrom = '' }: Resource, address: Address, declared: ReadonlyMap<string, number>, movers: ReadonlyMap<string, Address>): string | undefined {
  if (external === true) return 'cannot be where this comes from: it is somebody else\'s, and recorded nowhere'
  if (movedFrom === address) return 'is its own address'
  if (declared.has(movedFrom)) return 'is declared itself; only what is not there any more can have moved'
  if (!movedFrom.startsWith(`${type}/`) || movedFrom === `${type}/`) return `is no address of a ${type}; expected ${type}/ and the name that it had`
  return movers.has(movedFrom) ? `is where ${movers.get(movedFrom)} says to come from already` : undefined
}

function* indexAddresses(desired: readonly Resource[], issues: Issue[]): Portions<Map<string, number>> {
  const indexOf = new Map<string, number>()
  for (let index = 0; index < desired.length; index++) {
    if (endsPortion(index)) yield
    const resource = desired[index] as Resource
    const source = resource.source && { source: resource.source }
    try {
      const address = addressOf(resource)
      parseAddress(address)
      const earlier = indexOf.get(address)
      if (earlier === undefined) indexOf.set(address, index)
      else {
        const at = desired[earlier]?.source
        const where = at === undefined ? '' : ` at ${[at.file, at.line].filter((part) => part !== undefined).join(':')}`
        issues.push({ address, ...source, code: 'duplicate-address', message: `is declared twice, first${where || ' earlier in the same declaration'}; give one of them another name` })
      }
    } catch (error) {
      if (!(error instanceof AddressError)) throw error
      issues.push({ ...source, code: 'invalid-address', message: error.message })
    }
  }
  return indexOf
}

function findReservedKey(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || isMarker(value)) return undefined
  if (Array.isArray(value)) {
    for (const child of value) if (findReservedKey(child) !== undefined) return MARKER_KEY
    return undefined
  }
  if (!isFields(value)) return undefined
  for (const key in value) if (key === MARKER_KEY || findReservedKey(value[key]) !== undefined) return MARKER_KEY
  return undefined
}
