import { DeclarationError } from 'convergent'
import { UsageError, type CliContext, type CliOptions } from 'convergent/cli'
import { createCluster, type Binary, type Cluster } from './cluster.ts'
import { addHooks } from './declared-hooks.ts'
import { engineOf } from './engines/engines.ts'
import { hostOf } from './hosts/shared-hosts.ts'
import { locateBinary } from './locate-binary.ts'
import { readMetadata } from './metadata.ts'
import { planDeploy } from './plans/deploy.ts'
import { planDestroy } from './plans/destroy.ts'
import { refuseOtherInstances } from './plans/refuse-moves.ts'
import { planStart } from './plans/start-stop.ts'
import { checkBefore } from './preflight.ts'
import { lookAt, type Status } from './status.ts'
import { loadTopology } from './topology/load-topology.ts'
import type { Topology } from './topology/topology.ts'

/** What a command gives to be planned. */
type Loaded = Awaited<ReturnType<NonNullable<CliOptions['load']>>>

const read = new Map<string, Promise<Topology>>()

/** Once for each command: the standard input can be read once. */
export function readTopology({ files, readStdin }: Pick<CliContext, 'files' | 'readStdin'>): Promise<Topology> {
  const key = files.join('\0')
  const topology = files.includes('-') ? (read.get(key) ?? loadTopology(files, readStdin)) : loadTopology(files)
  read.set(key, topology)
  return topology
}

/** Which programs a plan is made for. */
export type Programs = (topology: Topology, from: Cluster, context: CliContext) => Binary | Promise<Binary>

/** What runs. */
export const DEPLOYED: Programs = (_, { binary }) => binary
/** What the topology names. */
export const DECLARED: Programs = (topology, _, context) => locate(topology, context)

async function declareCluster(context: CliContext): Promise<{ readonly topology: Topology; readonly cluster: Cluster }> {
  const topology = await readTopology(context)
  return { topology, cluster: compile(topology, await locate(topology, context)) }
}

function compile(topology: Topology, binary: Binary): Cluster {
  const cluster = createCluster(topology, binary)
  const refusals = engineOf(cluster.engine).refuse?.(cluster) ?? []
  if (refusals.length > 0) throw new DeclarationError(refusals.map((message) => ({ code: 'unsupported', message })))
  return cluster
}

function locate(topology: Topology, context: CliContext): Promise<Binary> {
  const [first] = createCluster(topology, UNKNOWN).instances
  return locateBinary(topology, hostOf((first as Cluster['instances'][number]).host), context.stateDir, new AbortController().signal)
}

/** Hosts are worked out before the programs are looked for on them. */
const UNKNOWN: Binary = { name: '', version: '', source: '', programs: '', program: '', isOnHosts: false, bytes: 0 }

/** Plans a cluster from nothing; of one that is there, what does not run. */
export async function loadDeploy(context: CliContext): Promise<Loaded> {
  const { topology, cluster } = await declareCluster(context)
  const deployed = (await readMetadata(context.stateDir, cluster.name))?.cluster
  const password = passwordOf(cluster, context)
  const checks = checkBefore(cluster, cluster.instances)
  if (deployed === undefined) return { phases: addHooks(planDeploy(cluster, context.stateDir), topology.hooks), checks }
  refuseOther(cluster, deployed)
  const { pids } = await lookAt(deployed, { password, signal: new AbortController().signal })
  return { phases: addHooks(planStart(deployed, new Set(pids.keys())), topology.hooks), checks }
}

/** What is there already is changed by commands that say how. */
function refuseOther(cluster: Cluster, deployed: Cluster): void {
  refuseOtherInstances(cluster, deployed)
  if (cluster.binary.sha256 !== deployed.binary.sha256) throw new DeclarationError([{ code: 'deployed', path: ['binary'], message: `${cluster.name} runs ${deployed.binary.name}, and ${cluster.binary.name} is declared; upgrade changes that` }])
  const settings = ({ instances, synchronous, passwordFrom = '' }: Cluster): string => JSON.stringify([synchronous, passwordFrom, instances.map((instance) => [instance.name, instance.settings]).sort()])
  if (settings(cluster) !== settings(deployed)) throw new DeclarationError([{ code: 'deployed', path: ['settings'], message: `${cluster.name} was deployed with another configuration than is declared; restart brings it to what is declared, one instance after the other` }])
}

/** Plans something that needs no more than what was deployed. */
export async function loadDeployed(context: CliContext, make: (cluster: Cluster, status: Status) => ReturnType<typeof planStart>): Promise<Loaded> {
  const cluster = await findDeployed(context)
  const status = await lookAt(cluster, { password: passwordOf(cluster, context), signal: new AbortController().signal })
  const hooks = context.files.length === 0 ? [] : (await readTopology(context)).hooks
  return { phases: addHooks(make(cluster, status), hooks) }
}

/** Plans a way from what was deployed to what is declared. */
export async function loadChange(context: CliContext, programs: Programs, make: (cluster: Cluster, from: Cluster, status: Status) => ReturnType<typeof planStart>): Promise<Loaded> {
  const from = await findDeployed(context)
  const topology = await readTopology(context)
  const cluster = compile(topology, await programs(topology, from, context))
  const status = await lookAt(from, { password: passwordOf(from, context), signal: new AbortController().signal })
  const fresh = cluster.instances.filter(({ name }) => !from.instances.some((other) => other.name === name))
  return { phases: addHooks(make(cluster, from, status), topology.hooks), checks: fresh.length === 0 ? [] : checkBefore(cluster, fresh) }
}

/** A deploy that stopped half-way has left things without writing them down: then it is what is declared that is removed. */
export async function loadDestroy(context: CliContext): Promise<Loaded> {
  const deployed = (await readMetadata(context.stateDir, context.stack))?.cluster
  const cluster = deployed ?? (await declareCluster(context)).cluster
  const hooks = context.files.length === 0 ? [] : (await readTopology(context)).hooks
  return { phases: addHooks(planDestroy(cluster, context.stateDir), hooks) }
}

/** What runs, as far as it was written down. Throws `usage` where nothing was. */
export async function findDeployed({ stateDir, stack }: CliContext): Promise<Cluster> {
  const deployed = await readMetadata(stateDir, stack)
  if (deployed === undefined) throw new UsageError(`cluster ${stack} is not deployed, as far as ${stateDir} knows; deploy it first, or name another --state-dir`)
  return deployed.cluster
}

/** Throws `usage` where there should be one, and is none. */
export function passwordOf({ passwordFrom }: Cluster, { env }: CliContext): string | undefined {
  if (passwordFrom === undefined) return undefined
  const password = env[passwordFrom]
  if (password === undefined || password === '') throw new UsageError(`${passwordFrom} is not set; it has the password of the databases`)
  return password
}
