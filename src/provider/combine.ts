import { SETTLE_TYPE } from '../core/planning/settle-group-order.ts'
import type { Provider, ResourceType, ResourceTypes } from './provider.ts'
import { ProviderDefinitionError } from './define.ts'
import { noteOrigin, providerOf, type CallType } from './origin.ts'
import type { OperationType } from './operation.ts'
import type { SettleGroup } from './settle-group.ts'

/**
 * Makes one provider of several, so that one plan spans their backends. Names of types must differ, those of resources and of operations, and so must those of settle groups. What exists is judged as the
 * providers say when they agree.
 *
 * Throws `provider-definition` when two have a type or a settle group of the same name, or disagree on what exists.
 *
 * @example
 * ```ts
 * import { combineProviders, defineProvider } from 'convergent'
 * const a = defineProvider({ name: 'a', types: {} })
 * combineProviders(a, defineProvider({ name: 'b', types: {} })).name // => 'a+b'
 * ```
 */
export function combineProviders(...providers: readonly Provider[]): Provider {
  const types: Record<string, ResourceType> = {}
  const operations: Record<string, OperationType<object>> = {}
  const settleGroups: Record<string, SettleGroup> = {}
  const name = providers.map((provider) => provider.name).join('+')
  const [existing = 'recorded', ...others] = [...new Set(providers.map((provider) => provider.existing ?? 'recorded'))]
  if (others.length > 0) throw new ProviderDefinitionError(`provider ${name}: one takes what is recorded for what exists and another what it observes; set existing alike`)
  const refuseTwice = (typeName: string): string => {
    if (Object.hasOwn(types, typeName) || Object.hasOwn(operations, typeName)) throw new ProviderDefinitionError(`provider ${name}: the type "${typeName}" is there twice; rename one of them`)
    return typeName
  }
  for (const provider of providers) {
    for (const [group, settle] of Object.entries(provider.settleGroups ?? {})) {
      if (Object.hasOwn(settleGroups, group)) throw new ProviderDefinitionError(`provider ${name}: the settle group "${group}" is there twice; rename one of them`)
      settleGroups[group] = keepOrigin(settle, provider)
    }
    for (const [typeName, type] of Object.entries(provider.types as ResourceTypes)) types[refuseTwice(typeName)] = keepOrigin(type, provider)
    for (const [typeName, type] of Object.entries(provider.operations ?? {})) operations[refuseTwice(typeName)] = keepOrigin(type, provider)
  }
  if (Object.keys(settleGroups).length > 0 && (Object.hasOwn(types, SETTLE_TYPE) || Object.hasOwn(operations, SETTLE_TYPE))) throw new ProviderDefinitionError(`provider ${name}: "${SETTLE_TYPE}" is the type of what settles groups; rename the type of that name`)
  return { name, types, existing, ...(Object.keys(operations).length > 0 && { operations }), ...(Object.keys(settleGroups).length > 0 && { settleGroups }) }
}

/** Each type keeps the fault rules and the rate limit of the provider that it came from. */
function keepOrigin<T extends CallType>(type: T, provider: Provider): T {
  const own = { ...type, classify: (error: unknown) => type.classify?.(error) ?? provider.classify?.(error) }
  noteOrigin(own, providerOf(type, provider))
  return own
}
