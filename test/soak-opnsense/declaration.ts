import type { Fields } from '../../src/core/json.ts'
import { ref } from '../../src/core/reference.ts'
import type { Resource } from '../../src/core/resource.ts'
import { rollOf } from '../soak/chance.ts'

/** Which declaration: every process that is told the same declares the same. */
export interface Declaration {
  readonly seed: number
  readonly round: number
  /** Another number, another declaration of the same names: edits, renames, removals and additions lie between two. */
  readonly generation: number
  /** `refused`: with something that the firewall refuses, and something that needs that. `without-spare`: without the alias that somebody else's rule names. */
  readonly trouble?: 'refused' | 'without-spare'
}

/** The name of an alias that is there unless a declaration is without it, and that nothing of ours names. */
export const SPARE = 'spare'

const GROUPED = ['h0', 'h1', 'h2', 'n0', 'n1'] as const

/** Aliases, some within others, rules that name them, VLANs, servers and pools of them. */
export function declareResources({ seed, round, generation, trouble }: Declaration): readonly Resource[] {
  const declared = new Map<string, Resource>()
  const roll = (what: string, below: number): number => rollOf(`${seed} ${round} ${generation} ${what}`, below)
  const one = <T>(what: string, ...of: readonly T[]): T => of[roll(what, of.length)] as T
  const isThere = (what: string): boolean => roll(`${what} is there`, 4) > 0
  const some = <T>(what: string, of: readonly T[]): readonly T[] => of.filter((_, index) => roll(`${what} ${index}`, 2) === 0)
  const add = (type: string, name: string, inputs: Fields): void => {
    declared.set(`${type}/${name}`, { type, name, inputs: Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined)) })
  }
  const named = (name: string): unknown => ref(`alias/${name}`, 'name')
  const calledOf = (what: string, name: string): string => one(`${what} ${name} is called`, name, name, `${name}_new`)

  for (let index = 0; index < 4; index++)
    if (isThere(`vlan ${index}`)) add('vlan', `v${index}`, { if: one(`device ${index}`, 'igb0', 'igb0', 'igb1'), tag: 10 + index, pcp: one(`priority ${index}`, 0, 3, undefined), descr: one(`vlan ${index} is described`, undefined, 'One', 'Two') })
  for (const name of GROUPED) {
    if (!isThere(name)) continue
    const isHost = name.startsWith('h')
    const content = [one(`${name} first`, 1, 2, 3), one(`${name} second`, 11, 12)].map((part) => (isHost ? `192.0.2.${part}` : `10.${part}.0.0/16`))
    const inside = name === 'n0' && declared.has('alias/h0') && roll('n0 has h0', 2) === 0 ? [named('h0')] : []
    add('alias', name, { name: calledOf('alias', name), alias_type: isHost ? 'host' : 'network', content: [...content, ...inside], description: one(`${name} is described`, undefined, 'One', 'Two') })
  }
  add('alias', 'ports', { name: calledOf('alias', 'ports'), alias_type: 'port', content: one('ports', [22], [22, '8000:8010'], [2200]) })
  const groupable = GROUPED.filter((name) => declared.has(`alias/${name}`))
  for (const name of ['g0', 'g1']) {
    const inside = [...some(`${name} has`, groupable), ...(name === 'g1' && declared.has('alias/g0') ? ['g0'] : [])]
    if (inside.length > 0) add('alias', name, { name: calledOf('alias', name), alias_type: 'networkgroup', content: inside.map(named), description: one(`${name} is described`, undefined, 'Group') })
  }
  if (trouble !== 'without-spare') add('alias', SPARE, { name: SPARE, alias_type: 'host', content: ['198.51.100.9'] })
  const aliases = [...groupable, 'g0', 'g1'].filter((name) => declared.has(`alias/${name}`))
  for (let index = 0; index < 6; index++) {
    if (!isThere(`rule ${index}`)) continue
    const sources = some(`sources of ${index}`, aliases)
    add('rule', `r${index}`, {
      description: one(`rule ${index} is called`, `Rule ${index}`, `Rule ${index}`, `Rule ${index}, anew`),
      sequence: one(`sequence ${index}`, 100, 200) + index,
      action: one(`action ${index}`, 'pass', 'block', undefined),
      interface: one(`interfaces of ${index}`, ['lan'], ['lan', 'opt1']),
      protocol: 'TCP',
      source_net: sources.length === 0 ? 'any' : sources.map(named),
      destination_port: one(`port of ${index}`, named('ports'), '443', undefined),
      log: one(`log ${index}`, true, false, undefined),
    })
  }
  for (let index = 0; index < 4; index++)
    if (isThere(`server ${index}`)) add('server', `s${index}`, { name: calledOf('server', `s${index}`), address: one(`address ${index}`, '198.51.100.1', '198.51.100.2'), port: 8080 + index, mode: one(`mode ${index}`, 'active', 'backup', undefined), weight: one(`weight ${index}`, 10, undefined), description: one(`server ${index} is described`, undefined, 'One') })
  const servers = [...declared.keys()].filter((address) => address.startsWith('server/'))
  for (let index = 0; index < 2; index++) {
    const linked = some(`servers of ${index}`, servers)
    if (isThere(`backend ${index}`)) add('backend', `b${index}`, { name: `b${index}`, mode: 'http', algorithm: one(`algorithm ${index}`, 'roundrobin', 'leastconn'), linkedServers: linked.length === 0 ? undefined : linked.map((address) => ref(address)), description: one(`backend ${index} is described`, undefined, 'Pool') })
  }
  if (trouble === 'refused') {
    add('alias', 'bad', { name: 'bad', alias_type: 'port', content: ['nonsense'] })
    add('rule', 'bad', { description: 'Bad', sequence: 900, interface: ['lan'], protocol: 'TCP', destination_port: named('bad') })
  }
  return [...declared.values()]
}
