import { DeclarationError, type Issue } from 'convergent'
import type { DeclaredOperation, DeclaredPhase } from 'convergent/operations'
import type { Cluster, Instance } from '../cluster.ts'
import { saveCluster } from './deploy.ts'
import { removeDirectories } from './destroy.ts'
import { planOf } from './engine-plans.ts'
import { stopInGroups } from './start-stop.ts'
import { configure, fetchPrograms, makeDirectory, verify } from './steps.ts'

/** Adds the instances that are declared and not there yet, and takes out those that are declared no longer. */
export function planScale(cluster: Cluster, from: Cluster, stateDir: string): readonly DeclaredPhase[] {
  const fresh = cluster.instances.filter(({ name }) => !from.instances.some((other) => other.name === name))
  const gone = from.instances.filter(({ name }) => !cluster.instances.some((other) => other.name === name))
  refuseMoves(cluster, from)
  if (fresh.length === 0 && gone.length === 0) return []
  const programs = fetchPrograms(cluster, fresh)
  const { start, initialise } = planOf(cluster.engine).bringUp(cluster, fresh)
  const { before, after } = planOf(cluster.engine).takeOut(cluster, gone)
  const groups = planOf(cluster.engine).stopOrder({ ...from, instances: [...gone] })
  return [
    ...(fresh.length === 0 ? [] : [
      { name: 'prepare', description: 'programs, directories and configuration of what is new', operations: [...programs, ...fresh.flatMap((instance) => addFiles(cluster, instance, programs))] },
      { name: 'start', description: 'data and processes', operations: start },
    ]),
    ...(initialise.length > 0 ? [{ name: 'initialise', description: 'make them part of the cluster', operations: initialise }] : []),
    ...(before.length > 0 ? [{ name: 'leave', description: 'others take over what they have', operations: before }] : []),
    ...(gone.length === 0 ? [] : [
      { name: 'stop', description: 'what is declared no longer', operations: stopInGroups(cluster, groups.filter((group) => group.length > 0)) },
      ...(after.length > 0 ? [{ name: 'forget', description: 'nobody waits for them any more', operations: after }] : []),
    ]),
    { name: 'verify', description: 'ask the databases themselves', operations: [verify(cluster)] },
    // What cannot be taken back comes once the rest is known to be healthy.
    ...(gone.length === 0 ? [] : [{ name: 'remove', description: 'their directories, data and all', operations: removeDirectories({ ...from, instances: [...gone] }) }]),
    { name: 'save', description: 'write down what runs where', operations: [saveCluster(cluster, stateDir)] },
  ]
}

function addFiles(cluster: Cluster, instance: Instance, programs: readonly DeclaredOperation[]): readonly DeclaredOperation[] {
  const make = makeDirectory(cluster, instance, programs)
  return [make, { ...configure(cluster, instance), dependsOn: [make.address] }]
}

/** An instance that is somewhere else is another instance. */
function refuseMoves(cluster: Cluster, from: Cluster): void {
  const issues: Issue[] = []
  for (const instance of cluster.instances) {
    const old = from.instances.find(({ name }) => name === instance.name)
    if (old === undefined) continue
    for (const field of ['role', 'shard', 'port', 'directory'] as const)
      if (old[field] !== instance[field]) issues.push({ code: 'moved', path: ['instances', instance.name, field], message: `it was deployed with ${String(old[field])}, and ${String(instance[field])} is declared; take ${instance.name} out, and add another one under another name` })
    if (old.host.name !== instance.host.name) issues.push({ code: 'moved', path: ['instances', instance.name, 'host'], message: `it was deployed on ${old.host.name}, and ${instance.host.name} is declared; take ${instance.name} out, and add another one under another name` })
  }
  if (issues.length > 0) throw new DeclarationError(issues)
}
