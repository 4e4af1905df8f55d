import type { CallContext, Provider, ResourceType } from '../../src/index.ts'
import { ProviderError } from '../../src/core/errors.ts'

/** What can be wrong with a host on purpose, to see that the oracle finds it. */
export const breaks = ['no-handle', 'no-lag', 'no-find', 'no-doubt', 'no-conflict', 'no-pair', 'no-order'] as const
/**
 * - `no-handle`: an order is not saved. `no-order`: it is not waited for. `no-lag`: reads that lag are not waited for.
 * - `no-find`: nothing is found by its natural key. `no-doubt`: what does not show at once did not happen.
 * - `no-conflict`: a name that is taken, and what is in use, is a failure like any other. `no-pair`: a new token is not kept.
 */
export type Break = (typeof breaks)[number]

/** Breaks a provider. */
export function breakProvider(provider: Provider, broken: Break | undefined): Provider {
  if (broken !== 'no-handle' && broken !== 'no-find' && broken !== 'no-conflict') return provider
  const types = Object.entries(provider.types).map(([name, type]) => [name, name === 'Node' ? type : breakType(type, broken)] as const)
  return { ...provider, types: Object.fromEntries(types) }
}

function breakType(type: ResourceType, broken: Break): ResourceType {
  if (broken === 'no-find') return { ...type, find: async () => undefined }
  const call = <R, T>(make: (request: R, context: CallContext) => Promise<T>) => async (request: R, context: CallContext): Promise<T> => {
    if (broken === 'no-handle') return make(request, { ...context, saveHandle: async () => undefined })
    return make(request, context).catch((error: unknown) => {
      throw error instanceof ProviderError && error.kind === 'conflict' ? new ProviderError('fatal', error.message) : error
    })
  }
  return { ...type, create: call(type.create), update: call(type.update), delete: call(type.delete) }
}
