import { readFileSync } from 'node:fs'
import type { DeclaredPhase } from 'convergent/operations'
import { describe, expect, it } from 'vitest'
import { createCluster, type Binary, type Cluster } from '../../../examples/cluster/cluster.ts'
import { addHooks } from '../../../examples/cluster/declared-hooks.ts'
import type { Answer } from '../../../examples/cluster/engines/engine.ts'
import { planDeploy } from '../../../examples/cluster/plans/deploy.ts'
import { planDestroy } from '../../../examples/cluster/plans/destroy.ts'
import { planRestart, planUpgrade } from '../../../examples/cluster/plans/restart.ts'
import { planScale } from '../../../examples/cluster/plans/scale.ts'
import { parseTopology } from '../../../examples/cluster/topology/load-topology.ts'

const binaryOf = (name: string, version: string): Binary => ({ name: `${name} ${version}`, version, source: 'somewhere', programs: '/programs/bin', program: name, sha256: version.padEnd(64, '0'), isOnHosts: false, bytes: 1 })
const demo = (name: string, change: (text: string) => string = (text) => text, version = '18.4'): Cluster => createCluster(parseTopology(change(readFileSync(new URL(`../../../examples/cluster/demo/${name}.yaml`, import.meta.url), 'utf8')), name), binaryOf(name, version))

/** Phases with the addresses in them, each behind what it waits for. */
const describePlan = (phases: readonly DeclaredPhase[]): readonly string[] => phases.map(({ name, operations = [] }) => `${name}: ${operations.map(({ address }) => address).join(', ')}`)

/** The addresses that come before one, directly or not. */
function beforeOf(phases: readonly DeclaredPhase[], address: string): ReadonlySet<string> {
  const operations = new Map(phases.flatMap((phase) => phase.operations ?? []).map((operation) => [operation.address as string, operation]))
  const found = new Set<string>()
  const visit = (each: string): void => {
    for (const on of operations.get(each)?.dependsOn ?? []) if (!found.has(on)) visit((found.add(on), on))
  }
  visit(address)
  return found
}

const role = (role: Answer['role']): Answer => ({ role, version: '1', details: {}, about: '' })

