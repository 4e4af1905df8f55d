import { systemClock } from '../engine/clock.ts'
import { pause } from '../engine/pause.ts'
import type { CallContext } from '../provider/context.ts'

/** What a conformance case makes calls with. */
export interface CaseContext extends CallContext {
  /** How often the provider said that a request was refused as one too many. */
  readonly countRefusals: () => number
}

let made = 0

/** Makes the context of one call: its turn has come, and nobody listens. */
export function createCaseContext(options: { readonly idempotencyKey?: string; readonly signal?: AbortSignal } = {}): CaseContext {
  let refusals = 0
  const signal = options.signal ?? new AbortController().signal
  const begunMs = systemClock.monotonic()
  return {
    signal,
    trace: () => undefined,
    admit: async () => undefined,
    refused: () => void refusals++,
    wait: (ms) => pause(systemClock, ms, signal),
    elapsedMs: () => systemClock.monotonic() - begunMs,
    attempt: 1,
    idempotencyKey: options.idempotencyKey ?? `key-${++made}`,
    fence: 1,
    progress: () => undefined,
    saveHandle: async () => undefined,
    countRefusals: () => refusals,
  }
}
