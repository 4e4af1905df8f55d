import { stringify } from 'yaml'
import type { Cluster, Instance } from '../../cluster.ts'
import { replicaSetOf, replicaSetsOf, seedOf } from './replica-sets.ts'

type Setting = string | number | boolean

/** Where an instance's data is: MongoDB does not make the folder. A router has none. */
export function dataOf({ directory }: Pick<Instance, 'directory'>): string {
  return `${directory}/data`
}

/** What this host decides: by dotted name, or by the section that it stands in. */
const OWN = ['net.port', 'net.bindIp', 'net.bindIpAll', 'net.ipv6', 'net.tls', 'storage.dbPath', 'replication.replSetName', 'replication.replSet', 'sharding', 'security', 'systemLog.destination', 'systemLog.path', 'processManagement.fork', 'processManagement.pidFilePath']

/** Sections that a router does not know: it would not start. */
const NOT_OF_ROUTERS = ['storage', 'operationProfiling', 'replication', 'setParameter']

/** True: the setting is not for a topology to say. */
export function isOwn(setting: string): boolean {
  return OWN.some((own) => setting === own || setting.startsWith(`${own}.`) || own.startsWith(`${setting}.`))
}

/** The configuration of `mongod` or `mongos`. Both log to the standard output as long as no destination is set. */
export function renderConfiguration(instance: Instance, cluster: Cluster): string {
  const { role, host, port, settings } = instance
  const declared = Object.entries(settings).filter(([name]) => role !== 'router' || !NOT_OF_ROUTERS.includes(name.split('.')[0] as string))
  const set = replicaSetOf(cluster, instance)
  const configs = replicaSetsOf(cluster).find(({ isConfig }) => isConfig)
  return stringify(
    nest([
      ...(role === 'router' ? [] : [['storage.dbPath', dataOf(instance)] as const]),
      ['net.port', port],
      ['net.bindIp', host.address],
      ...(host.address.includes(':') ? [['net.ipv6', true] as const] : []),
      // Its socket would lie in a folder that everybody shares.
      ['net.unixDomainSocket.enabled', false],
      ...(set === undefined ? [] : [['replication.replSetName', set.name] as const]),
      ...(set === undefined || cluster.topology !== 'sharded' ? [] : [['sharding.clusterRole', set.isConfig ? 'configsvr' : 'shardsvr'] as const]),
      ...(role === 'router' && configs !== undefined ? [['sharding.configDB', seedOf(configs)] as const] : []),
      ...declared,
    ]),
  )
}

/** Dotted names as the sections of MongoDB's file; the names of parameters have no dots. */
function nest(settings: readonly (readonly [string, Setting])[]): object {
  const root: Record<string, unknown> = {}
  for (const [name, value] of settings) {
    const path = name.split('.')
    let section = root
    for (const part of path.slice(0, -1)) section = (section[part] ??= {}) as Record<string, unknown>
    section[path.at(-1) as string] = value
  }
  return root
}
