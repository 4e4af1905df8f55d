import type { Fields } from 'convergent'
import type { Cluster, Instance } from '../cluster.ts'
import type { EngineName } from '../topology/topology.ts'

/** A kind of database: what its processes need, and how they are asked. What is done with them is the same for all. */
export interface Engine {
  readonly name: EngineName
  /** The program that an instance is; `--version` prints which. */
  readonly program: string
  /** The other programs that it needs in the same folder. */
  toolsOf(topology: Pick<Cluster, 'topology'>): readonly string[]
  /** True: who is primary changes by itself, so it is nothing that an instance is tied to. */
  readonly elects: boolean
  /** What an empty instance takes. */
  readonly takes: { readonly diskBytes: number; readonly memoryBytes: number; readonly startMs: number }
  /** How a process is asked to end, and how long it may take. */
  readonly stop: { readonly signal: 'SIGINT' | 'SIGTERM'; readonly graceMs: number }
  /** Its configuration: `${password}` stands where the password goes. */
  configure(instance: Instance, cluster: Cluster): readonly ConfigurationFile[]
  /** What runs an instance in the foreground: program and arguments. */
  command(instance: Instance, cluster: Cluster): readonly string[]
  /** A file by which it believes that it still runs, when it was killed: where the lock of its process is free, nothing of it does. */
  leftoverOf?(instance: Instance): string
  /** Asks an instance how it is. Throws where it does not answer. */
  ask(instance: Instance, access: Access): Promise<Answer>
  /** What is wrong with a cluster whose instances gave these answers; nothing where it is healthy. */
  judge(cluster: Cluster, answers: ReadonlyMap<string, Answer>): readonly string[]
  /** How to connect, a line each. */
  connections(cluster: Cluster): readonly string[]
  /** What of a cluster it cannot do; nothing is planned then. Default: nothing. */
  refuse?(cluster: Cluster): readonly string[]
  /** Why programs of the other version cannot take over what those of the first wrote. Default: they can. */
  refuseUpgrade?(from: string, to: string): string | undefined
  /** What a reviewer should know of a cluster. */
  advise(cluster: Cluster): readonly string[]
}

/** A file of an instance. */
export interface ConfigurationFile {
  readonly path: string
  readonly text: string
}

/** With what an instance is asked. */
export interface Access {
  readonly password?: string | undefined
  readonly signal: AbortSignal
}

/** What an instance says of itself. */
export interface Answer {
  /** What it is at the moment, whatever was declared. */
  readonly role: 'primary' | 'replica' | 'config' | 'router' | 'none'
  readonly version: string
  /** Figures and names: who replicates, how far behind. */
  readonly details: Fields
  /** In some words: `streams from pg-1, 0 B behind`. */
  readonly about: string
}

/** Where the files of an instance's process are. */
export function filesOf({ directory }: Pick<Instance, 'directory'>): { readonly lockFile: string; readonly pidFile: string; readonly logFile: string } {
  return { lockFile: `${directory}/process.lock`, pidFile: `${directory}/process.pid`, logFile: `${directory}/process.log` }
}
