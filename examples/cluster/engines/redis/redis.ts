import type { Cluster, Instance } from '../../cluster.ts'
import type { Answer, Engine } from '../engine.ts'
import { addressOf, parseInfo, parseNodes, withRedis } from './query.ts'

/** One instance, or Redis Cluster: shards of a primary and its replicas, that take over by themselves. */
export const redis: Engine = {
  name: 'redis',
  program: 'redis-server',
  toolsOf: ({ topology }) => (topology === 'sharded' ? ['redis-cli'] : []),
  elects: true,
  takes: { diskBytes: 20 * 2 ** 20, memoryBytes: 15 * 2 ** 20, startMs: 300 },
  stop: { signal: 'SIGTERM', graceMs: 30_000 },
  configure: (instance, cluster) => [{ path: `${instance.directory}/redis.conf`, text: renderSettings(settingsOf(instance, cluster), cluster.passwordFrom !== undefined) }],
  command: ({ programs, directory }) => [`${programs}/redis-server`, `${directory}/redis.conf`],
  ask: (instance, access) =>
    withRedis(instance, access, async (client): Promise<Answer> => {
      const info = parseInfo(await client.info())
      if (info['loading'] === '1') throw new Error('it is still reading its data')
      const role = info['role'] === 'master' ? 'primary' : 'replica'
      const version = info['redis_version'] ?? 'unknown'
      const link = { isLinked: role === 'primary' || info['master_link_status'] === 'up' }
      if (info['cluster_enabled'] !== '1') return { role, version, details: link, about: `${info['connected_slaves'] ?? '0'} replicas` }
      const state = parseInfo((await client.call('CLUSTER', 'INFO')) as string)['cluster_state'] ?? 'unknown'
      const nodes = parseNodes((await client.call('CLUSTER', 'NODES')) as string)
      const self = nodes.find(({ isMyself }) => isMyself)
      const primary = nodes.find(({ id }) => id === self?.primaryId)
      const about = role === 'primary' ? `${self?.slots ?? 0} slots` : `follows ${primary?.address ?? 'nobody'}${link.isLinked ? '' : ', not linked'}`
      const known = nodes.filter(({ isDoubtful }) => !isDoubtful).map(({ address }) => address)
      return { role, version, details: { ...link, state, known, slots: self?.slots ?? 0, isMoving: nodes.some(({ isMoving }) => isMoving), ...(primary && { follows: primary.address }) }, about: `${about}${state === 'ok' ? '' : `, cluster state ${state}`}` }
    }),
  judge: (cluster, answers) => {
    const silent = cluster.instances.filter(({ name }) => !answers.has(name)).map(({ name }) => `${name} does not answer`)
    return cluster.topology === 'standalone' ? silent : [...silent, ...judgeNodes(cluster, answers), ...judgeShards(cluster, answers)]
  },
  connections: ({ instances, topology }) =>
    topology === 'standalone'
      ? instances.map((instance) => `redis://${addressOf(instance)}`)
      : [`redis-cli -c -h ${instances[0]?.host.address ?? ''} -p ${instances[0]?.port ?? ''}`, `nodes: ${instances.map(addressOf).join(', ')}`],
  advise: (cluster) => [
    ...(cluster.passwordFrom === undefined ? ['no password: whoever reaches a port may do anything; name the variable of one with passwordFrom'] : []),
    ...(cluster.topology === 'sharded' && cluster.instances.some(({ role, shard }) => role === 'primary' && !cluster.instances.some((other) => other.shard === shard && other.role === 'replica')) ? ['a shard has no replica: while its primary is away, the cluster does not answer'] : []),
  ],
}

/** Who is primary may have changed: what counts is that each shard has one, and that the others follow it. */
function judgeShards({ instances }: Cluster, answers: ReadonlyMap<string, Answer>): readonly string[] {
  return [...new Set(instances.map(({ shard }) => shard))].flatMap((shard) => {
    const members = instances.filter((each) => each.shard === shard && answers.has(each.name))
    const primaries = members.filter(({ name }) => answers.get(name)?.role === 'primary')
    const [primary] = primaries
    if (primary === undefined || primaries.length > 1) return [`shard ${shard} has ${primaries.length === 0 ? 'no primary' : `${primaries.length} primaries: ${primaries.map(({ name }) => name).join(', ')}`}`]
    return [
      ...(answers.get(primary.name)?.details['slots'] === 0 ? [`shard ${shard} has no slots`] : []),
      ...members.filter(({ name }) => name !== primary.name && answers.get(name)?.details['follows'] !== addressOf(primary)).map(({ name }) => `${name} does not follow ${primary.name}`),
    ]
  })
}

function judgeNodes({ instances }: Cluster, answers: ReadonlyMap<string, Answer>): readonly string[] {
  const expected = instances.map(addressOf)
  return [...answers].flatMap(([name, { details }]) => {
    const known = details['known'] as readonly string[]
    const strangers = known.filter((address) => !expected.includes(address))
    const missing = expected.filter((address) => !known.includes(address))
    return [
      ...(details['state'] === 'ok' ? [] : [`${name} says that the cluster is ${String(details['state'])}`]),
      ...(details['isLinked'] === true ? [] : [`${name} is not linked to its primary`]),
      ...(details['isMoving'] === true ? [`${name} says that slots are on their way`] : []),
      ...(missing.length > 0 ? [`${name} does not know ${missing.join(', ')}`] : []),
      ...(strangers.length > 0 ? [`${name} also knows ${strangers.join(', ')}`] : []),
    ]
  })
}

function settingsOf({ host, port, directory, settings }: Instance, { topology }: Cluster): Readonly<Record<string, string | number | boolean>> {
  return {
    bind: host.address,
    port,
    dir: directory,
    daemonize: false,
    appendonly: true,
    'repl-diskless-sync-delay': 0,
    ...(topology === 'sharded' && {
      'cluster-enabled': true,
      'cluster-config-file': 'nodes.conf',
      'cluster-node-timeout': 2_000,
      'cluster-announce-ip': host.address,
      // Replicas stay where they are declared, also those of a primary that has given its slots away.
      'cluster-allow-replica-migration': false,
    }),
    ...settings,
  }
}

function renderSettings(settings: Readonly<Record<string, string | number | boolean>>, isProtected: boolean): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value === true ? 'yes' : value === false ? 'no' : value === '' ? '""' : value}\n`)
  return [...lines, ...(isProtected ? ['requirepass ${password}\n', 'masterauth ${password}\n'] : ['protected-mode no\n'])].join('')
}
