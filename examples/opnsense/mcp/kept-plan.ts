import { getPlan, type KeptPlan, type Plan } from 'convergent'
import { placeOf, type McpHost } from './host.ts'
import { ToolRefusal } from './tool-answer.ts'

/** Reads a plan that is kept. Throws `unknown-plan`, and what `getPlan` does where the text was altered. */
export async function readKeptPlan(host: McpHost, planId: string): Promise<KeptPlan> {
  const ids = await host.store.list(host.stack, 'plan')
  if (!ids.includes(planId)) throw new ToolRefusal('unknown-plan', `stack ${host.stack} has no plan ${JSON.stringify(planId)}; it has ${ids.join(', ') || 'none'}. Plan again: only the newest plans are kept`)
  return getPlan(planId, placeOf(host))
}

/** The plan of this id, if it is still the one that was shown. Throws `wrong-hash`, and what {@link readKeptPlan} does. */
export async function readReviewedPlan(host: McpHost, planId: string, hash: string): Promise<Plan> {
  const { plan, sha256 } = await readKeptPlan(host, planId)
  if (sha256 !== hash.toLowerCase()) throw new ToolRefusal('wrong-hash', `plan ${planId} does not have the hash ${JSON.stringify(hash)}: it is not the plan that was reviewed. Nothing was changed. Look at it with showPlan, which says its hash, or plan again`)
  return plan
}
