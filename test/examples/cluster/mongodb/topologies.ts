import { createCluster, type Cluster } from '../../../../examples/cluster/cluster.ts'
import { parseTopology } from '../../../../examples/cluster/topology/load-topology.ts'

/** A replica set of three. */
export const SET = `topology: replica-set
hosts: { here: {} }
instances:
  m-1: { host: here, port: 7001, settings: { storage.wiredTiger.engineConfig.cacheSizeGB: 0.25 } }
  m-2: { host: here, port: 7002, role: replica }
  m-3: { host: here, port: 7003, role: replica }`

/** Two shards, a set of three and one of one, behind two routers. */
export const SHARDED = `topology: sharded
settings: { storage.journal.commitIntervalMs: 50, net.maxIncomingConnections: 200 }
hosts: { here: {} }
instances:
  c-1: { host: here, port: 7030, role: config }
  a-1: { host: here, port: 7011, shard: a }
  a-2: { host: here, port: 7012, shard: a, role: replica }
  a-3: { host: here, port: 7013, shard: a, role: replica }
  b-1: { host: here, port: 7021, shard: b }
  r-1: { host: here, port: 7031, role: router }
  r-2: { host: here, port: 7032, role: router }`

/** The cluster of a topology. `version`: of its programs. */
export function clusterOf(text: string, version = '7.0.14'): Cluster {
  const topology = parseTopology(`cluster: shop\nengine: mongodb\nbinary: { folder: /opt/mongodb/bin }\ndirectory: /srv/shop\n${text}\n`, 'test.yaml')
  return createCluster(topology, { name: `mongodb ${version}`, version, source: 'a folder', programs: '/opt/mongodb/bin', program: 'mongod', sha256: version === '7.0.14' ? 'a'.repeat(64) : 'b'.repeat(64), isOnHosts: true, bytes: 0 })
}
