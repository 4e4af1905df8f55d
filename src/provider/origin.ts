import type { Provider, ResourceType } from './provider.ts'

const origins = new WeakMap<ResourceType, Provider>()

/** Notes which provider a type came from, where several were made one. */
export function noteOrigin(type: ResourceType, provider: Provider): void {
  origins.set(type, provider)
}

/** The provider that a type came from. */
export function providerOf(type: ResourceType, provider: Provider): Provider {
  return origins.get(type) ?? provider
}
