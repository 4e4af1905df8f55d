import { ProviderError, type FaultKind } from '../../core/errors.ts'
import type { ReadContext } from '../context.ts'
import type { HttpClient } from './http.ts'
import type { HttpRequest } from './request.ts'

/**
 * An API that answers a write with a task, and carries it out later. Its handle is made durable before it is polled, so that a
 * crash resumes the polling and starts nothing twice.
 *
 * @example
 * ```ts
 * import { createHttpClient, restType } from 'convergent/rest'
 * import * as z from 'zod'
 *
 * const repo = restType({
 *   client: createHttpClient({ baseUrl: 'https://api.example' }),
 *   schema: z.strictObject({ name: z.string(), days: z.number() }),
 *   collection: () => '/repos',
 *   pagination: { style: 'none' },
 *   tasks: {
 *     handleOf: (reply) => (reply as { job?: string }).job,
 *     poll: (job) => ({ method: 'GET', path: `/jobs/${encodeURIComponent(job)}` }),
 *     readState: (reply) => ((reply as { done: boolean }).done ? 'succeeded' : 'running'),
 *   },
 *   replies: 'none',
 *   lagMs: 10_000,
 *   visibleWithinMs: 180_000,
 *   key: ['name'],
 * })
 * typeof repo.awaitTask // => 'function'
 * ```
 */
export interface Tasks {
  /** The handle in a reply to a write: all that `poll` needs. Undefined: there is no task, it is done. */
  readonly handleOf: (reply: unknown) => string | undefined
  /** Asks for a task. A 404 says that the API has forgotten it. */
  readonly poll: (handle: string) => HttpRequest
  /** What the answer says; `forgotten`: the API does not know the task any more. A task that failed has failed for good: the next attempt starts another. */
  readonly readState: (reply: unknown) => 'running' | 'succeeded' | 'forgotten' | {
    /** Why, in words. */
    readonly failed: string
    /** How it is treated. Default: `fatal`. */
    readonly kind?: Exclude<FaultKind, 'retryable' | 'ambiguous'>
  }
  /** Asks why a task has failed, where `poll` does not say: this request is refused, and that is why. Default: nobody asks. */
  readonly askWhy?: (handle: string) => HttpRequest
  /** How long a task is waited for. One that is not over then may still go on: its action is `interrupted`, and a resume waits for it again; a rollback and an abandon wait as long for each of which nobody knows. Default: 180 000. */
  readonly timeoutMs?: number
  /** Between two polls. Default: 1 000. */
  readonly pollEveryMs?: number
}

const TIMEOUT_MS = 180_000
const POLL_EVERY_MS = 1_000

/** Waits for the end of a task. `forgotten`: nobody knows it any more. Throws what it failed with, and `ambiguous` where its end is not known. */
export async function awaitTask(client: HttpClient, { poll, readState, askWhy, timeoutMs = TIMEOUT_MS, pollEveryMs = POLL_EVERY_MS }: Tasks, handle: string, context: ReadContext): Promise<'succeeded' | 'forgotten'> {
  const begunMs = context.elapsedMs()
  for (;;) {
    const state = await client.request({ ...poll(handle), isRead: true }, context).then(readState, (error: unknown) => explain(error, handle, context))
    if (state === 'succeeded' || state === 'forgotten') return state
    if (state !== 'running' && 'failed' in state) throw await explainFailure(client, handle, state, askWhy, context)
    const leftMs = timeoutMs - (context.elapsedMs() - begunMs)
    const trouble = state === 'running' ? '' : ` (${state.trouble})`
    // It answers: a backend that takes its time is not one that is down.
    if (leftMs <= 0) throw new ProviderError('ambiguous', `task ${handle} was not over after ${timeoutMs} ms${trouble}; it may still go on`, { isFinal: true, ...(state === 'running' && { status: 202 }) })
    await context.wait(Math.min(pollEveryMs, leftMs))
  }
}

async function explainFailure(client: HttpClient, handle: string, { failed, kind = 'fatal' }: { readonly failed: string; readonly kind?: FaultKind }, askWhy: Tasks['askWhy'], context: ReadContext): Promise<ProviderError> {
  const why = askWhy && (await client.request({ ...askWhy(handle), isRead: true }, context).then(() => undefined, (error: unknown) => error))
  if (!(why instanceof ProviderError)) return new ProviderError(kind, `task ${handle} failed: ${failed}`)
  return new ProviderError(why.kind === 'not-found' || why.kind === 'conflict' ? why.kind : kind, `task ${handle} failed: ${why.message}`, { cause: why })
}

/** What has become of a task. Throws where it cannot be asked for. */
export async function askForTask(client: HttpClient, tasks: Tasks, handle: string, context: ReadContext): Promise<'succeeded' | 'failed' | 'running' | 'forgotten'> {
  return awaitTask(client, tasks, handle, context).catch((error: unknown) => {
    if (!(error instanceof ProviderError) || context.signal.aborted) throw error
    return error.kind === 'ambiguous' ? 'running' : 'failed'
  })
}

/** A poll that fails says nothing about the task; one that is refused says that to ask again is no use. */
function explain(error: unknown, handle: string, { signal }: ReadContext): 'forgotten' | { readonly trouble: string } {
  if (!(error instanceof ProviderError) || signal.aborted) throw error
  if (error.kind === 'not-found') return 'forgotten'
  if (error.kind === 'retryable' || error.kind === 'ambiguous') return { trouble: error.message }
  throw new ProviderError('ambiguous', `task ${handle} may still go on; it cannot be asked for: ${error.message}`, { cause: error, isFinal: true })
}
