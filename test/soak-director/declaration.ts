import { rollOf } from '../soak/chance.ts'
import { NODE_NAMES } from './messages.ts'

/** Which declaration: every process that is told the same declares the same. */
export interface Declaration {
  readonly seed: number
  readonly round: number
  /** Another number, another declaration of the same tenants: edits, renames, removals and additions lie between two. */
  readonly generation: number
  /** `{pool}/{logpoint}` of each node. */
  readonly nodes: readonly string[]
  /** `refused`: with a repo that no node accepts, and a policy that needs it. `without-spare`: without the repo that somebody else's policy names. */
  readonly trouble?: 'refused' | 'without-spare'
}

/** The kinds, as the input calls them. */
export type DeclaredKind = 'Repo' | 'RoutingPolicy' | 'NormalizationPolicy' | 'EnrichmentPolicy' | 'ProcessingPolicy'

/** One object of a tenant, with names for all that it refers to. */
export interface DeclaredObject {
  readonly kind: DeclaredKind
  readonly node: string
  readonly name: string
  /** Another name, that it had in the declaration before. */
  readonly moved?: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** The name of a repo that is there unless a declaration is without it, and that nothing of ours names. */
export const SPARE = 'spare'

const STORAGES = ['/opt/immune/storage/', '/opt/immune/storage-warm/', '/opt/immune/storage-cold/'] as const
const PACKAGES = ['LP_Common', 'Windows', 'WinSecurity', 'LP_Linux', 'LP_Cisco ASA'] as const
const NORMALIZERS = ['CEF', 'JSON', 'WindowsXML', 'Zscaler'].map((name) => `${name}CompiledNormalizer`)
const SOURCES = ['geo_ip', 'ldap_users', 'threat_intelligence'] as const
const COUNTS = { Repo: 6, RoutingPolicy: 5, NormalizationPolicy: 4, EnrichmentPolicy: 3, ProcessingPolicy: 4 } as const

/** All that is declared, of both tenants. */
export function declareObjects(declaration: Declaration): readonly DeclaredObject[] {
  return NODE_NAMES.flatMap((node) => declareTenant(declaration, node))
}

/** A declaration as a person would write it: JSON is YAML. */
export function writeInput(declaration: Declaration, objects = declareObjects(declaration)): string {
  const write = (node: string, at: number): string => {
    const [pool, logpoint] = (declaration.nodes[at] as string).split('/')
    const resources = objects.filter((each) => each.node === node).map(({ kind, name, moved, fields }) => ({ type: kind, name, ...fields, ...(moved !== undefined && { moved }) }))
    return JSON.stringify({ pool, logpoint, node, resources })
  }
  return NODE_NAMES.map(write).join('\n---\n')
}

function declareTenant({ seed, round, generation, trouble }: Declaration, node: string): readonly DeclaredObject[] {
  const roll = (what: string, below: number, at = generation): number => rollOf(`${seed} ${round} ${at} ${node} ${what}`, below)
  const one = <T>(what: string, ...of: readonly T[]): T => of[roll(what, of.length)] as T
  const some = <T>(what: string, of: readonly T[]): readonly T[] => of.filter((_, index) => roll(`${what} ${index}`, 2) === 0)
  const isThere = (slot: string, at: number): boolean => at >= 0 && roll(`${slot} is there`, 6, at) > 0
  const nameOf = (slot: string, at: number): string => `${slot}${['', '', '', '-new', '-next'][roll(`${slot} is called`, 5, at)] ?? ''}`
  const objects: DeclaredObject[] = []
  const slotsOf = (kind: DeclaredKind): readonly string[] => Array.from({ length: COUNTS[kind] }, (_, index) => `${node}-${kind.slice(0, 4)}${index}`)
  const namesOf = (kind: DeclaredKind): readonly string[] => slotsOf(kind).filter((slot) => isThere(slot, generation)).map((slot) => nameOf(slot, generation))
  const add = (kind: DeclaredKind, slot: string, fields: Readonly<Record<string, unknown>>): void => {
    if (!isThere(slot, generation)) return
    const [name, old] = [nameOf(slot, generation), nameOf(slot, generation - 1)]
    const moved = isThere(slot, generation - 1) && old !== name && roll(`${slot} says so`, 2) === 0 ? { moved: old } : {}
    objects.push({ kind, node, name, ...moved, fields: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) })
  }

