import { isAbsolute, join, resolve } from 'node:path'
import * as z from 'zod'
import type { HostSpec } from './hosts/host.ts'
import { portsOf } from './topology/check-topology.ts'
import type { Topology } from './topology/topology.ts'

/*
 * A topology, worked out to what operations need: plain data that a plan carries, so that a resume needs no file. No secret
 * is in it: the password stands in a plan as the name of its environment variable.
 */

const ssh = z.strictObject({ address: z.string(), port: z.number(), user: z.string(), keyFile: z.string(), hostKey: z.string() })

export const hostSchema = z.strictObject({ name: z.string(), address: z.string(), ssh: ssh.exactOptional() })

export const instanceSchema = z.strictObject({
  name: z.string(),
  role: z.enum(['primary', 'replica', 'config', 'router']),
  shard: z.string().exactOptional(),
  host: hostSchema,
  port: z.number(),
  /** All ports that it takes. */
  ports: z.array(z.number()),
  directory: z.string(),
  /** Whom its process runs as, where this program is root. */
  user: z.string().exactOptional(),
  /** The folder of the engine's programs on its host. */
  programs: z.string(),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
})

export const binarySchema = z.strictObject({
  /** What people call it: `postgres 18.4`. */
  name: z.string(),
  version: z.string(),
  /** Where it comes from, in words. */
  source: z.string(),
  /** Set: it is downloaded from there. */
  url: z.string().exactOptional(),
  /** Of the archive that is downloaded. */
  archiveSha256: z.string().exactOptional(),
  /** The folder of its programs on this machine; or on each host, where the hosts have it. */
  programs: z.string(),
  /** The engine's main program. */
  program: z.string(),
  /** Of the main program, as it was found when the plan was made. */
  sha256: z.string().exactOptional(),
  /** True: it is in that folder of each host, and nothing is uploaded. */
  isOnHosts: z.boolean(),
  /** Of the whole folder above its programs; 0: nobody knows. */
  bytes: z.number(),
})

export const clusterSchema = z.strictObject({
  name: z.string(),
  engine: z.enum(['postgres', 'redis', 'mongodb']),
  topology: z.enum(['standalone', 'replica-set', 'sharded']),
  binary: binarySchema,
  synchronous: z.number(),
  /** The folder that the instances' folders are in. */
  directory: z.string(),
  /** The environment variable that has the password. */
  passwordFrom: z.string().exactOptional(),
  waitMs: z.number(),
  diskBytes: z.number().exactOptional(),
  memoryBytes: z.number().exactOptional(),
  instances: z.array(instanceSchema),
})

export type Cluster = z.infer<typeof clusterSchema>
export type Instance = z.infer<typeof instanceSchema>
export type Binary = z.infer<typeof binarySchema>

/** Works out a cluster. `binary`: as it was located on this machine. */
export function createCluster(topology: Topology, binary: Binary): Cluster {
  const hosts = new Map(Object.entries(topology.hosts).map(([name, host]) => [name, describeHost(name, host)]))
  return {
    name: topology.cluster,
    engine: topology.engine,
    topology: topology.topology,
    binary,
    synchronous: topology.synchronous,
    directory: topology.directory,
    ...(topology.passwordFrom !== undefined && { passwordFrom: topology.passwordFrom }),
    waitMs: topology.waitSeconds * 1_000,
    ...(topology.diskMb !== undefined && { diskBytes: topology.diskMb * 2 ** 20 }),
    ...(topology.memoryMb !== undefined && { memoryBytes: topology.memoryMb * 2 ** 20 }),
    instances: Object.entries(topology.instances).map(([name, instance]): Instance => {
      const host = hosts.get(instance.host) as HostSpec
      return {
        name,
        role: instance.role,
        ...(instance.shard !== undefined && { shard: instance.shard }),
        host,
        port: instance.port,
        ports: [...portsOf(topology, instance)],
        directory: instance.directory ?? `${topology.directory}/${name}`,
        ...(topology.user !== undefined && { user: topology.user }),
        programs: host.ssh === undefined || binary.isOnHosts ? binary.programs : `${folderOfBinary(topology.directory, binary)}/bin`,
        settings: { ...topology.settings, ...instance.settings },
      }
    }),
  }
}

/** Where a binary lies on hosts that it is uploaded to. */
function folderOfBinary(directory: string, { program, sha256, archiveSha256 }: Pick<Binary, 'program' | 'sha256' | 'archiveSha256'>): string {
  return `${directory}/binaries/${program}-${(archiveSha256 ?? sha256 ?? 'any').slice(0, 12)}`
}

function describeHost(name: string, { address, ssh }: Topology['hosts'][string]): HostSpec {
  if (ssh === undefined) return { name, address: address ?? '127.0.0.1' }
  const keyFile = ssh.keyFile.startsWith('~/') ? join(process.env['HOME'] ?? '', ssh.keyFile.slice(2)) : ssh.keyFile
  return { name, address: address ?? ssh.address, ssh: { ...ssh, keyFile: isAbsolute(keyFile) ? keyFile : resolve(keyFile) } }
}
