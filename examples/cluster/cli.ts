import { DeclarationError } from 'convergent'
import { UsageError, type CliContext, type CliOptions } from 'convergent/cli'
import { createCluster, type Cluster } from './cluster.ts'
import { addHooks, createHooks } from './declared-hooks.ts'
import { engineOf } from './engines/engines.ts'
import { hostOf } from './hosts/shared-hosts.ts'
import { locateBinary } from './locate-binary.ts'
import { readMetadata } from './metadata.ts'
import { planDeploy } from './plans/deploy.ts'
import { planDestroy } from './plans/destroy.ts'
import { planRestart, planUpgrade } from './plans/restart.ts'
import { planScale } from './plans/scale.ts'
import { planStart, planStop } from './plans/start-stop.ts'
import { checkBefore } from './preflight.ts'
import { clusterProvider } from './provider.ts'
import { lookAt, renderStatus, type Status } from './status.ts'
import { loadTopology } from './topology/load-topology.ts'
import type { Topology } from './topology/topology.ts'

type Loaded = Awaited<ReturnType<NonNullable<CliOptions['load']>>>

/** The host's command line: clusters of databases, from files that describe them. */
export const cliOptions: CliOptions = {
  name: 'cluster',
  description: 'Deploys, watches, restarts, upgrades, scales and destroys clusters of real databases.',
  provider: clusterProvider,
  // A cluster has one state, one run at a time, and one history: those of its name.
  stack: async (context) => {
    if (context.files.length === 0) throw new UsageError('which cluster? name its file with --file, or the cluster itself with --stack')
    return (await readTopology(context)).cluster
  },
  hooks: async (context) => (context.files.length === 0 ? [] : createHooks((await readTopology(context)).hooks)),
  commands: {
    deploy: { description: 'make a cluster from nothing, or what is missing of it', load: async (_, context) => loadDeploy(context) },
    start: { description: 'start what does not run', load: (_, context) => loadDeployed(context, (cluster, { pids }) => planStart(cluster, new Set(pids.keys()))) },
    stop: { description: 'stop all processes; data stays', load: (_, context) => loadDeployed(context, (cluster, { pids }) => planStop(cluster, new Set(pids.keys()))) },
    restart: { description: 'restart one instance after the other, with the configuration that is declared', load: (_, context) => loadChange(context, (cluster, from, { answers }) => planRestart({ ...cluster, binary: from.binary, instances: cluster.instances }, answers, context.stateDir)) },
    upgrade: { description: 'run the programs that are declared, one instance after the other', load: (_, context) => loadChange(context, (cluster, from, { answers }) => (cluster.binary.sha256 === from.binary.sha256 ? [] : planUpgrade(cluster, from, answers, context.stateDir))) },
    scale: { description: 'add the instances that are new, take out those that are declared no longer', load: (_, context) => loadChange(context, (cluster, from) => planScale({ ...cluster, binary: from.binary }, from, context.stateDir)) },
    destroy: { description: 'stop everything and remove it, data and all', isDestructive: true, load: async (_, context) => loadDestroy(context) },
    validate: {
      description: 'read the file that describes a cluster, and ask nobody',
      run: async (_, context) => {
        const { cluster, instances } = await readTopology(context)
        context.print(`${cluster}: ${Object.keys(instances).length} instances, nothing is wrong with the file.`)
        return 0
      },
    },
    status: {
      description: 'what runs, what the databases say, and where that is not as deployed',
      run: async (_, context) => {
        const cluster = await findDeployed(context)
        const status = await lookAt(cluster, { password: passwordOf(cluster, context), signal: context.signal })
        context.print(context.flags['json'] === true ? JSON.stringify({ cluster: cluster.name, pids: Object.fromEntries(status.pids), answers: Object.fromEntries(status.answers), problems: status.problems }) : renderStatus(cluster, status))
        return status.problems.length === 0 ? 0 : 2
      },
    },
  },
  conclude: async ({ stack, mode }, { stateDir }) => {
    const deployed = await readMetadata(stateDir, stack)
    if (deployed === undefined) return mode === 'rollback' ? `There is no cluster ${stack}.` : `Cluster ${stack} is gone.`
    const { cluster } = deployed
    return [`Cluster ${stack} (${cluster.binary.name}). Connect with:`, ...engineOf(cluster.engine).connections(cluster).map((line) => `  ${line}`), ...(cluster.passwordFrom === undefined ? [] : [`  The password is what ${cluster.passwordFrom} was.`])].join('\n')
  },
}

