import type { Provider, ResourceType } from './provider.ts'

/** A type of resources or of operations, as far as its calls are concerned. */
export type CallType = Pick<ResourceType, 'classify'>

const origins = new WeakMap<CallType, Provider>()

/** Notes which provider a type came from, where several were made one. */
export function noteOrigin(type: CallType, provider: Provider): void {
  origins.set(type, provider)
}

/** The provider that a type came from. */
export function providerOf(type: CallType, provider: Provider): Provider {
  return origins.get(type) ?? provider
}
