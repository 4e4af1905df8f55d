import type { Instance } from '../../cluster.ts'
import { declare } from '../../operations/operations.ts'
import type { EnginePlan } from '../../plans/engine-plan.ts'
import { addressesOf, secretOf, startAndWait } from '../../plans/steps.ts'
import { slotOf } from './postgres.ts'

/** The primary comes first, and each replica is a copy of it. */
export const postgresPlan: EnginePlan = {
  bringUp: (cluster, fresh) => {
    const primary = cluster.instances.find(({ role }) => role === 'primary') as Instance
    const secret = secretOf(cluster)
    const first = fresh.includes(primary) ? declare.initialiseData(primary.name, { instance: primary, ...(cluster.binary.sha256 !== undefined && { sha256: cluster.binary.sha256 }), ...secret }) : undefined
    const primaryUp = first === undefined ? [] : startAndWait(cluster, primary, [first])
    const replicas = fresh.filter(({ role }) => role === 'replica').flatMap((instance) => {
      const slot = declare.createSlot(instance.name, { primary, slot: slotOf(instance), ...secret }, { dependsOn: addressesOf(primaryUp.slice(-1)) })
      const clone = declare.cloneData(instance.name, { instance, from: primary, ...secret }, { dependsOn: [slot.address] })
      return [slot, clone, ...startAndWait(cluster, instance, [clone])]
    })
    return { start: [...(first ? [first] : []), ...primaryUp, ...replicas], initialise: [] }
  },
  takeOut: (cluster, gone) => {
    const primary = cluster.instances.find(({ role }) => role === 'primary') as Instance
    return { before: [], after: gone.map((instance) => declare.dropSlot(instance.name, { primary, slot: slotOf(instance), ...secretOf(cluster) })) }
  },
  startOrder: ({ instances }) => [instances.filter(({ role }) => role === 'primary'), instances.filter(({ role }) => role !== 'primary')],
  // The primary first: it ends once its replicas have all that it wrote.
  stopOrder: ({ instances }) => [instances.filter(({ role }) => role === 'primary'), instances.filter(({ role }) => role !== 'primary')],
  // The primary last, and where it is: who writes waits for as long as it takes to start.
  rollOver: ({ instances }) => [...instances].sort((a, b) => Number(a.role === 'primary') - Number(b.role === 'primary')).map((instance) => ({ instance, before: [], after: [] })),
  finishUpgrade: () => [],
}
