import type { TableName } from '../../examples/director/server/kind.ts'
import type { DeclaredObject } from './declaration.ts'
import { NODE_NAMES, NOT_TAKEN_BACK } from './messages.ts'
import { lookView, type Scene } from './scene.ts'

const TABLES: Readonly<Record<string, TableName>> = { Repo: 'Repos', RoutingPolicy: 'RoutingPolicies', NormalizationPolicy: 'NormalizationPolicy', EnrichmentPolicy: 'EnrichmentPolicy', ProcessingPolicy: 'ProcessingPolicy' }

/** Does what a host has left to a person: of the objects that it named, those go that are not declared. Gives what it named. */
export async function removeLeft(scene: Scene, problems: readonly string[], desired: readonly DeclaredObject[]): Promise<ReadonlySet<string>> {
  const { director, figures, nodes, story } = scene
  const named = new Set(problems.filter((problem) => problem.startsWith(NOT_TAKEN_BACK)).map((problem) => problem.slice(NOT_TAKEN_BACK.length).split(' ')[0] as string))
  if (named.size === 0) return named
  figures.persons += named.size
  story.push(`left to a person: ${[...named].join(', ')}`)
  const declared = new Set(desired.map(({ kind, node, name }) => `${kind}/${node}/${name}`))
  for (const { address } of await lookView(scene)) {
    if (!named.has(address) || declared.has(address)) continue
    const [kind = '', node = '', name = ''] = address.split('/')
    await director.ask({ ask: 'edit', edits: [{ node: nodes[NODE_NAMES.findIndex((each) => each === node)] as string, table: TABLES[kind] as TableName, name, changes: null }] }, 'edited')
    story.push(`a person removed ${address}`)
  }
  return named
}
