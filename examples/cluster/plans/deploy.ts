import type { DeclaredPhase } from 'convergent/operations'
import type { Cluster } from '../cluster.ts'
import { metadataFile } from '../metadata.ts'
import { declare } from '../operations/operations.ts'
import { planOf } from './engine-plans.ts'
import { configure, fetchPrograms, makeDirectory, verify } from './steps.ts'

/** Everything of a cluster, from nothing. */
export function planDeploy(cluster: Cluster, stateDir: string): readonly DeclaredPhase[] {
  const programs = fetchPrograms(cluster, cluster.instances)
  const { start, initialise } = planOf(cluster.engine).bringUp(cluster, cluster.instances)
  return [
    { name: 'prepare', description: 'programs and directories', operations: [...programs, ...cluster.instances.map((instance) => makeDirectory(cluster, instance, programs))] },
    { name: 'configure', description: 'configuration files', operations: cluster.instances.map((instance) => configure(cluster, instance)) },
    { name: 'start', description: 'data and processes', operations: start },
    ...(initialise.length > 0 ? [{ name: 'initialise', description: 'make them one cluster', operations: initialise }] : []),
    { name: 'verify', description: 'ask the databases themselves', operations: [verify(cluster)] },
    { name: 'save', description: 'write down what runs where', operations: [saveCluster(cluster, stateDir)] },
  ]
}

/** What runs is written down. */
export function saveCluster(cluster: Cluster, stateDir: string): ReturnType<typeof declare.saveMetadata> {
  return declare.saveMetadata(cluster.name, { file: metadataFile(stateDir, cluster.name), metadata: { format: 'cluster', version: 1, cluster } })
}
