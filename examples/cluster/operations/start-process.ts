import type { Check, OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { instanceSchema } from '../cluster.ts'
import { filesOf } from '../engines/engine.ts'
import { daemonPid, startDaemon, stopDaemon, type StartedDaemon, type StoppedDaemon } from '../hosts/daemon.ts'
import { listeningPorts } from '../hosts/file.ts'
import { hostOf } from '../hosts/shared-hosts.ts'
import { findWrongProgram } from './program-check.ts'

const schema = z.strictObject({
  instance: instanceSchema,
  argv: z.array(z.string()),
  /** Removed before the start: what a killed process has left behind. */
  leftover: z.string().exactOptional(),
  /** Of its program, as it was found when the plan was made. */
  sha256: z.string().exactOptional(),
  stop: z.strictObject({ signal: z.enum(['SIGINT', 'SIGTERM']), graceMs: z.number() }),
  startMs: z.number(),
  memoryBytes: z.number(),
})

export type ProcessParams = z.infer<typeof schema>

const isPortFree: Check<ProcessParams> = {
  name: 'ports',
  run: async ({ instance }, { signal }) => {
    const host = hostOf(instance.host)
    const taken = await listeningPorts(host, signal)
    const clashes = instance.ports.filter((port) => taken.has(port))
    if (clashes.length === 0 || (await daemonPid(host, filesOf(instance), signal)) !== undefined) return
    return `port ${clashes.join(' and ')} on ${host.name} is taken by somebody else; end that, or give ${instance.name} another one`
  },
}

const isProgramAsPlanned: Check<ProcessParams> = {
  name: 'program',
  at: 'run',
  run: ({ instance, argv: [program = ''], sha256 }, { signal }) => findWrongProgram(instance, program, sha256, signal),
}

/** Starts the process of an instance, in a session of its own: it outlives this program, and is never started twice. */
export const startProcess = {
  schema,
  describe: ({ instance }) => `start ${instance.name} on ${instance.host.name}, port ${instance.port}`,
  expects: ({ instance }) => [{ subject: `process ${instance.name}`, action: 'start' }],
  estimate: ({ instance, startMs, memoryBytes }) => ({ durationMs: startMs, memoryBytes, processes: { [instance.host.name]: 1 }, ports: { [instance.host.name]: instance.ports } }),
  checks: [isPortFree, isProgramAsPlanned],
  isDone: async ({ instance }, { signal }) => (await daemonPid(hostOf(instance.host), filesOf(instance), signal)) !== undefined,
  run: async (params, { signal, print }) => {
    const { instance } = params
    const { pid } = await launch(params, signal)
    print(`${instance.name} is process ${pid}\n`)
    return { value: { pid }, changes: [{ subject: `process ${instance.name}`, action: 'start', after: pid }] }
  },
  undo: async (params, { signal }) => void (await halt(params, signal)),
} satisfies OperationDefinition<typeof schema>

/** Stops the process of an instance: it is asked to, and killed when it takes too long. */
export const stopProcess = {
  schema,
  // It may take its time; it is killed after `graceMs`.
  timeoutMs: 600_000,
  describe: ({ instance }) => `stop ${instance.name} on ${instance.host.name}`,
  expects: ({ instance }) => [{ subject: `process ${instance.name}`, action: 'stop' }],
  estimate: ({ startMs }) => ({ durationMs: startMs }),
  isDone: async ({ instance }, { signal }) => (await daemonPid(hostOf(instance.host), filesOf(instance), signal)) === undefined,
  run: async (params, { signal, print }) => {
    const { instance, stop } = params
    const { killed } = await halt(params, signal)
    if (killed) print(`${instance.name} did not end within ${stop.graceMs} ms of ${stop.signal}, and was killed\n`)
    return { changes: [{ subject: `process ${instance.name}`, action: 'stop' }] }
  },
  undo: async (params, { signal }) => void (await launch(params, signal)),
} satisfies OperationDefinition<typeof schema>

/** What is left behind is removed by who has the lock already. */
function launch({ instance, argv, leftover }: ProcessParams, signal: AbortSignal): Promise<StartedDaemon> {
  const whole = leftover === undefined ? argv : ['sh', '-c', 'rm -f -- "$1"; shift; exec "$@"', 'sh', leftover, ...argv]
  return startDaemon(hostOf(instance.host), { argv: whole, title: `${instance.name} (${argv[0]})`, ...filesOf(instance), user: instance.user }, signal)
}

function halt({ instance, stop }: ProcessParams, signal: AbortSignal): Promise<StoppedDaemon> {
  return stopDaemon(hostOf(instance.host), filesOf(instance), { stopSignal: stop.signal, graceMs: stop.graceMs }, signal)
}
