import { randomUUID } from 'node:crypto'
import type { Plan } from '../core/plan.ts'
import { subsetPlan } from '../core/planning/subset.ts'
import type { Flags } from './flags.ts'

/** The part of a plan that `--phase` and `--only` name, with what it needs: a plan of its own. Without them, the whole. */
export function pickPart(plan: Plan, { phase = [], only = [] }: Flags): Plan {
  return phase.length + only.length === 0 ? plan : subsetPlan(plan, { phases: phase, addresses: only }, randomUUID())
}
