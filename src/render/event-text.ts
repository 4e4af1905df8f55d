import type { ActionKind } from '../core/action.ts'
import type { RunEvent } from '../core/event.ts'
import type { ActionResult } from '../core/result.ts'
import { formatDuration } from './duration.ts'
import { neutralise, neutraliseLines } from './neutralise.ts'

const UNDER_WAY: Readonly<Record<ActionKind, string>> = { create: 'creating', update: 'updating', replace: 'replacing', delete: 'deleting', forget: 'forgetting' }
const DONE: Readonly<Record<ActionKind, string>> = { create: 'created', update: 'updated', replace: 'replaced', delete: 'deleted', forget: 'forgotten' }

/** What an action is called while it runs: `creating`, `updating`, … */
export function nameUnderWay(kind: ActionKind): string {
  return UNDER_WAY[kind]
}

/** An event as a plain line, for output that is no terminal; undefined for events that have none. */
export function renderEvent(event: RunEvent): string | undefined {
  switch (event.name) {
    case 'run:started':
      return `${event.dryRun ? 'dry run' : event.mode === 'rollback' ? 'rollback' : 'run'} ${neutralise(event.runId)} ${event.resumed ? 'resumed' : 'started'}: ${event.total} action${event.total === 1 ? '' : 's'} on stack ${neutralise(event.stack)}`
    case 'lease:awaited':
      return `waiting for stack ${neutralise(event.stack)}: ${neutralise(event.holder)} has it since ${neutralise(event.since)}${Number.isFinite(event.leftMs) ? `; at most ${formatDuration(event.leftMs)}` : ''}`
    case 'lease:taken':
      return `stack ${neutralise(event.stack)} was taken from ${neutralise(event.from)}: ${neutralise(event.reason)}; nothing is done for ${formatDuration(event.graceMs)}, what it had sent may still be on its way`
    case 'action:started':
      return event.attempt > 1 ? undefined : `${neutralise(event.action.address)}: ${UNDER_WAY[event.action.kind]}…`
    case 'action:progressed':
      return `${neutralise(event.action.address)}: ${neutralise(event.message)}`
    case 'action:retried':
      return `${neutralise(event.action.address)}: attempt ${event.attempt} failed: ${neutralise(event.error.message)}; again in ${formatDuration(event.delayMs)}`
    case 'action:succeeded':
      return outcomeLine(event, `${DONE[event.action.kind]}${event.result.id === undefined ? '' : ` (id ${neutralise(event.result.id)})`} in ${formatDuration(event.result.durationMs)}`)
    case 'action:failed':
      return outcomeLine(event, `failed: ${reasonOf(event.result)}`)
    case 'action:skipped':
      return outcomeLine(event, `skipped${event.result.because === undefined ? '' : ` because of ${neutralise(event.result.because)}`}`)
    case 'action:blocked':
      return outcomeLine(event, `blocked: ${reasonOf(event.result)}`)
    case 'action:stale':
      return outcomeLine(event, `stale: ${reasonOf(event.result)}`)
    case 'action:cancelled':
      return outcomeLine(event, 'cancelled')
    case 'action:interrupted':
      return outcomeLine(event, `interrupted: ${reasonOf(event.result)}`)
    case 'concurrency:changed':
      return `at most ${event.concurrency} of ${event.most} at once now${event.concurrency < event.most ? ': the backend refused calls or did not answer in time' : ''}`
    case 'listener:failed':
      return `a listener of ${event.event} failed: ${neutralise(event.error.message)}`
    case 'call:finished':
    case 'run:finished':
      return undefined
  }
}

type Settled = Extract<RunEvent, { readonly result: ActionResult }>

function outcomeLine({ action, progress }: Settled, text: string): string {
  return `[${progress.done}/${progress.total}] ${neutralise(action.address)}: ${text}`
}

function reasonOf({ error, message }: ActionResult): string {
  return neutraliseLines(error?.message ?? message ?? 'no reason given').split('\n').join(' ')
}
