import { ProviderError } from '../core/errors.ts'

/** A call that a provider gets. */
export type FakeCallName = 'read' | 'list' | 'find' | 'create' | 'update' | 'delete' | 'settle'

/**
 * What goes wrong: `error` (fatal), `retryable`, `conflict` and `not-found` before anything happened; `ambiguous` (nothing
 * happened, and the caller cannot know), `lost-reply` (it happened, and the caller cannot know); `timeout` (hangs until it
 * is aborted, nothing happened), `hang` (ignores its abort); `stale` (a read shows what was there before the last change);
 * `partial-list` (a list that is caught lying about its length); `garbage` (a reply that makes no sense).
 */
export type FakeFaultKind = 'error' | 'retryable' | 'conflict' | 'not-found' | 'ambiguous' | 'lost-reply' | 'timeout' | 'hang' | 'stale' | 'partial-list' | 'garbage'

/** A fault that is to happen. */
export interface FakeFault {
  /** What is to fail. */
  readonly call: FakeCallName
  /** What goes wrong. */
  readonly fault: FakeFaultKind
  /** Only calls of this type; of a settle: of this group. Default: any. */
  readonly type?: string
  /** Only calls about the object of this name (creates and finds: its `name` field) or id. Default: any. */
  readonly object?: string
  /** Lets this many matching calls pass first. Default: 0. */
  readonly skip?: number
  /** Happens this many times. Default: 1. */
  readonly times?: number
  /** For `retryable`: asks to wait this long. */
  readonly retryAfterMs?: number
}

interface Script {
  /** What goes wrong. */
  readonly fault: FakeFault
  left: number
  skip: number
}

/** Faults in the order in which they were scripted; each happens to the calls that it fits. */
export class FaultScript {
  readonly #scripts: Script[] = []

  add(fault: FakeFault): void {
    this.#scripts.push({ fault, left: fault.times ?? 1, skip: fault.skip ?? 0 })
  }

  /** Forgets every fault that has not happened yet. */
  clear(): void {
    this.#scripts.length = 0
  }

  /** The fault of this call, if it has one. */
  take(call: FakeCallName, type: string, names: readonly (string | undefined)[]): FakeFault | undefined {
    for (const script of this.#scripts) {
      const { fault } = script
      if (script.left === 0 || fault.call !== call || (fault.type ?? type) !== type) continue
      if (fault.object !== undefined && !names.includes(fault.object)) continue
      if (script.skip > 0) {
        script.skip--
        continue
      }
      script.left--
      return fault
    }
    return undefined
  }
}

/** Lets a fault happen around an effect. */
export async function sufferFault<T>(fault: FakeFault | undefined, signal: AbortSignal, effect: () => T): Promise<T> {
  if (fault === undefined) return effect()
  const wait = fault.retryAfterMs === undefined ? {} : { retryAfterMs: fault.retryAfterMs }
  switch (fault.fault) {
    case 'error':
      throw new ProviderError('fatal', 'scripted error', { status: 400 })
    case 'retryable':
      throw new ProviderError('retryable', 'scripted overload', { status: 429, ...wait })
    case 'conflict':
      throw new ProviderError('conflict', 'scripted conflict', { status: 409 })
    case 'not-found':
      throw new ProviderError('not-found', 'scripted absence', { status: 404 })
    case 'ambiguous':
      throw new ProviderError('ambiguous', 'scripted reset of the connection', { status: 502 })
    case 'lost-reply':
      effect()
      throw new ProviderError('ambiguous', 'scripted loss of the reply', { status: 502 })
    case 'timeout':
      return new Promise<T>((_, reject) => {
        const abort = (): void => reject(new DOMException('aborted', 'AbortError'))
        if (signal.aborted) abort()
        else signal.addEventListener('abort', abort, { once: true })
      })
    case 'hang':
      return new Promise<T>(() => undefined)
    case 'partial-list':
      throw new ProviderError('fatal', 'the list says that it has 3 objects and shows 2')
    case 'garbage':
      return 'scripted garbage' as T
    case 'stale':
      return effect()
  }
}
