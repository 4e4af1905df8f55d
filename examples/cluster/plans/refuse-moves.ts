import { DeclarationError, type Issue } from 'convergent'
import type { Cluster } from '../cluster.ts'
import { engineOf } from '../engines/engines.ts'

/** An instance that is somewhere else is another instance. Throws `declaration`. */
export function refuseMoves(cluster: Cluster, from: Cluster): void {
  const issues: Issue[] = []
  for (const instance of cluster.instances) {
    const old = from.instances.find(({ name }) => name === instance.name)
    if (old === undefined) continue
    const isElected = engineOf(cluster.engine).elects && [old.role, instance.role].every((role) => role === 'primary' || role === 'replica')
    for (const field of ['role', 'shard', 'port', 'directory'] as const)
      if (old[field] !== instance[field] && !(field === 'role' && isElected)) issues.push({ code: 'moved', path: ['instances', instance.name, field], message: `it was deployed with ${String(old[field])}, and ${String(instance[field])} is declared; take ${instance.name} out, and add another one under another name` })
    if (old.host.name !== instance.host.name) issues.push({ code: 'moved', path: ['instances', instance.name, 'host'], message: `it was deployed on ${old.host.name}, and ${instance.host.name} is declared; take ${instance.name} out, and add another one under another name` })
  }
  if (issues.length > 0) throw new DeclarationError(issues)
}

/** Throws `declaration` where other instances are declared than are deployed, or one of them is somewhere else. */
export function refuseOtherInstances(cluster: Cluster, from: Cluster): void {
  const names = ({ instances }: Cluster): string => instances.map(({ name }) => name).sort().join(', ')
  if (names(cluster) !== names(from)) throw new DeclarationError([{ code: 'deployed', path: ['instances'], message: `${cluster.name} is deployed with ${names(from)}, and ${names(cluster)} are declared; scale adds and takes out instances` }])
  refuseMoves(cluster, from)
}
