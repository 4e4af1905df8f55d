import { apply, plan, type Action, type Plan, type Provider, type Resource, type RunResult, type Store } from 'convergent'

/** Where what is adopted is recorded. */
export interface Adoption {
  readonly provider: Provider
  readonly store: Store
  readonly stack: string
  /** For the next person. */
  readonly holder: string
  readonly signal: AbortSignal
}

/** Plans to record objects that exist as they are declared. Throws where more than that would happen. */
export async function planAdoption(resources: readonly Resource[], { provider, store, stack, signal }: Omit<Adoption, 'holder'>): Promise<Plan> {
  const changes = await plan(resources.map((each) => (each.external === true ? each : { ...each, adopt: true })), { provider, store, stack, signal, mode: 'apply' })
  const writes = changes.actions.filter(({ kind, changes: fields }) => kind !== 'update' || fields.some(({ path }) => path[0] !== 'dropData'))
  const unsaid = writes.filter(({ kind, changes: fields, unset = [] }) => kind === 'update' && fields.length === unset.length)
  if (unsaid.length > 0 && unsaid.length === writes.length) throw new Error(`what is recorded has fields that could not be taken from the server, and they would be cleared: ${unsaid.map(describe).join('; ')}; nothing was recorded; take it out of the state with "state rm" first, and it is taken over as it is`)
  if (writes.length > 0 || changes.unreadable.length > 0) {
    const names = [...writes.map(describe), ...changes.unreadable.map(({ subject }) => subject)]
    throw new Error(`the server does not show any more what was read a moment ago: ${names.join('; ')}; nothing was recorded, try again`)
  }
  return changes
}

/** Records what was planned. Nothing changes on the server. */
export async function adopt(changes: Plan, { provider, store, stack, holder, signal }: Adoption): Promise<RunResult> {
  const result = await apply(changes, { provider, store, stack, holder, signal }).result
  if (!result.success) throw new Error(`not everything is recorded: ${result.errors.map(({ address, error }) => `${address}: ${error.message}`).join('; ')}`)
  return result
}

function describe({ address, kind, changes, blocked }: Action): string {
  return `${address} (${changes.map(({ path }) => path.join('.')).join(', ') || blocked?.message || kind})`
}
