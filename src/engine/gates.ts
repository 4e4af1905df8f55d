import { providerOf, type CallType } from '../provider/origin.ts'
import type { Provider } from '../provider/provider.ts'
import type { Clock } from './clock.ts'
import { RequestGate } from './gate.ts'

const gates = new WeakMap<Clock, WeakMap<Provider, RequestGate>>()

/** The gate of the provider that a type came from: one for all plans and runs of this process, since its backend counts all of them. */
export function gateOf(provider: Provider, type: CallType | undefined, clock: Clock): RequestGate {
  const owner = type === undefined ? provider : providerOf(type, provider)
  let ofClock = gates.get(clock)
  if (ofClock === undefined) gates.set(clock, (ofClock = new WeakMap()))
  let gate = ofClock.get(owner)
  if (gate === undefined) ofClock.set(owner, (gate = new RequestGate(clock, owner.rateLimit)))
  return gate
}
