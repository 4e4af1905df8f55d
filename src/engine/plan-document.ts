import type { Plan } from '../core/plan.ts'
import { getInPieces, putInPieces } from '../store/document.ts'
import { readAdmittedPlan, writePlan } from '../store/plan-text.ts'
import type { Store } from '../store/store.ts'

/** Keeps a plan in the store, as a stream where the store takes one. Gives its SHA-256. */
export async function storePlan(store: Store, plan: Plan): Promise<string> {
  let sha256 = ''
  const write = async function* (): AsyncGenerator<string, void, undefined> {
    sha256 = yield* writePlan(plan)
  }
  await putInPieces(store, plan.stack, 'plan', plan.id, write())
  return sha256
}

/** Reads a plan from the store, with its SHA-256; undefined where it is not there. */
export async function readStoredPlan(store: Store, stack: string, id: string): Promise<{ readonly plan: Plan; readonly sha256: string } | undefined> {
  let sha256 = ''
  const plan = await loadPlan(store, stack, id, (found) => (sha256 = found))
  return plan && { plan, sha256 }
}

/** Reads a plan from the store; undefined where it is not there. `admit` may refuse it by its SHA-256. Throws as `readPlan` does. */
export async function loadPlan(store: Store, stack: string, id: string, admit: (sha256: string) => void = () => undefined): Promise<Plan | undefined> {
  const pieces = await getInPieces(store, stack, 'plan', id)
  return pieces === undefined ? undefined : readAdmittedPlan(pieces, undefined, admit)
}
