import type { DeclaredOperation, DeclaredPhase } from 'convergent/operations'
import type { Cluster, Instance } from '../cluster.ts'
import { declare } from '../operations/operations.ts'
import { planOf } from './engine-plans.ts'
import { addressesOf, describeProcess, startAndWait, verify } from './steps.ts'

/** Starts what does not run. Nothing where all of it does. */
export function planStart(cluster: Cluster, running: ReadonlySet<string>): readonly DeclaredPhase[] {
  const groups = planOf(cluster.engine).startOrder(cluster).map((group) => group.filter(({ name }) => !running.has(name))).filter((group) => group.length > 0)
  if (groups.length === 0) return []
  return [
    { name: 'start', description: 'processes that do not run', operations: inGroups(groups, (instance, before) => startAndWait(cluster, instance, before)) },
    { name: 'verify', description: 'ask the databases themselves', operations: [verify(cluster)] },
  ]
}

/** Stops what runs; its data stays. */
export function planStop(cluster: Cluster, running: ReadonlySet<string>): readonly DeclaredPhase[] {
  const groups = planOf(cluster.engine).stopOrder(cluster).map((group) => group.filter(({ name }) => running.has(name))).filter((group) => group.length > 0)
  return groups.length === 0 ? [] : [{ name: 'stop', description: 'processes; data stays', operations: stopInGroups(cluster, groups) }]
}

/** Stops instances, group by group. */
export function stopInGroups(cluster: Cluster, groups: readonly (readonly Instance[])[]): readonly DeclaredOperation[] {
  return inGroups(groups, (instance, before) => [declare.stopProcess(instance.name, describeProcess(cluster, instance), { dependsOn: addressesOf(before) })])
}

/** The next group begins once the one before is over. */
function inGroups(groups: readonly (readonly Instance[])[], each: (instance: Instance, before: readonly DeclaredOperation[]) => readonly DeclaredOperation[]): readonly DeclaredOperation[] {
  const all: DeclaredOperation[] = []
  let before: readonly DeclaredOperation[] = []
  for (const group of groups) {
    const operations = group.map((instance) => each(instance, before))
    all.push(...operations.flat())
    before = operations.flatMap((some) => some.slice(-1))
  }
  return all
}
