import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createCluster, type Cluster, type Instance } from '../../../../examples/cluster/cluster.ts'
import { mongodb } from '../../../../examples/cluster/engines/mongodb/mongodb.ts'
import type { Answer } from '../../../../examples/cluster/engines/engine.ts'
import { parseTopology } from '../../../../examples/cluster/topology/load-topology.ts'
import { Exit, startServer, type FakeServer } from './fake/fake-server.ts'
import { holdWorld, withWorld, type Fault, type World } from './fake/world.ts'

/*
 * THE REAL PROGRAM WAS NOT AVAILABLE where these tests were written: there is no `mongod` among the packages that could be had. What
 * stands in for it, at the provider's border alone, is `fake/fake-server.ts`: servers on real ports, that the real driver speaks to;
 * here they run in the process of the test, in `deploy.test.ts` as processes. Their refusals are those of the documentation;
 * whether a real server does more than that was never seen.
 */

/** For what is never aborted. */
export const signal = new AbortController().signal

/** What an operation gets of its context, as far as these steps ask for it. */
export const context = { signal, trace: () => undefined, admit: () => Promise.resolve(), refused: () => undefined, wait: async () => undefined, elapsedMs: () => 0, attempt: 1, idempotencyKey: 'key', fence: 1, progress: () => undefined, saveHandle: () => Promise.resolve(), name: 'test', print: () => undefined }

export interface FakeCluster {
  readonly cluster: Cluster
  instance(name: string): Instance
  /** Starts servers, and waits until all of them answer; routers wait for their config servers themselves. */
  start(names?: readonly string[], release?: string): Promise<void>
  kill(name: string): Promise<void>
  ask(): Promise<ReadonlyMap<string, Answer>>
  /** What is wrong, asked anew. */
  judge(): Promise<readonly string[]>
  /** Looks at what the fake servers know, or changes it. */
  world<T>(change: (world: World) => T): T
  /** Something goes wrong, once. */
  break(...faults: readonly Fault[]): void
}

/** A topology whose servers are fakes. `instances`: in YAML, without host and port. All of it ends with the test. */
export async function fakeCluster(topology: 'standalone' | 'replica-set' | 'sharded', instances: Readonly<Record<string, string>>, release = '7.0.14'): Promise<FakeCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'convergent-mongodb-'))
  const held = holdWorld(folder)
  const servers = new Map<string, FakeServer>()
  onTestFinished(async () => {
    for (const server of servers.values()) await server.kill()
    held.drop()
    rmSync(folder, { recursive: true, force: true })
  })
  const ports = await freePorts(Object.keys(instances).length)
  const lines = Object.entries(instances).map(([name, rest], at) => `  ${name}: { host: here, port: ${ports[at]}${rest === '' ? '' : `, ${rest}`} }`)
  const text = ['cluster: shop', 'engine: mongodb', `topology: ${topology}`, `binary: { folder: ${folder}/bin }`, `directory: ${folder}/shop`, 'waitSeconds: 10', 'hosts: { here: {} }', 'instances:', ...lines].join('\n')
  const cluster = createCluster(parseTopology(text, 'test.yaml'), describeBinary(folder, release))
  const instance = (name: string): Instance => cluster.instances.find((each) => each.name === name) as Instance
  const ask = async (): Promise<ReadonlyMap<string, Answer>> => {
    const all = await Promise.all(cluster.instances.map(async (each) => [each.name, await mongodb.ask(each, { signal }).catch(() => undefined)] as const))
    return new Map(all.flatMap(([name, answer]) => (answer === undefined ? [] : [[name, answer] as const])))
  }
  return {
    cluster,
    instance,
    ask,
    start: async (names = Object.keys(instances), version = release) => {
      for (const name of names) servers.set(name, startInstance(folder, cluster, instance(name), version))
      await Promise.all(names.filter((name) => instance(name).role !== 'router').map((name) => servers.get(name)?.listening))
    },
    kill: async (name) => servers.get(name)?.kill(),
    judge: async () => mongodb.judge(cluster, await ask()),
    world: (change) => withWorld(folder, change),
    break: (...faults) => withWorld(folder, (world) => void world.faults.push(...faults)),
  }
}

function describeBinary(folder: string, version: string): Cluster['binary'] {
  return { name: `mongodb ${version}`, version, source: 'a fake', programs: join(folder, 'bin'), program: 'mongod', isOnHosts: true, bytes: 0 }
}

/** As its program would be started: with the configuration that the engine writes, by the arguments that it says. */
function startInstance(folder: string, cluster: Cluster, instance: Instance, release: string): FakeServer {
  mkdirSync(join(instance.directory, 'data'), { recursive: true })
  for (const { path, text } of mongodb.configure(instance, cluster)) writeFileSync(path, text)
  const [program = '', flag, file = ''] = mongodb.command(instance, cluster)
  if (flag !== '--config') throw new Error(`${instance.name} is started with ${String(flag)}, expected is --config`)
  try {
    return startServer({ folder, program: basename(program), release }, file)
  } catch (error) {
    if (error instanceof Exit) throw new Error(`${instance.name} ended with code ${error.code}`, { cause: error })
    throw error
  }
}

/** Ports that were free just now. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return server
  }))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}
