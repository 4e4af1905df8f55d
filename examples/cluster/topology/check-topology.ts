import { suggestName } from 'convergent'
import type { DeclaredInstance, Topology } from './topology.ts'

/** What is wrong with a topology, and where. */
export interface TopologyIssue {
  readonly code: string
  readonly message: string
  readonly path: readonly (string | number)[]
}

/** What no schema can say: what instances have to do with hosts and with each other. */
export function checkTopology(topology: Topology): readonly TopologyIssue[] {
  return [...checkHosts(topology), ...checkClashes(topology), ...checkShape(topology), ...checkSettings(topology)]
}

function checkHosts({ hosts, instances }: Topology): readonly TopologyIssue[] {
  const names = Object.keys(hosts)
  const unknown = Object.entries(instances).filter(([, { host }]) => !Object.hasOwn(hosts, host))
  const here = names.filter((name) => hosts[name]?.ssh === undefined)
  return [
    ...unknown.map(([name, { host }]) => ({ code: 'unknown-host', message: `there is no host "${host}"${suggestName(host, names) || `; hosts are ${names.join(', ') || 'missing'}`}`, path: ['instances', name, 'host'] })),
    ...here.slice(1).map((name) => ({ code: 'same-host', message: `${here[0]} is this machine already; a host elsewhere needs ssh`, path: ['hosts', name] })),
  ]
}

/** Ports that an instance takes; Redis Cluster speaks with itself on a second one. */
export function portsOf({ engine, topology }: Pick<Topology, 'engine' | 'topology'>, { port }: Pick<DeclaredInstance, 'port'>): readonly number[] {
  return engine === 'redis' && topology === 'sharded' ? [port, port + 10_000] : [port]
}

function checkClashes(topology: Topology): readonly TopologyIssue[] {
  const issues: TopologyIssue[] = []
  const ports = new Map<string, string>()
  const folders = new Map<string, string>()
  for (const [name, instance] of Object.entries(topology.instances)) {
    for (const port of portsOf(topology, instance)) {
      const other = ports.get(`${instance.host}:${port}`)
      if (other !== undefined) issues.push({ code: 'port-clash', message: `port ${port} of ${instance.host} is taken by ${other}; the next free one is ${findFreePort(topology, instance.host, port)}`, path: ['instances', name, 'port'] })
      else if (port > 65_535) issues.push({ code: 'invalid-port', message: `Redis Cluster also needs port ${port} (10,000 more), which is above 65,535; take one up to 55,535`, path: ['instances', name, 'port'] })
      ports.set(`${instance.host}:${port}`, name)
    }
    const folder = `${instance.host}:${instance.directory ?? `${topology.directory}/${name}`}`
    const holder = [...folders].find(([other]) => other === folder || other.startsWith(`${folder}/`) || folder.startsWith(`${other}/`))
    if (holder !== undefined) issues.push({ code: 'directory-clash', message: `its directory is that of ${holder[1]}, or lies in it; every instance needs one of its own`, path: ['instances', name, 'directory'] })
    folders.set(folder, name)
  }
  return issues
}

function findFreePort(topology: Topology, host: string, from: number): number {
  const taken = new Set(Object.values(topology.instances).filter((each) => each.host === host).flatMap((each) => portsOf(topology, each)))
  let port = from + 1
  while (taken.has(port)) port++
  return port
}

