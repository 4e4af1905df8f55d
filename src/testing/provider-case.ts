import type { Fields } from '../core/json.ts'
import type { Resource } from '../core/resource.ts'
import type { Provider } from '../provider/provider.ts'
import type { ManualClock } from './manual-clock.ts'
import type { ProviderFaults } from './provider-faults.ts'

/** A resource type under test. */
export interface ProviderSubject {
  /** What it needs, then the resource under test, last. Another variant has another name and another natural key; the same variant has the same. */
  readonly declare: (variant: string) => readonly Resource[]
  /** Inputs that are merged into its own for an update. Default: none, the type has no update. */
  readonly change?: Fields
  /** Puts a field on the object, at the backend, that the provider knows nothing of. Default: none. */
  readonly addUnknown?: (id: string) => Promise<void>
  /** Reads that field at the backend. Default: none. */
  readonly showUnknown?: (id: string) => Promise<unknown>
}

/** A provider with a fresh backend of its own, for one conformance case. */
export interface OpenedProvider {
  /** The provider under test. */
  readonly provider: Provider
  /** By resource type; each is tried in every case. */
  readonly subjects: Readonly<Record<string, ProviderSubject>>
  /** How the backend can be made to fail. Default: not at all. */
  readonly faults?: ProviderFaults
  /** The clock by which the backend's lag is counted; give it `auto`. Default: none. */
  readonly clock?: ManualClock
  /** How long an aborted call is waited for. Default: 1 000. */
  readonly patienceMs?: number
  /** Gives up what was opened. */
  readonly close?: () => Promise<void>
}

/** One conformance case; `run` rejects when the provider does not keep it. */
export interface ProviderCase {
  /** What the provider has to keep. */
  readonly name: string
  /** Opens a provider for each subject and tries it. */
  readonly run: () => Promise<void>
}
