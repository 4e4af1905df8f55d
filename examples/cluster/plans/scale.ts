import type { DeclaredOperation, DeclaredPhase } from 'convergent/operations'
import type { Cluster, Instance } from '../cluster.ts'
import { saveCluster } from './deploy.ts'
import { removeDirectories } from './destroy.ts'
import { planOf } from './engine-plans.ts'
import { refuseMoves } from './refuse-moves.ts'
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
