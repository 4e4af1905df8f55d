import { ReplyError, type ErrorType } from './reply.ts'
import type { Fields } from './state.ts'

/** What a future is to do. `id`: of the very project or dataset, whoever has its name by then. */
export type Errand =
  | { readonly does: 'delete-project'; readonly project: string; readonly id: string; readonly clearManagedDatasets: boolean }
  | { readonly does: 'delete-dataset'; readonly project: string; readonly dataset: string; readonly id: string; readonly dropData: boolean }

/** How a future ended. */
export type Outcome = { readonly ended: 'done' } | { readonly ended: 'aborted' } | { readonly ended: 'failed'; readonly errorType: ErrorType; readonly message: string }

/** Work that the server does after its reply. */
export interface Future {
  readonly id: string
  readonly errand: Errand
  readonly startAtMs: number
  /** Null: never. */
  readonly endAtMs: number | null
  /** It will fail with these words, and do nothing. */
  readonly failsWith?: string
  /** The server says that it does not know it. */
  isForgotten: boolean
  /** Absent: it has not ended. */
  outcome?: Outcome
}

/** A future as a request sees it. One without outcome is alive. */
export function showFuture({ id, startAtMs, endAtMs, outcome }: Future, nowMs: number): Fields {
  const hasResult = outcome?.ended === 'done'
  return {
    jobId: id,
    alive: outcome === undefined,
    hasResult,
    aborted: outcome?.ended === 'aborted',
    unknown: false,
    progress: { states: [] },
    startTime: startAtMs,
    runningTime: (outcome === undefined ? nowMs : Math.min(nowMs, endAtMs ?? nowMs)) - startAtMs,
    ...(hasResult && { result: { messages: [], anyMessage: false, success: true } }),
  }
}

/** What the server says of a future that it does not know. */
export function showUnknown(id: string): Fields {
  return { jobId: id, alive: false, hasResult: false, aborted: false, unknown: true, startTime: 0, runningTime: 0 }
}

/** What a future failed with is the reply to who asks for its result: 500, whatever sort of error it is. */
export function refuseFailed({ outcome }: Future): void {
  if (outcome?.ended === 'failed') throw new ReplyError(outcome.errorType, outcome.message, 500)
}
