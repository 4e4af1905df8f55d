import { ProviderError } from '../core/errors.ts'
import { isFields } from '../core/json.ts'
import type { ApiCall } from '../core/event.ts'
import type { Observed } from '../core/observed.ts'
import { ceilingAfter, drawDelay } from '../core/retry.ts'
import type { CallType } from '../provider/origin.ts'
import type { ReadContext } from '../provider/context.ts'
import type { Provider } from '../provider/provider.ts'
import { HungCall, attemptCall, type CallBounds } from './call.ts'
import { createReadContext } from './call-context.ts'
import { classifyFault, noteRefusal } from './classify.ts'
import { gateOf } from './gates.ts'

/** What reads are made with. */
export interface Reader {
  readonly provider: Provider
  readonly bounds: CallBounds
  readonly trace: (call: ApiCall) => void
}

const READ_RETRY = { attempts: 4, baseMs: 300, maxMs: 10_000 }

/**
 * Makes a read, and makes it again while its fault passes: nothing changes by a read, so an ambiguous one may be repeated.
 * `attempts`: default 4; 1 where the run machine arranges the next one.
 */
export async function makeRead<T>(reader: Reader, type: CallType | undefined, read: (context: ReadContext) => Promise<T>, attempts = READ_RETRY.attempts): Promise<T> {
  const { provider, bounds, trace } = reader
  const gate = gateOf(provider, type, bounds.clock)
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptCall((attempt) => read(createReadContext(trace, gate, attempt)), bounds)
    } catch (error) {
      // Whether a read happened makes no difference: one that hangs has failed, and that is all.
      if (error instanceof HungCall) throw new ProviderError('fatal', error.message)
      const fault = classifyFault(error, type, provider)
      noteRefusal(gate, error, fault)
      const passes = fault.kind === 'retryable' || fault.kind === 'ambiguous'
      if (!passes || attempt >= attempts || bounds.signal.aborted) throw error
      const delayMs = drawDelay(ceilingAfter(attempt, READ_RETRY), fault.retryAfterMs ?? 0, bounds.clock.random())
      await new Promise<void>((resolve) => bounds.clock.after(delayMs, resolve))
    }
  }
}

/** Checks what a provider says of an object: garbage is an error here, never a resource. */
export function checkObserved(value: unknown, what: string): Observed {
  const problem = findProblem(value)
  if (problem !== undefined) throw new ProviderError('fatal', `${what} returned garbage: ${problem}`)
  return value as Observed
}

function findProblem(value: unknown): string | undefined {
  if (!isFields(value)) return `expected an object with id and outputs, found ${value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value}`
  if (typeof value['id'] !== 'string' || value['id'] === '') return `expected id to be a string that is not empty, found ${value['id'] === '' ? 'an empty one' : typeof value['id']}`
  if (!isFields(value['outputs'])) return `expected outputs to be an object, found ${typeof value['outputs']}`
  return isJson(value['outputs'], 0) ? undefined : 'its outputs hold something that JSON cannot carry'
}

function isJson(value: unknown, depth: number): boolean {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return true
  if (typeof value !== 'object' || depth > 200) return false
  if (Array.isArray(value)) return value.every((child) => isJson(child, depth + 1))
  if (!isFields(value)) return false
  for (const key in value) if (!isJson(value[key], depth + 1)) return false
  return true
}