  const repos = namesOf('Repo')
  for (const slot of slotsOf('Repo')) {
    const paths = STORAGES.slice(0, 1 + roll(`${slot} tiers`, 2)).map((path, index) => ({ path, retention: one(`${slot} days ${index}`, 30, 90) + index }))
    add('Repo', slot, { hiddenrepopath: paths, repoha: one(`${slot} copies`, undefined, undefined, [{ ha_li: '10.9.8.2', ha_day: 30 }], [{ ha_li: '10.9.8.2', ha_day: 30 }, { ha_li: '10.9.8.1', ha_day: 7 }]) })
  }
  const repoOf = (what: string): string => one(what, ...repos, 'default', '_logpoint')
  for (const slot of slotsOf('RoutingPolicy')) {
    const criteria = Array.from({ length: roll(`${slot} criteria`, 4) }, (_, index) => {
      const isValue = roll(`${slot} by value ${index}`, 2) === 0
      return { type: isValue ? 'KeyPresentValueMatches' : 'KeyPresent', key: one(`${slot} key ${index}`, 'user', 'event_type'), ...(isValue && { value: one(`${slot} value ${index}`, 'audit', 'login') }), repo: repoOf(`${slot} repo ${index}`), drop: one(`${slot} drop ${index}`, 'store', 'discard_raw') }
    })
    add('RoutingPolicy', slot, { catch_all: repoOf(`${slot} catches`), routing_criteria: criteria.length === 0 ? undefined : criteria })
  }
  for (const slot of slotsOf('NormalizationPolicy')) {
    const packages = some(`${slot} package`, PACKAGES)
    const normalizers = some(`${slot} normalizer`, NORMALIZERS)
    add('NormalizationPolicy', slot, { norm_packages: packages.length === 0 ? ['Windows'] : packages, compiled_normalizer: normalizers.length === 0 ? undefined : normalizers })
  }
  for (const slot of slotsOf('EnrichmentPolicy')) {
    const rules = roll(`${slot} rules`, 2) === 0 ? {} : { rules: [{ category: 'simple', source_key: 'a', event_key: 'b' }] }
    add('EnrichmentPolicy', slot, { description: one(`${slot} says`, undefined, 'One', 'Two'), specifications: [{ source: one(`${slot} source`, ...SOURCES), criteria: [{ type: 'KeyPresents', key: one(`${slot} key`, 'ip', 'user') }], ...rules }] })
  }
  const policyOf = (what: string, kind: DeclaredKind, builtIn: string): string | undefined => one(what, ...namesOf(kind), ...namesOf(kind), builtIn, undefined)
  for (const slot of slotsOf('ProcessingPolicy'))
    add('ProcessingPolicy', slot, { norm_policy: policyOf(`${slot} normalizes`, 'NormalizationPolicy', '_logpoint'), enrich_policy: policyOf(`${slot} enriches`, 'EnrichmentPolicy', 'None'), routing_policy: policyOf(`${slot} routes`, 'RoutingPolicy', 'default') })
  if (trouble !== 'without-spare') objects.push({ kind: 'Repo', node, name: SPARE, fields: { hiddenrepopath: [{ path: STORAGES[0], retention: 9 }] } })
  if (trouble === 'refused' && node === NODE_NAMES[0]) {
    objects.push({ kind: 'Repo', node, name: 'bad', fields: { hiddenrepopath: [{ path: '/nowhere/', retention: 9 }] } })
    objects.push({ kind: 'RoutingPolicy', node, name: 'bad', fields: { catch_all: 'bad' } })
  }
  return objects
}
