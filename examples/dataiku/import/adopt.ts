import { apply, plan, type Provider, type Resource, type RunResult, type Store } from 'convergent'

/** Where what is adopted is recorded. */
export interface Adoption {
  readonly provider: Provider
  readonly store: Store
  readonly stack: string
  /** For the next person. */
  readonly holder: string
  readonly signal: AbortSignal
}

/** Records objects that exist as they are declared. Nothing changes on the server: where something would, nothing is recorded. */
export async function adopt(resources: readonly Resource[], { provider, store, stack, holder, signal }: Adoption): Promise<RunResult> {
  const changes = await plan(resources.map((each) => (each.external === true ? each : { ...each, adopt: true })), { provider, store, stack, signal, mode: 'apply' })
  const writes = changes.actions.filter(({ kind, changes: fields }) => kind !== 'update' || fields.some(({ path }) => path[0] !== 'dropData'))
  if (writes.length > 0 || changes.unreadable.length > 0) {
    const names = [...writes.map(({ address, changes: fields }) => `${address} (${fields.map(({ path }) => path.join('.')).join(', ') || 'gone'})`), ...changes.unreadable.map(({ subject }) => subject)]
    throw new Error(`the server does not show any more what was read a moment ago: ${names.join('; ')}; nothing was recorded, try again`)
  }
  const result = await apply(changes, { provider, store, stack, holder, signal }).result
  if (!result.success) throw new Error(`not everything is recorded: ${result.errors.map(({ address, error }) => `${address}: ${error.message}`).join('; ')}`)
  return result
}