describe('without anything running, a plan', () => {
  it('of a deploy has every step of it, replicas behind their primary', () => {
    const phases = planDeploy(demo('postgres'), '/state')
    expect(describePlan(phases).map((line) => line.replaceAll(/\/pg-\d|\/shop/g, ''))).toEqual([
      'prepare: fetchBinary/postgres 18.4, createDirectory, createDirectory, createDirectory',
      'configure: writeConfiguration, writeConfiguration, writeConfiguration',
      'start: initialiseData, startProcess, waitForProcess, createSlot, cloneData, startProcess, waitForProcess, createSlot, cloneData, startProcess, waitForProcess',
      'verify: verifyHealth',
      'save: saveMetadata',
    ])
    expect(beforeOf(phases, 'startProcess/pg-3')).toEqual(new Set(['cloneData/pg-3', 'createSlot/pg-3', 'waitForProcess/pg-1', 'startProcess/pg-1', 'initialiseData/pg-1']))
    expect(JSON.stringify(phases)).not.toContain('"password":"')
  })

  it('of a restart lets a replica of each shard take over before its primary is stopped, whoever that is', () => {
    const cluster = demo('redis')
    const answers = new Map(cluster.instances.map(({ name }) => [name, role(['redis-4', 'redis-2', 'redis-3'].includes(name) ? 'primary' : 'replica')]))
    const phases = planRestart(cluster, cluster, answers, '/state')
    const order = phases[0]?.operations?.map(({ address }) => address).filter((address) => /stopProcess|failOver/.test(address))
    expect(order).toEqual(['stopProcess/redis-1', 'failOver/redis-1', 'stopProcess/redis-4', 'stopProcess/redis-5', 'failOver/redis-5', 'stopProcess/redis-2', 'stopProcess/redis-6', 'failOver/redis-6', 'stopProcess/redis-3'])
    expect([...beforeOf(phases, 'failOver/redis-1')]).toContain('verifyHealth/after redis-1')
    expect([...beforeOf(phases, 'stopProcess/redis-4')]).toContain('failOver/redis-1')
  })

  it('of growing has what is new, and of shrinking removes data last', () => {
    const small = demo('postgres')
    const large = demo('postgres', (text) => `${text}  pg-4: { host: localhost, port: 6004, role: replica }\n`)
    expect(describePlan(planScale(large, small, '/state'))).toEqual([
      'prepare: fetchBinary/postgres 18.4, createDirectory/pg-4, writeConfiguration/pg-4',
      'start: createSlot/pg-4, cloneData/pg-4, startProcess/pg-4, waitForProcess/pg-4',
      'verify: verifyHealth/shop',
      'save: saveMetadata/shop',
    ])
    expect(describePlan(planScale(small, large, '/state'))).toEqual(['stop: stopProcess/pg-4', 'forget: dropSlot/pg-4', 'verify: verifyHealth/shop', 'remove: removeDirectory/pg-4', 'save: saveMetadata/shop'])
    expect(planScale(small, small, '/state')).toEqual([])
  })

  it('of a shard that leaves moves its slots away first, and lets a replica take over where only a primary leaves', () => {
    const large = demo('redis', (text) => `${text}  redis-7: { host: localhost, port: 7007, shard: four }\n`)
    expect(describePlan(planScale(demo('redis'), large, '/state'))[0]).toBe('leave: rebalance/cache without four')
    const headless = demo('redis', (text) => text.replace(/ {2}redis-1:.*\n/, '').replace('shard: one, role: replica', 'shard: one'))
    expect(describePlan(planScale(headless, demo('redis'), '/state')).slice(0, 3)).toEqual(['leave: failOver/redis-4', 'stop: stopProcess/redis-1', 'forget: forgetNode/redis-1'])
    expect(() => planScale(demo('postgres', (text) => text.replace('port: 6001 }', 'port: 6001, role: replica }').replace('port: 6002, role: replica', 'port: 6002')), demo('postgres'), '/state')).toThrow('instances.pg-1.role: it was deployed with primary, and replica is declared')
  })

  it('is refused for an instance that is somewhere else, and for programs that do not read the data', () => {
    expect(() => planScale(demo('postgres', (text) => text.replace('6002', '6012')), demo('postgres'), '/state')).toThrow('instances.pg-2.port: it was deployed with 6002, and 6012 is declared')
    expect(() => planUpgrade(demo('postgres', undefined, '19.0'), demo('postgres'), new Map(), '/state')).toThrow('postgres 19.0 does not read the files of postgres 18.4')
    expect(planUpgrade(demo('postgres'), demo('postgres'), new Map(), '/state')).toEqual([])
    expect(() => planRestart(demo('postgres', (text) => text.replace(/ {2}pg-3.*\n/, '')), demo('postgres'), new Map(), '/state')).toThrow('scale adds and takes out instances')
  })

  it('of destroying stops everything before anything is removed', () => {
    expect(describePlan(planDestroy(demo('postgres'), '/state'))).toEqual(['stop: stopProcess/pg-1, stopProcess/pg-2, stopProcess/pg-3', 'remove: removeDirectory/pg-1, removeDirectory/pg-2, removeDirectory/pg-3', 'save: saveMetadata/shop'])
  })

  it('has the hooks that name its phases', () => {
    const hook = { name: 'drain', beforePhase: 'restart', command: 'drain', args: [], shell: false, timeoutSeconds: 1, continueOnError: false, env: {} }
    const cluster = demo('postgres')
    expect(addHooks(planRestart(cluster, cluster, new Map(), '/state'), [hook])[0]?.before).toEqual(['drain'])
    expect(() => addHooks([], [{ ...hook, beforePhase: 'restrat' }])).toThrow('there is no phase "restrat"; did you mean "restart"?')
  })
})
