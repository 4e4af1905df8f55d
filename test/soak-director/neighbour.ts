import type { DirectorState, Edit } from '../../examples/director/server/director-app.ts'
import type { Row, TableName } from '../../examples/director/server/kind.ts'
import type { Chance } from '../soak/chance.ts'
import { SPARE } from './declaration.ts'

/** Somebody else who has things on the same nodes, and makes, changes and removes them as a person does. Nobody may touch them. */
export class Neighbour {
  readonly #chance: Chance
  readonly #nodes: readonly string[]
  /** By node, table and name, as it may be: a change may have come, or not. Null: gone. */
  readonly #rows = new Map<string, readonly (Row | null)[]>()

  constructor(chance: Chance, nodes: readonly string[]) {
    this.#chance = chance
    this.#nodes = nodes
  }

  /** What it has from the beginning. */
  begin(): readonly Edit[] {
    return this.#nodes.flatMap((node) => [
      this.#make(node, 'Repos', 'theirs', { hiddenrepopath: [{ path: '/opt/immune/storage/', retention: 5 }], repoha: [] }),
      this.#make(node, 'RoutingPolicies', 'theirs', { catch_all: 'theirs', routing_criteria: [] }),
      this.#make(node, 'ProcessingPolicy', 'theirs', { norm_policy: '_logpoint', enrich_policy: 'None', routing_policy: 'None' }),
    ])
  }

  /** Something that it may do next. */
  drawEdit(): Edit {
    const node = this.#nodes[Math.floor(this.#chance() * this.#nodes.length)] as string
    const days = 3 + Math.floor(this.#chance() * 90)
    const what = this.#chance()
    if (what < 0.4) return this.#make(node, 'Repos', 'theirs', { hiddenrepopath: [{ path: '/opt/immune/storage/', retention: days }], repoha: [] })
    if (what < 0.8) return this.#make(node, 'EnrichmentPolicy', 'theirs', { description: `${days} days`, specifications: [{ source: 'geo_ip', criteria: [{ type: 'KeyPresents', key: 'ip', value: '' }], rules: [] }] })
    return this.#make(node, 'EnrichmentPolicy', 'theirs', null)
  }

  /** A policy that uses a repo of ours; `changes` null: it does no more. */
  use(node: string, isUsed: boolean): Edit {
    return this.#make(node, 'RoutingPolicies', 'theirs-too', isUsed ? { catch_all: SPARE, routing_criteria: [] } : null)
  }

  /** All of it is there as it was left; what may have come is settled by what is there. */
  check({ nodes }: DirectorState): readonly string[] {
    return [...this.#rows].flatMap(([key, possible]) => {
      const [node = '', table = '', name = ''] = key.split(' ')
      const row = nodes[node]?.[table as TableName].find((each) => (each['policy_name'] ?? each['name']) === name)
      const text = write(row === undefined ? null : { ...row, id: undefined, name: undefined, policy_name: undefined })
      const found = possible.filter((each) => write(each) === text)
      if (found.length > 0) this.#rows.set(key, found)
      return found.length > 0 ? [] : [`somebody else's ${key} was ${possible.map(write).join(' or ')}, and is ${text}`]
    })
  }

  #make(node: string, table: TableName, name: string, changes: Row | null): Edit {
    const key = `${node} ${table} ${name}`
    this.#rows.set(key, [...(this.#rows.get(key) ?? [null]), changes])
    return { node, table, name, changes }
  }
}

function write(row: Row | null): string {
  return row === null ? 'gone' : JSON.stringify(Object.entries(row).filter(([, value]) => value !== undefined).sort())
}