function checkShape({ engine, topology, instances }: Topology): readonly TopologyIssue[] {
  const all = Object.entries(instances)
  const fault = (code: string, message: string, name?: string, field = 'role'): TopologyIssue => ({ code, message, path: name === undefined ? ['instances'] : ['instances', name, field] })
  const supported = { postgres: ['standalone', 'replica-set'], redis: ['standalone', 'sharded'], mongodb: ['standalone', 'replica-set', 'sharded'] }[engine]
  if (!supported.includes(topology)) return [{ code: 'unsupported-topology', message: `${engine} is ${supported.join(' or ')}, found ${topology}`, path: ['topology'] }]
  if (all.length === 0) return [fault('no-instance', 'a cluster has at least one instance')]
  if (topology === 'standalone') return all.length === 1 ? [] : [fault('too-many', `standalone is one instance, found ${all.length}; several are a replica-set`)]
  if (topology === 'replica-set') {
    const strange = all.filter(([, { role, shard }]) => (role !== 'primary' && role !== 'replica') || shard !== undefined).map(([name]) => fault('invalid-role', 'a replica set has a primary and replicas, and no shards', name))
    return [...strange, ...checkSet(engine, 'the replica set', all)]
  }
  const data = all.filter(([, { role }]) => role === 'primary' || role === 'replica')
  const shards = new Set(data.flatMap(([, { shard }]) => shard ?? []))
  const issues = data.filter(([, { shard }]) => shard === undefined).map(([name]) => fault('no-shard', 'which shard is it of? name one with shard', name, 'shard'))
  for (const shard of shards) issues.push(...checkSet(engine, `shard ${shard}`, data.filter(([, each]) => each.shard === shard)))
  if (engine === 'redis') {
    for (const [name, { role }] of all) if (role === 'config' || role === 'router') issues.push(fault('invalid-role', `Redis Cluster has no ${role}; its instances are primary or replica`, name))
    if (shards.size < 3) issues.push(fault('too-few-shards', `Redis Cluster needs three shards to agree on a failure, found ${shards.size}`))
    return issues
  }
  const configs = all.filter(([, { role }]) => role === 'config')
  if (configs.length === 0) issues.push(fault('no-config', 'a sharded MongoDB needs config servers: instances with role config, three of them where it matters'))
  if (configs.length === 2) issues.push(fault('set-of-two', 'two config servers elect nobody when one is lost; add a third'))
  if (!all.some(([, { role }]) => role === 'router')) issues.push(fault('no-router', 'a sharded MongoDB is reached by routers: add an instance with role router'))
  return issues
}

function checkSet(engine: Topology['engine'], what: string, members: readonly (readonly [string, DeclaredInstance])[]): readonly TopologyIssue[] {
  const primaries = members.filter(([, { role }]) => role === 'primary').map(([name]) => name)
  const first = members[0]?.[0] as string
  const issues: TopologyIssue[] = []
  if (primaries.length !== 1) issues.push({ code: 'no-primary', message: `${what} needs exactly one primary, found ${primaries.length === 0 ? 'none' : primaries.join(', ')}`, path: ['instances', primaries[1] ?? first, 'role'] })
  if (engine === 'mongodb' && members.length === 2) issues.push({ code: 'set-of-two', message: `${what} has two members: when one is lost, the other elects nobody; add a third`, path: ['instances', first] })
  return issues
}

function checkSettings({ engine, synchronous, instances, hooks }: Topology): readonly TopologyIssue[] {
  const replicas = Object.values(instances).filter(({ role }) => role === 'replica').length
  const issues: TopologyIssue[] = []
  if (synchronous > 0 && engine !== 'postgres') issues.push({ code: 'unsupported', message: `synchronous is for postgres, not ${engine}`, path: ['synchronous'] })
  else if (synchronous > replicas) issues.push({ code: 'too-few-replicas', message: `a write would wait for ${synchronous} replicas for ever: there are ${replicas}`, path: ['synchronous'] })
  for (const [position, { name, on, beforePhase, afterPhase }] of hooks.entries()) {
    if (hooks.findIndex((hook) => hook.name === name) !== position) issues.push({ code: 'duplicate-hook', message: `two hooks are called ${name}`, path: ['hooks', position, 'name'] })
    if (on === undefined && beforePhase === undefined && afterPhase === undefined) issues.push({ code: 'idle-hook', message: `hook ${name} would never run; say when with on, beforePhase or afterPhase`, path: ['hooks', position] })
  }
  return issues
}
