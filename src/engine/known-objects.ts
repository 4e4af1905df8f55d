import type { RunRecord } from '../core/journal.ts'
import type { KnownObject, Plan } from '../core/plan.ts'
import type { Flow } from '../core/run/flow.ts'

/** What a plan knew of objects, without those that its run has replaced or deleted since: of these what is recorded is newer. */
export function listKnownObjects(plan: Plan, flow: Flow, record: RunRecord | undefined): readonly KnownObject[] {
  if (record === undefined) return plan.objects
  const changed = new Set<string>()
  for (const { step, status } of record.steps.values()) {
    const index = flow.indexOf.get(step)
    if (status === 'succeeded' && index !== undefined) changed.add((flow.actions[flow.actionOf[index] as number] as Flow['actions'][number]).address)
  }
  return plan.objects.filter(({ address }) => !changed.has(address))
}
