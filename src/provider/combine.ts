import type { Provider, ResourceType, ResourceTypes } from './provider.ts'
import { ProviderDefinitionError } from './define.ts'
import { noteOrigin, providerOf } from './origin.ts'

/**
 * Makes one provider of several, so that one plan spans their backends. Type names must differ. What exists is judged as the
 * providers say when they agree.
 *
 * Throws `provider-definition` when two have a type of the same name, or disagree on what exists.
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
  const name = providers.map((provider) => provider.name).join('+')
  const [existing = 'recorded', ...others] = [...new Set(providers.map((provider) => provider.existing ?? 'recorded'))]
  if (others.length > 0) throw new ProviderDefinitionError(`provider ${name}: one takes what is recorded for what exists and another what it observes; set existing alike`)
  for (const provider of providers)
    for (const [typeName, type] of Object.entries(provider.types as ResourceTypes)) {
      if (Object.hasOwn(types, typeName)) throw new ProviderDefinitionError(`provider ${name}: the type "${typeName}" is there twice; rename one of them`)
      // Each type keeps the fault rules and the rate limit of the provider that it came from.
      const own = { ...type, classify: (error: unknown) => type.classify?.(error) ?? provider.classify?.(error) }
      noteOrigin(own, providerOf(type, provider))
      types[typeName] = own
    }
  return { name, types, existing }
}
