import type { RunEvent } from '../core/event.ts'
import type { RunResult } from '../core/result.ts'
import type { Run } from '../engine/run.ts'
import { renderCall } from '../render/call-text.ts'
import { renderEvent } from '../render/event-text.ts'
import { eventToJson, runToJson } from '../render/json-text.ts'
import { renderRun } from '../render/run-text.ts'
import type { Invocation } from './invocation.ts'
import { prepareLiveView } from './live-view.ts'

/** Starts a run, follows it to its end, and reports: live on a terminal, in plain lines elsewhere, as NDJSON or JSON where asked for. */
export async function watchRun(invocation: Invocation, start: () => Run): Promise<RunResult> {
  const { flags, io, interruption, rendering } = invocation
  const isLive = io.isTTY && !invocation.isForPrograms && !rendering.verbose && io.env['TERM'] !== 'dumb'
  const openView = isLive ? await prepareLiveView(io, rendering.color) : undefined
  // Nothing is awaited between the start and the listeners: the first event comes after this task.
  const run = start()
  const view = openView?.(run)
  interruption.beginRun(() => {
    view?.markStopping()
    void run.cancel().catch(() => undefined)
  })
  try {
    for await (const event of run) {
      if (event.name === 'action:started') invocation.hasStarted = true
      report(invocation, event, view !== undefined)
    }
  } finally {
    view?.close()
  }
  const result = await run.result
  invocation.remarkRequests('run', result.requests)
  if (flags.json === true && flags.ndjson !== true) invocation.printJson(runToJson(result))
  invocation.print(renderRun(result, rendering))
  if (!result.success && !result.dryRun) for (const line of await invocation.adviseRecovery(result)) invocation.print(line)
  return result
}

function report(invocation: Invocation, event: RunEvent, isLive: boolean): void {
  if (invocation.flags.verbose === true && event.name === 'call:finished') invocation.remark(renderCall(event.call))
  if (invocation.flags.ndjson === true) return invocation.printJson(eventToJson(event))
  const line = isLive ? undefined : renderEvent(event)
  if (line !== undefined) invocation.print(line)
}
