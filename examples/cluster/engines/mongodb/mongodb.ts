import type { Cluster, Instance } from '../../cluster.ts'
import type { Engine } from '../engine.ts'
import { describeInstance } from './answer.ts'
import { addressOf } from './ask.ts'
import { renderConfiguration } from './configuration.ts'
import { judgeMongodb } from './judge.ts'
import { routersOf } from './replica-sets.ts'
import { refuseMongodb } from './refuse.ts'

/** One instance, a replica set, or shards that are replica sets behind routers. Who is primary is for each set to elect. From version 5.0 on. */
export const mongodb: Engine = {
  name: 'mongodb',
  program: 'mongod',
  toolsOf: ({ topology }) => (topology === 'sharded' ? ['mongos'] : []),
  refuse: refuseMongodb,
  elects: true,
  takes: { diskBytes: 400 * 2 ** 20, memoryBytes: 150 * 2 ** 20, startMs: 2_000 },
  // A primary hands over first, for which it gives the others 15 seconds.
  stop: { signal: 'SIGTERM', graceMs: 60_000 },
  configure: (instance, cluster) => [{ path: configurationOf(instance), text: renderConfiguration(instance, cluster) }],
  command: (instance) => [`${instance.programs}/${programOf(instance)}`, '--config', configurationOf(instance)],
  ask: describeInstance,
  judge: judgeMongodb,
  connections: (cluster) => {
    if (cluster.topology === 'standalone') return cluster.instances.map((instance) => `mongodb://${addressOf(instance)}/?directConnection=true`)
    if (cluster.topology === 'replica-set') return [`mongodb://${cluster.instances.map(addressOf).join(',')}/?replicaSet=${cluster.name}`]
    return [`mongodb://${routersOf(cluster.instances).map(addressOf).join(',')}/`]
  },
  advise: (cluster) => [
    'no password, which is not supported for mongodb yet: whoever reaches a port may do anything; keep the ports from others',
    ...(sharesCache(cluster) ? ['several mongod share a host, and each takes half of its memory for a cache; say how much with the setting storage.wiredTiger.engineConfig.cacheSizeGB'] : []),
    ...(cluster.topology === 'sharded' && cluster.instances.filter(({ role }) => role === 'config').length === 1 ? ['there is one config server: with it the whole cluster is lost; make it three'] : []),
    ...(cluster.topology === 'sharded' && routersOf(cluster.instances).length === 1 ? ['there is one router: while it is away, nobody reaches the cluster'] : []),
  ],
}

function programOf({ role }: Instance): string {
  return role === 'router' ? 'mongos' : 'mongod'
}

function configurationOf(instance: Instance): string {
  return `${instance.directory}/${programOf(instance)}.conf`
}

function sharesCache({ instances }: Cluster): boolean {
  const greedy = instances.filter(({ role, settings }) => role !== 'router' && settings['storage.wiredTiger.engineConfig.cacheSizeGB'] === undefined).map(({ host }) => host.name)
  return new Set(greedy).size < greedy.length
}