const read = new Map<string, Promise<Topology>>()

/** Once for each command: the standard input can be read once. */
function readTopology({ files, readStdin }: Pick<CliContext, 'files' | 'readStdin'>): Promise<Topology> {
  const key = files.join('\0')
  const topology = files.includes('-') ? (read.get(key) ?? loadTopology(files, readStdin)) : loadTopology(files)
  read.set(key, topology)
  return topology
}

async function declareCluster(context: CliContext): Promise<{ readonly topology: Topology; readonly cluster: Cluster }> {
  const topology = await readTopology(context)
  const [first] = createCluster(topology, UNKNOWN).instances
  const binary = await locateBinary(topology, hostOf((first as Cluster['instances'][number]).host), context.stateDir, new AbortController().signal)
  const cluster = createCluster(topology, binary)
  const refusals = engineOf(cluster.engine).refuse?.(cluster) ?? []
  if (refusals.length > 0) throw new DeclarationError(refusals.map((message) => ({ code: 'unsupported', message })))
  return { topology, cluster }
}

/** Hosts are worked out before the programs are looked for on them. */
const UNKNOWN: Cluster['binary'] = { name: '', version: '', source: '', programs: '', program: '', isOnHosts: false, bytes: 0 }

async function loadDeploy(context: CliContext): Promise<Loaded> {
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
  const names = (all: Cluster): string => all.instances.map(({ name }) => name).sort().join(', ')
  if (names(cluster) !== names(deployed)) throw new DeclarationError([{ code: 'deployed', path: ['instances'], message: `${cluster.name} is deployed with ${names(deployed)}, and ${names(cluster)} are declared; scale adds and takes out instances` }])
  if (cluster.binary.sha256 !== deployed.binary.sha256) throw new DeclarationError([{ code: 'deployed', path: ['binary'], message: `${cluster.name} runs ${deployed.binary.name}, and ${cluster.binary.name} is declared; upgrade changes that` }])
}

/** Plans something that needs no more than what was deployed. */
async function loadDeployed(context: CliContext, make: (cluster: Cluster, status: Status) => ReturnType<typeof planStart>): Promise<Loaded> {
  const cluster = await findDeployed(context)
  const status = await lookAt(cluster, { password: passwordOf(cluster, context), signal: new AbortController().signal })
  const hooks = context.files.length === 0 ? [] : (await readTopology(context)).hooks
  return { phases: addHooks(make(cluster, status), hooks) }
}

/** Plans a way from what was deployed to what is declared. */
async function loadChange(context: CliContext, make: (cluster: Cluster, from: Cluster, status: Status) => ReturnType<typeof planStart>): Promise<Loaded> {
  const from = await findDeployed(context)
  const { topology, cluster } = await declareCluster(context)
  const status = await lookAt(from, { password: passwordOf(from, context), signal: new AbortController().signal })
  const fresh = cluster.instances.filter(({ name }) => !from.instances.some((other) => other.name === name))
  return { phases: addHooks(make(cluster, from, status), topology.hooks), checks: fresh.length === 0 ? [] : checkBefore(cluster, fresh) }
}

/** A deploy that stopped half-way has left things without writing them down: then it is what is declared that is removed. */
async function loadDestroy(context: CliContext): Promise<Loaded> {
  const deployed = (await readMetadata(context.stateDir, context.stack))?.cluster
  const cluster = deployed ?? (await declareCluster(context)).cluster
  const hooks = context.files.length === 0 ? [] : (await readTopology(context)).hooks
  return { phases: addHooks(planDestroy(cluster, context.stateDir), hooks) }
}

async function findDeployed({ stateDir, stack }: CliContext): Promise<Cluster> {
  const deployed = await readMetadata(stateDir, stack)
  if (deployed === undefined) throw new UsageError(`cluster ${stack} is not deployed, as far as ${stateDir} knows; deploy it first, or name another --state-dir`)
  return deployed.cluster
}

function passwordOf({ passwordFrom }: Cluster, { env }: CliContext): string | undefined {
  if (passwordFrom === undefined) return undefined
  const password = env[passwordFrom]
  if (password === undefined || password === '') throw new UsageError(`${passwordFrom} is not set; it has the password of the databases`)
  return password
}
