import type { Cluster } from './cluster.ts'
import { askAll } from './engines/ask-all.ts'
import { filesOf, type Access, type Answer } from './engines/engine.ts'
import { engineOf } from './engines/engines.ts'
import { daemonPid } from './hosts/daemon.ts'
import { hostOf } from './hosts/shared-hosts.ts'
import { UNKNOWN_VERSION } from './locate-binary.ts'

/** What is true of a cluster right now. */
export interface Status {
  /** By instance: the process that runs. */
  readonly pids: ReadonlyMap<string, number>
  /** By instance: what it says of itself. */
  readonly answers: ReadonlyMap<string, Answer>
  /** Where it is not what it should be. */
  readonly problems: readonly string[]
}

/** Looks at the processes, and asks the databases. */
export async function lookAt(cluster: Cluster, access: Access): Promise<Status> {
  const found = await Promise.all(cluster.instances.map(async (instance) => [instance.name, await daemonPid(hostOf(instance.host), filesOf(instance), access.signal)] as const))
  const pids = new Map(found.flatMap(([name, pid]) => (pid === undefined ? [] : [[name, pid] as const])))
  const answers = await askAll({ ...cluster, instances: cluster.instances.filter(({ name }) => pids.has(name)) }, access)
  const { binary } = cluster
  const stopped = cluster.instances.filter(({ name }) => !pids.has(name)).map(({ name, host }) => `${name} does not run on ${host.name}`)
  const old = [...answers].filter(([, { version }]) => binary.version !== UNKNOWN_VERSION && version !== binary.version).map(([name, { version }]) => `${name} runs version ${version}, deployed is ${binary.version}`)
  const judged = engineOf(cluster.engine).judge(cluster, answers).filter((problem) => !stopped.some((other) => problem === `${other.split(' ')[0]} does not answer`))
  return { pids, answers, problems: [...stopped, ...old, ...judged] }
}

/** A table for people, and below it what is not as it should be. */
export function renderStatus(cluster: Cluster, { pids, answers, problems }: Status): string {
  const rows = cluster.instances.map(({ name, role, shard, host, port }) => {
    const answer = answers.get(name)
    const pid = pids.get(name)
    const state = pid === undefined ? 'stopped' : answer === undefined ? 'no answer' : 'running'
    return [name, shard === undefined ? (answer?.role ?? role) : `${answer?.role ?? role} of ${shard}`, `${host.name}:${port}`, state, pid === undefined ? '-' : String(pid), answer?.version ?? '-', answer?.about ?? '']
  })
  const table = [['instance', 'role', 'where', 'state', 'pid', 'version', 'says'], ...rows]
  const widths = (table[0] as string[]).map((_, column) => Math.max(...table.map((row) => (row[column] as string).length)))
  const lines = table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] as number)).join('  ').trimEnd())
  const verdict = problems.length === 0 ? ['It is healthy, and as it was deployed.'] : ['Drift:', ...problems.map((problem) => `  ${problem}`)]
  return [`Cluster ${cluster.name}: ${cluster.binary.name}, ${cluster.topology}`, ...lines, ...verdict].join('\n')
}
