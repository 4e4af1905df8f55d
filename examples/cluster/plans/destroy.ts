import type { DeclaredOperation, DeclaredPhase } from 'convergent/operations'
import type { Cluster } from '../cluster.ts'
import { metadataFile } from '../metadata.ts'
import { declare } from '../operations/operations.ts'
import { planOf } from './engine-plans.ts'
import { stopInGroups } from './start-stop.ts'
import { listUploads } from './steps.ts'

/** Stops everything, and removes everything. */
export function planDestroy(cluster: Cluster, stateDir: string): readonly DeclaredPhase[] {
  const groups = planOf(cluster.engine).stopOrder(cluster).filter((group) => group.length > 0)
  return [
    { name: 'stop', description: 'all processes', operations: stopInGroups(cluster, groups) },
    { name: 'remove', description: 'all directories, data and all', operations: [...removeDirectories(cluster), ...removePrograms(cluster)] },
    { name: 'save', description: 'forget the cluster', operations: [declare.saveMetadata(cluster.name, { file: metadataFile(stateDir, cluster.name) })] },
  ]
}

/** Of the instances of a cluster. */
export function removeDirectories({ name: cluster, instances }: Cluster): readonly DeclaredOperation[] {
  return instances.map(({ name, host, directory: path }) => declare.removeDirectory(name, { host, path, cluster }))
}

function removePrograms({ name: cluster, binary, instances }: Cluster): readonly DeclaredOperation[] {
  return listUploads(binary, instances).map(({ host, folder }) => declare.removeBinary(host.name, { host, folder, cluster }, { dependsOn: instances.filter((each) => each.host.name === host.name).map(({ name }) => `removeDirectory/${name}`) }))
}
