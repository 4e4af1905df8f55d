import { mkdtempSync, existsSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apply, memoryStore, rollback } from 'convergent'
import { planOperations, type DeclaredPhase } from 'convergent/operations'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { createCluster, type Cluster } from '../../../../examples/cluster/cluster.ts'
import { locateBinary } from '../../../../examples/cluster/locate-binary.ts'
import { thisMachine } from '../../../../examples/cluster/hosts/shared-hosts.ts'
import { planDeploy } from '../../../../examples/cluster/plans/deploy.ts'
import { planDestroy } from '../../../../examples/cluster/plans/destroy.ts'
import { planUpgrade } from '../../../../examples/cluster/plans/restart.ts'
import { planScale } from '../../../../examples/cluster/plans/scale.ts'
import { planStart, planStop } from '../../../../examples/cluster/plans/start-stop.ts'
import { clusterProvider } from '../../../../examples/cluster/provider.ts'
import { lookAt } from '../../../../examples/cluster/status.ts'
import { parseTopology } from '../../../../examples/cluster/topology/load-topology.ts'
import { bundleFake, writePrograms } from './fake/programs.ts'
import { freePorts, signal } from './fake-cluster.ts'

// Against a fake: the real mongod and mongos were not available, see fake-cluster.ts. Here they are processes, started by the plans.

const SMALL = { 'c-1': 'role: config', 'a-1': 'shard: a', 'r-1': 'role: router' }
const MEDIUM = { ...SMALL, 'a-2': 'shard: a, role: replica', 'a-3': 'shard: a, role: replica' }
const LARGE = { ...MEDIUM, 'b-1': 'shard: b' }

const bundled = mkdtempSync(join(tmpdir(), 'convergent-mongod-'))
beforeAll(() => bundleFake(bundled))
afterAll(() => rmSync(bundled, { recursive: true, force: true }))

const lookNow = (cluster: Cluster): ReturnType<typeof lookAt> => lookAt(cluster, { signal })

/** A folder for programs and for what is deployed. What still runs of it ends with the test. */
async function makePlace(): Promise<{ readonly folder: string; readonly stateDir: string; declare(instances: Readonly<Record<string, string>>): Promise<Cluster> }> {
  const folder = mkdtempSync(join(tmpdir(), 'convergent-mongodb-'))
  const stateDir = join(folder, 'state')
  const ports = await freePorts(Object.keys(LARGE).length)
  const declared: Cluster[] = []
  onTestFinished(async () => {
    for (const cluster of declared) for (const pid of (await lookNow(cluster)).pids.values()) process.kill(pid, 'SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  writePrograms(folder, '7.0.14', bundled)
  return {
    folder,
    stateDir,
    declare: async (instances) => {
      const lines = Object.entries(instances).map(([name, rest]) => `  ${name}: { host: here, port: ${ports[Object.keys(LARGE).indexOf(name)]}, ${rest} }`)
      const text = ['cluster: shop', 'engine: mongodb', 'topology: sharded', `binary: { folder: ${folder}/bin }`, `directory: ${folder}/shop`, 'waitSeconds: 30', 'hosts: { here: {} }', 'instances:', ...lines].join('\n')
      const topology = parseTopology(text, 'test.yaml')
      const cluster = createCluster(topology, await locateBinary(topology, thisMachine, stateDir, signal))
      declared.push(cluster)
      return cluster
    },
  }
}

it('a sharded cluster of fakes is deployed, stopped, started, scaled up and down, upgraded and destroyed', { timeout: 240_000 }, async () => {
  const { folder, stateDir, declare } = await makePlace()
  const store = memoryStore()
  const run = async (phases: readonly DeclaredPhase[]): Promise<readonly string[]> => {
    const plan = await planOperations(phases, { provider: clusterProvider, store, timeoutMs: 60_000 })
    expect(plan.validation?.errors).toEqual([])
    const { outcome, errors } = await apply(plan, { provider: clusterProvider, store, timeoutMs: 60_000, retry: { attempts: 1 } })
    expect([outcome, errors]).toEqual(['succeeded', []])
    return plan.actions.map(({ address }) => address)
  }

  const small = await declare(SMALL)
  await run(planDeploy(small, stateDir))
  const deployed = await lookNow(small)
  expect(deployed.problems).toEqual([])

  await run(planStop(small, new Set(deployed.pids.keys())))
  expect((await lookNow(small)).pids).toEqual(new Map())
  await run(planStart(small, new Set()))
  expect((await lookNow(small)).problems).toEqual([])

  const [medium, large] = [await declare(MEDIUM), await declare(LARGE)]
  await run(planScale(large, small, stateDir))
  expect((await lookNow(large)).problems).toEqual([])
  await run(planScale(medium, large, stateDir))
  const scaled = await lookNow(medium)
  expect(scaled.problems).toEqual([])
  expect(existsSync(`${folder}/shop/b-1`)).toBe(false)

  writePrograms(folder, '8.0.4', bundled)
  const newer = await declare(MEDIUM)
  const addresses = await run(planUpgrade(newer, medium, scaled.answers, stateDir))
  expect(addresses.filter((address) => /^(start|stop)Balancer|^stopProcess|^stepDown|^setFeature/.test(address))).toEqual(['stopBalancer/shop', 'stopProcess/c-1', 'stopProcess/a-2', 'stopProcess/a-3', 'stepDown/a-1', 'stopProcess/a-1', 'stopProcess/r-1', 'startBalancer/shop', 'setFeatureCompatibility/shop'])
  const upgraded = await lookNow(newer)
  expect(upgraded.problems).toEqual([])
  expect(new Set([...upgraded.answers.values()].map(({ version }) => version))).toEqual(new Set(['8.0.4']))

  await run(planDestroy(newer, stateDir))
  expect((await lookNow(newer)).pids).toEqual(new Map())
  expect(existsSync(`${folder}/shop`)).toBe(false)
})

it('a sharded cluster of fakes is rehearsed without anything running, and taken back without anything left', { timeout: 240_000 }, async () => {
  const { folder, stateDir, declare } = await makePlace()
  const cluster = await declare(SMALL)
  const options = { provider: clusterProvider, store: memoryStore(), timeoutMs: 60_000, retry: { attempts: 1 } }
  const plan = await planOperations(planDeploy(cluster, stateDir), options)
  const rehearsed = await apply(plan, { ...options, dryRun: true })
  expect([rehearsed.outcome, rehearsed.errors]).toEqual(['succeeded', []])
  expect(existsSync(`${folder}/shop`)).toBe(false)
  const { runId, outcome } = await apply(plan, options)
  expect(outcome).toBe('succeeded')
  const back = await rollback(runId, options)
  expect([back.outcome, back.errors]).toEqual(['succeeded', []])
  expect((await lookNow(cluster)).pids).toEqual(new Map())
  expect(cluster.instances.filter(({ directory }) => existsSync(directory))).toEqual([])
})
