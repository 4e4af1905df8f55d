import type { Check, CheckVerdict } from 'convergent/operations'
import type { Cluster, Instance } from './cluster.ts'
import { engineOf } from './engines/engines.ts'
import { diskOf, programsMissing } from './hosts/file.ts'
import { hostOf } from './hosts/shared-hosts.ts'
import { firstOfEachHost } from './plans/steps.ts'

/** What must hold before anything is done to bring these instances up; ports, directories and programs are checked by the operations themselves. */
export function checkBefore(cluster: Cluster, instances: readonly Instance[]): readonly Check<object>[] {
  return [
    ...firstOfEachHost(instances).flatMap(({ host: { name } }) => checkHost(cluster, instances.filter((each) => each.host.name === name))),
    ...engineOf(cluster.engine).advise(cluster).map((advice): Check<object> => ({ name: cluster.engine, at: 'plan', required: false, run: () => advice })),
  ]
}

/** What the scripts of this host call. */
const TOOLS = ['sh', 'flock', 'setsid', 'setpriv', 'tar', 'sha256sum', 'df', 'find', 'sync']

function checkHost(cluster: Cluster, instances: readonly Instance[]): readonly Check<object>[] {
  const [{ host: spec, user, directory }] = instances as readonly [Instance]
  const host = hostOf(spec)
  const { diskBytes, memoryBytes } = engineOf(cluster.engine).takes
  return [
    {
      name: `host ${spec.name}`,
      at: 'plan',
      run: async (_, { signal }) => {
        const missing = await programsMissing(host, TOOLS, signal)
        if (missing.length > 0) return `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not on ${spec.name}; install util-linux and coreutils there`
        const { stdout } = await host.run(['sh', '-c', 'id -un; uname -sr'], { signal })
        const [who = '', system = ''] = stdout.trim().split('\n')
        return { status: 'passed', message: `${spec.name} is reached as ${who}`, details: { system } }
      },
    },
    {
      name: `user on ${spec.name}`,
      at: 'plan',
      run: async (_, { signal }) => {
        const isRoot = (await host.run(['id', '-u'], { signal })).stdout.trim() === '0'
        if (!isRoot) return user === undefined ? undefined : { status: 'warning', message: `not root on ${spec.name}: processes run as whoever reaches it, not as ${user}` }
        if (user === undefined) return cluster.engine === 'postgres' ? `postgres does not run as root; name whom it runs as on ${spec.name} with user` : { status: 'warning', message: `processes run as root on ${spec.name}; name somebody else with user` }
        if ((await host.run(['id', '-u', user], { signal, codes: [0, 1] })).code !== 0) return `there is no user ${user} on ${spec.name}; make it, or name another one`
      },
    },
    {
      name: `disk on ${spec.name}`,
      at: 'plan',
      run: async (_, { signal }) => compare('disk', spec.name, instances.length * (cluster.diskBytes ?? diskBytes), (await diskOf(host, directory, signal)).availableBytes, 'free some, or say less with diskMb'),
    },
    {
      name: `memory on ${spec.name}`,
      at: 'plan',
      required: false,
      run: async (_, { signal }) => {
        const { stdout } = await host.run(['sh', '-c', "awk '/^MemAvailable/ { print $2 }' /proc/meminfo"], { signal })
        return compare('memory', spec.name, instances.length * (cluster.memoryBytes ?? memoryBytes), Number(stdout) * 1_024, 'end something else, or say less with memoryMb')
      },
    },
  ]
}

/** Programs get the figures; people find them beside a check that passed. */
function compare(what: string, host: string, requiredBytes: number, availableBytes: number, advice: string): Exclude<CheckVerdict, void | string> {
  const details = { requiredBytes, availableBytes }
  if (requiredBytes <= availableBytes) return { status: 'passed', details }
  return { status: 'failed', message: `not enough ${what} on ${host}: ${inMegabytes(requiredBytes)} required, ${inMegabytes(availableBytes)} available; ${advice}`, details }
}

function inMegabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`
}
