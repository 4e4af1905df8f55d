import type { RunEvent } from '../core/event.ts'
import type { Plan } from '../core/plan.ts'
import type { RunResult } from '../core/result.ts'
import type { Run } from '../engine/run.ts'
import { renderCall } from '../render/call-text.ts'
import { renderEvent } from '../render/event-text.ts'
import { eventToJson, runToJson } from '../render/json-text.ts'
import { renderRehearsal } from '../render/rehearsal-text.ts'
import { renderRun } from '../render/run-text.ts'
import type { Invocation } from './invocation.ts'
import { prepareLiveView, type LiveView } from './live-view.ts'
import { openStateFile } from './open-state-file.ts'
import { adviseRecovery } from './recovery-advice.ts'
import { StoppingPlace } from './stopping-place.ts'

/** Starts a run, follows it to its end, and reports: live on a terminal, in plain lines elsewhere, as NDJSON or JSON where asked for. `plan`: what it applies, where that is known. */
export async function watchRun(invocation: Invocation, start: () => Run, plan?: Plan): Promise<RunResult> {
  const { flags, io, interruption, rendering, dialog } = invocation
  // What a dry run of operations lists is to be read.
  const isRehearsal = flags.dryRun === true && plan?.phases !== undefined
  const isLive = io.isTTY && !invocation.isForPrograms && !rendering.verbose && !isRehearsal && io.env['TERM'] !== 'dumb'
  const openView = isLive ? await prepareLiveView(io, rendering.color) : undefined
  const stateFile = flags.dryRun === true ? undefined : await openStateFile(invocation)
  // Nothing is awaited between the start and the listeners: the first event comes after this task.
  const run = start()
  const view = openView?.(run)
  dialog.attach(view)
  interruption.beginRun(() => {
    view?.markStopping()
    dialog.close()
    void run.cancel().catch(() => undefined)
  })
  const place = new StoppingPlace()
  const rehearsed: RunEvent[] = []
  try {
    for await (const event of run) {
      if (event.name === 'action:started') invocation.hasStarted = true
      place.note(event)
      if (CHANGING.includes(event.name)) stateFile?.note()
      if (isRehearsal) rehearsed.push(event)
      report(invocation, event, view, isRehearsal)
    }
  } finally {
    dialog.close()
    view?.close()
    await stateFile?.finish()
  }
  const result = await run.result
  invocation.remarkRequests('run', result.requests)
  if (flags.json === true && flags.ndjson !== true) invocation.printJson(runToJson(result))
  invocation.print(renderRun(result, rendering))
  if (isRehearsal) invocation.print(renderRehearsal(plan, rehearsed))
  if (!result.success && !result.dryRun) for (const line of await adviseRecovery(invocation, result, place.describe(result.outcome))) invocation.print(line)
  await invocation.conclude(result)
  return result
}

/** After these something else is recorded. */
const CHANGING: readonly RunEvent['name'][] = ['action:succeeded', 'action:failed', 'action:interrupted']

/** What stays on the terminal while the view moves on: the phases that are done, what somebody decided, and what did not pass. */
const LASTING: readonly RunEvent['name'][] = ['phase:finished', 'decision:made', 'action:checked', 'hook:finished']

function report(invocation: Invocation, event: RunEvent, view: LiveView | undefined, dryRun: boolean): void {
  if (invocation.flags.verbose === true && event.name === 'call:finished') invocation.remark(renderCall(event.call))
  if (invocation.flags.ndjson === true) return invocation.printJson(eventToJson(event))
  if (view === undefined) {
    const line = renderEvent(event, { dryRun })
    if (line !== undefined) invocation.print(line)
  } else if (LASTING.includes(event.name) && !(event.name === 'hook:finished' && event.result.status === 'succeeded')) {
    const line = renderEvent(event)
    if (line !== undefined) view.print(line)
  }
}
