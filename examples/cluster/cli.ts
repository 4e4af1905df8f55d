import { UsageError, type CliOptions } from 'convergent/cli'
import { createHooks } from './declared-hooks.ts'
import { engineOf } from './engines/engines.ts'
import { DECLARED, DEPLOYED, findDeployed, loadChange, loadDeploy, loadDeployed, loadDestroy, passwordOf, readTopology } from './load-command.ts'
import { readMetadata } from './metadata.ts'
import { planRestart, planUpgrade } from './plans/restart.ts'
import { planScale } from './plans/scale.ts'
import { planStart, planStop } from './plans/start-stop.ts'
import { clusterProvider } from './provider.ts'
import { lookAt, renderStatus } from './status.ts'

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
    restart: { description: 'restart one instance after the other, with the configuration that is declared', load: (_, context) => loadChange(context, DEPLOYED, (cluster, from, { answers }) => planRestart(cluster, from, answers, context.stateDir)) },
    upgrade: { description: 'run the programs that are declared, one instance after the other', load: (_, context) => loadChange(context, DECLARED, (cluster, from, { answers }) => planUpgrade(cluster, from, answers, context.stateDir)) },
    scale: { description: 'add the instances that are new, take out those that are declared no longer', load: (_, context) => loadChange(context, DEPLOYED, (cluster, from) => planScale(cluster, from, context.stateDir)) },
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
  conclude: async ({ stack, mode, actions }, { stateDir }) => {
    const deployed = await readMetadata(stateDir, stack)
    if (deployed === undefined) return mode === 'rollback' ? `There is no cluster ${stack}.` : `Cluster ${stack} is gone.`
    if (mode !== 'rollback' && actions.every(({ address }) => address.startsWith('stopProcess/'))) return `Cluster ${stack} is stopped; its data stays.`
    const { cluster } = deployed
    return [`Cluster ${stack} (${cluster.binary.name}). Connect with:`, ...engineOf(cluster.engine).connections(cluster).map((line) => `  ${line}`), ...(cluster.passwordFrom === undefined ? [] : [`  The password is what ${cluster.passwordFrom} was.`])].join('\n')
  },
}
