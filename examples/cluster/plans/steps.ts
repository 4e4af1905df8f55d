import { dirname } from 'node:path'
import { env, type Deferred } from 'convergent'
import type { DeclaredOperation } from 'convergent/operations'
import type { Binary, Cluster, Instance } from '../cluster.ts'
import { engineOf } from '../engines/engines.ts'
import { declare } from '../operations/operations.ts'
import type { ProcessParams } from '../operations/start-process.ts'

/** The password as a plan has it: the variable that is looked up when an operation runs. */
export function secretOf({ passwordFrom }: Cluster): { readonly password?: Deferred<string> } {
  return passwordFrom === undefined ? {} : { password: env(passwordFrom) }
}

/** What an operation on an instance's process is told. */
export function describeProcess(cluster: Cluster, instance: Instance): ProcessParams {
  const engine = engineOf(cluster.engine)
  const { stop, takes } = engine
  const { sha256, program } = cluster.binary
  const argv = [...engine.command(instance, cluster)]
  const leftover = engine.leftoverOf?.(instance)
  return { instance, argv, ...(leftover !== undefined && { leftover }), ...(sha256 !== undefined && argv[0]?.endsWith(`/${program}`) && { sha256 }), stop, startMs: takes.startMs, memoryBytes: cluster.memoryBytes ?? takes.memoryBytes }
}

/** Starts an instance, and waits until it answers. */
export function startAndWait(cluster: Cluster, instance: Instance, after: readonly DeclaredOperation[] = []): readonly [DeclaredOperation, DeclaredOperation] {
  const { name } = instance
  const start = declare.startProcess(name, describeProcess(cluster, instance), { dependsOn: addressesOf(after) })
  const { startMs } = engineOf(cluster.engine).takes
  return [start, declare.waitForProcess(name, { engine: cluster.engine, instance, waitMs: cluster.waitMs, startMs, ...secretOf(cluster) }, { dependsOn: [start.address] })]
}

/** Writes the configuration of an instance. */
export function configure(cluster: Cluster, instance: Instance): DeclaredOperation {
  const files = engineOf(cluster.engine).configure(instance, cluster).map((file) => ({ ...file }))
  return declare.writeConfiguration(instance.name, { host: instance.host, files, ...(instance.user !== undefined && { user: instance.user }), ...secretOf(cluster) })
}

/** Makes an instance's directory, once the programs are known to be there. */
export function makeDirectory({ name: cluster }: Cluster, { name, host, directory, user }: Instance, after: readonly DeclaredOperation[]): DeclaredOperation {
  return declare.createDirectory(name, { host, path: directory, cluster, ...(user !== undefined && { user }) }, { dependsOn: addressesOf(after) })
}

/** Gets the programs: to this machine, and from here to the hosts that have them not; or looks for them on each host. */
export function fetchPrograms({ name: cluster, binary }: Cluster, instances: readonly Instance[]): readonly DeclaredOperation[] {
  if (binary.isOnHosts) return firstOfEachHost(instances).map(({ host }) => declare.fetchBinary(`${binary.name} on ${host.name}`, { binary, host }))
  const fetch = declare.fetchBinary(binary.name, { binary })
  return [fetch, ...listUploads(binary, instances).map(({ host, folder }) => declare.uploadBinary(host.name, { binary, host, folder, cluster }, { dependsOn: [fetch.address] }))]
}

/** The hosts that get the programs from here, and where they come to lie. */
export function listUploads(binary: Binary, instances: readonly Instance[]): readonly { readonly host: Instance['host']; readonly folder: string }[] {
  return binary.isOnHosts ? [] : firstOfEachHost(instances.filter(({ host }) => host.ssh !== undefined)).map(({ host, programs }) => ({ host, folder: dirname(programs) }))
}

/** Waits until the cluster is healthy. */
export function verify(cluster: Cluster): DeclaredOperation {
  return declare.verifyHealth(cluster.name, { cluster, ...secretOf(cluster) })
}

/** The same between instances that take turns. */
export function verifyAfter(cluster: Cluster, instances: readonly Instance[]): DeclaredOperation {
  return declare.verifyHealth(`after ${instances.map(({ name }) => name).join(', ')}`, { cluster, isBetween: true, ...secretOf(cluster) })
}

/** One instance for each host. */
export function firstOfEachHost(instances: readonly Instance[]): readonly Instance[] {
  return instances.filter(({ host }, at) => instances.findIndex((other) => other.host.name === host.name) === at)
}

/** Each waits for the one before. */
export function chain(operations: readonly DeclaredOperation[], after: readonly DeclaredOperation[] = []): readonly DeclaredOperation[] {
  return operations.map((operation, at) => {
    const before = at === 0 ? after : [operations[at - 1] as DeclaredOperation]
    return { ...operation, dependsOn: [...new Set([...(operation.dependsOn ?? []), ...addressesOf(before)])] }
  })
}

export function addressesOf(operations: readonly DeclaredOperation[]): readonly string[] {
  return operations.map(({ address }) => address)
}

