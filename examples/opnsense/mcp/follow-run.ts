import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js'
import type { ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js'
import type { Run, RunResult } from 'convergent'
import { ProgressMeter, type ProgressNote } from './progress.ts'

/** What the SDK hands to a tool beside its arguments. */
export type ToolCall = RequestHandlerExtra<ServerRequest, ServerNotification>

/**
 * Waits for a run, tells the client how far it is where the client wants to know, and cancels the run when the client cancels the
 * call or is gone: what is in flight then ends and is recorded.
 */
export async function followRun(run: Run, call: ToolCall): Promise<RunResult> {
  const cancel = (): void => void run.cancel().catch(() => undefined)
  call.signal.addEventListener('abort', cancel, { once: true })
  if (call.signal.aborted) cancel()
  const meter = new ProgressMeter()
  try {
    for await (const event of run) {
      const note = meter.note(event)
      if (note !== undefined) await notify(call, note)
    }
    return await run.result
  } finally {
    call.signal.removeEventListener('abort', cancel)
  }
}

/** A client that cannot be told changes nothing about the run. */
async function notify({ _meta, sendNotification }: ToolCall, { percent, message }: ProgressNote): Promise<void> {
  const progressToken = _meta?.progressToken
  if (progressToken === undefined) return
  await sendNotification({ method: 'notifications/progress', params: { progressToken, progress: percent, total: 100, message } }).catch(() => undefined)
}
