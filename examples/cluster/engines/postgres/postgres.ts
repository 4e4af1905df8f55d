import type { Cluster, Instance } from '../../cluster.ts'
import type { Answer, Engine } from '../engine.ts'
import { askOnce } from './query.ts'

/** A primary and streaming replicas. Each replica has a slot of its own, so the primary keeps what it has not read yet. */
export const postgres: Engine = {
  name: 'postgres',
  program: 'postgres',
  toolsOf: () => ['initdb'],
  elects: false,
  takes: { diskBytes: 120 * 2 ** 20, memoryBytes: 60 * 2 ** 20, startMs: 1_000 },
  // Fast shutdown: sessions are ended, and what is written is written.
  stop: { signal: 'SIGINT', graceMs: 30_000 },
  configure: (instance, cluster) => [
    { path: `${instance.directory}/postgresql.conf`, text: renderSettings(settingsOf(instance, cluster)) },
    { path: `${instance.directory}/pg_hba.conf`, text: renderAccess(cluster) },
    ...(cluster.passwordFrom !== undefined ? [{ path: `${instance.directory}/pgpass`, text: '*:*:*:postgres:${password}\n' }] : []),
  ],
  command: ({ programs, directory }) => [`${programs}/postgres`, '-D', dataOf({ directory }), '-c', `config_file=${directory}/postgresql.conf`],
  // It asks whether the process of that number is there, which a dead one is in a container until somebody takes note.
  leftoverOf: (instance) => `${dataOf(instance)}/postmaster.pid`,
  ask: async (instance, access) => {
    const [row] = await askOnce(instance, access, QUESTION)
    if (row === undefined) throw new Error('it gave no answer')
    const isReplica = row['is_replica'] === true
    const replicas = (row['replicas'] ?? []) as readonly ReplicaRow[]
    const about = isReplica
      ? row['streams'] === true ? `streams from ${String(row['sender'])}, ${String(row['behind'] ?? 0)} bytes to replay` : 'does not stream'
      : replicas.length === 0 ? 'no replica' : replicas.map(({ name, state, sync }) => `${name} ${state}${sync === 'async' ? '' : ` (${sync})`}`).join(', ')
    return { role: isReplica ? 'replica' : 'primary', version: String(row['version']), details: { streams: row['streams'] === true, replicas }, about }
  },
  judge: (cluster, answers) => cluster.instances.flatMap((instance) => judgeInstance(instance, cluster, answers)),
  connections: (cluster) => {
    const address = ({ host, port }: Instance): string => `postgresql://postgres@${host.address}:${port}/postgres`
    return cluster.instances.map((instance) => `${address(instance)}${instance.role === 'primary' ? '' : '  (reads only)'}`)
  },
  // A major version reads no other one's files.
  refuseUpgrade: (from, to) => (from.split('.')[0] === to.split('.')[0] ? undefined : `postgres ${to} does not read the files of postgres ${from}: that takes pg_upgrade, or a dump and a new cluster; take programs of ${from.split('.')[0]}.x`),
  advise: (cluster) => {
    const replicas = cluster.instances.filter(({ role }) => role === 'replica').length
    return [
      ...(cluster.passwordFrom !== undefined ? [] : ['no password: whoever reaches a port is superuser; name the variable of one with passwordFrom']),
      ...(cluster.synchronous > 0 && cluster.synchronous === replicas ? [`every write waits for all ${replicas} replicas: while one is away, nothing is written`] : []),
      ...(replicas > 0 && cluster.synchronous === 0 ? ['no replica is synchronous: what was acknowledged last is lost with the primary'] : []),
    ]
  },
}

interface ReplicaRow {
  readonly name: string
  readonly state: string
  readonly sync: string
}

/** The database itself, inside of an instance's folder. */
export function dataOf({ directory }: Pick<Instance, 'directory'>): string {
  return `${directory}/data`
}

/** What a replica's slot on the primary is called: small letters, digits and "_". */
export function slotOf({ name }: Pick<Instance, 'name'>): string {
  return name.replaceAll('-', '_')
}

const QUESTION = `SELECT pg_is_in_recovery() AS is_replica, split_part(current_setting('server_version'), ' ', 1) AS version,
  EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming') AS streams,
  (SELECT sender_host || ':' || sender_port FROM pg_stat_wal_receiver) AS sender,
  CASE WHEN pg_is_in_recovery() THEN greatest(0, pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()))::int8::text END AS behind,
  (SELECT json_agg(json_build_object('name', application_name, 'state', state, 'sync', sync_state) ORDER BY application_name) FROM pg_stat_replication) AS replicas`

function judgeInstance({ name, role }: Instance, cluster: Cluster, answers: ReadonlyMap<string, Answer>): readonly string[] {
  const answer = answers.get(name)
  if (answer === undefined) return [`${name} does not answer`]
  if (answer.role !== role) return [`${name} is ${answer.role}, declared is ${role}`]
  if (role === 'replica') return answer.details['streams'] === true ? [] : [`${name} does not stream`]
  const there = (answer.details['replicas'] as readonly ReplicaRow[]).filter(({ state }) => state === 'streaming').map((replica) => replica.name)
  return cluster.instances.filter((other) => other.role === 'replica' && !there.includes(other.name)).map((other) => `${name} sends nothing to ${other.name}`)
}

function settingsOf({ name, role, host, port, directory, settings }: Instance, { instances, synchronous, passwordFrom }: Cluster): Readonly<Record<string, string | number | boolean>> {
  const primary = instances.find((each) => each.role === 'primary')
  const secret = passwordFrom !== undefined ? ` passfile=${directory}/pgpass` : ''
  return {
    listen_addresses: host.address,
    port,
    unix_socket_directories: '',
    hba_file: `${directory}/pg_hba.conf`,
    cluster_name: name,
    wal_level: 'replica',
    // A replica whose primary was away looks for it twice a second, where five seconds would pass.
    wal_retrieve_retry_interval: '500ms',
    max_wal_senders: 10,
    max_replication_slots: 10,
    hot_standby: true,
    // With logical decoding unused, what a replica reports keeps the primary from removing rows that it still shows.
    hot_standby_feedback: true,
    ...(synchronous > 0 && { synchronous_standby_names: `ANY ${synchronous} (*)` }),
    ...(role === 'replica' && primary !== undefined && { primary_conninfo: `host=${primary.host.address} port=${primary.port} user=postgres application_name=${name}${secret}`, primary_slot_name: slotOf({ name }) }),
    ...settings,
  }
}

function renderSettings(settings: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(settings).map(([name, value]) => `${name} = ${typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : value === true ? 'on' : value === false ? 'off' : value}\n`).join('')
}

function renderAccess({ passwordFrom, instances }: Cluster): string {
  const isProtected = passwordFrom !== undefined
  const method = isProtected ? 'scram-sha-256' : 'trust'
  const here = instances.every(({ host }) => host.address.startsWith('127.'))
  const from = here ? ['127.0.0.1/32'] : isProtected ? ['0.0.0.0/0', '::/0'] : ['127.0.0.1/32', ...new Set(instances.map(({ host }) => `${host.address}/32`))]
  return from.flatMap((address) => [`host all all ${address} ${method}\n`, `host replication postgres ${address} ${method}\n`]).join('')
}

