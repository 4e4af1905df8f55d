import type { Cluster } from '../../cluster.ts'
import { isOwn } from './configuration.ts'

/** Names that MongoDB has for itself. */
const RESERVED_SHARDS = ['config', 'admin', 'local']

/** What this engine cannot do, each with what to do instead; nothing where it can do all that is declared. */
export function refuseMongodb({ passwordFrom, instances }: Cluster): readonly string[] {
  const here = instances.filter(({ host }) => isLoopback(host.address))
  const shards = [...new Set(instances.flatMap(({ shard }) => shard ?? []))]
  const names = [...new Set(instances.flatMap(({ settings }) => Object.keys(settings)))]
  return [
    ...(passwordFrom === undefined ? [] : [`passwordFrom is not supported for mongodb yet: it would be without a password, although ${passwordFrom} is declared; take passwordFrom out, and keep its ports from others`]),
    ...shards.filter((shard) => RESERVED_SHARDS.includes(shard)).map((shard) => `no shard of mongodb can be called ${shard}; take another name`),
    ...(here.length > 0 && here.length < instances.length ? [`${here.map(({ name }) => name).join(', ')} would be known as ${here[0]?.host.address}, which means another machine to the others; give host ${here[0]?.host.name} the address that all hosts reach it by`] : []),
    ...names.filter(isOwn).map((name) => `setting ${name} is decided by the cluster itself; take it out`),
    ...names.filter((name) => !isOwn(name) && names.some((other) => other.startsWith(`${name}.`))).map((name) => `setting ${name} is a section, as ${names.find((other) => other.startsWith(`${name}.`))} shows; name what is in it`),
  ]
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === 'localhost' || address === '::1'
}
