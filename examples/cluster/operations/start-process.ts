import type { Check, OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { instanceSchema } from '../cluster.ts'
import { filesOf } from '../engines/engine.ts'
import { daemonPid, startDaemon, stopDaemon } from '../hosts/daemon.ts'
import { checksumOf, listeningPorts } from '../hosts/file.ts'
import { hostOf } from '../hosts/shared-hosts.ts'

const schema = z.strictObject({
  instance: instanceSchema,
  argv: z.array(z.string()),
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
  run: async ({ instance, argv: [program = ''], sha256 }, { signal }) => {
    const found = await checksumOf(hostOf(instance.host), program, signal)
    if (found === undefined) return `${program} is not on ${instance.host.name}`
    if (sha256 !== undefined && found !== sha256) return `${program} on ${instance.host.name} has a wrong checksum: found ${found}, expected ${sha256}; it was replaced since the plan was made, plan again if that was on purpose`
  },
}

/** Starts the process of an instance, in a session of its own: it outlives this program, and is never started twice. */
export const startProcess = {
  schema,
  describe: ({ instance }) => `start ${instance.name} on ${instance.host.name}, port ${instance.port}`,
  expects: ({ instance }) => [{ subject: `process ${instance.name}`, action: 'start' }],
  estimate: ({ instance, startMs, memoryBytes }) => ({ durationMs: startMs, memoryBytes, processes: { [instance.host.name]: 1 }, ports: { [instance.host.name]: instance.ports } }),
  checks: [isPortFree, isProgramAsPlanned],
  isDone: async ({ instance }, { signal }) => (await daemonPid(hostOf(instance.host), filesOf(instance), signal)) !== undefined,
  run: async ({ instance, argv }, { signal, print }) => {
    const { pid } = await startDaemon(hostOf(instance.host), { argv, ...filesOf(instance), ...(instance.user !== undefined && { user: instance.user }) }, signal)
    print(`${instance.name} is process ${pid}\n`)
    return { value: { pid }, changes: [{ subject: `process ${instance.name}`, action: 'start', after: pid }] }
  },
  undo: async ({ instance, stop }, { signal }) => void (await stopDaemon(hostOf(instance.host), filesOf(instance), { stopSignal: stop.signal, graceMs: stop.graceMs }, signal)),
} satisfies OperationDefinition<typeof schema>

/** Stops the process of an instance: it is asked to, and killed when it takes too long. */
export const stopProcess = {
  schema,
  describe: ({ instance }) => `stop ${instance.name} on ${instance.host.name}`,
  expects: ({ instance }) => [{ subject: `process ${instance.name}`, action: 'stop' }],
  estimate: ({ startMs }) => ({ durationMs: startMs }),
  isDone: async ({ instance }, { signal }) => (await daemonPid(hostOf(instance.host), filesOf(instance), signal)) === undefined,
  run: async ({ instance, stop }, { signal, print }) => {
    const { killed } = await stopDaemon(hostOf(instance.host), filesOf(instance), { stopSignal: stop.signal, graceMs: stop.graceMs }, signal)
    if (killed) print(`${instance.name} did not end within ${stop.graceMs} ms of ${stop.signal}, and was killed\n`)
    return { changes: [{ subject: `process ${instance.name}`, action: 'stop' }] }
  },
  undo: async ({ instance, argv }, { signal }) => void (await startDaemon(hostOf(instance.host), { argv, ...filesOf(instance), ...(instance.user !== undefined && { user: instance.user }) }, signal)),
} satisfies OperationDefinition<typeof schema>
