import type { ActionKind } from '../core/action.ts'
import type { ActionStarted, RunEvent } from '../core/event.ts'
import type { CheckResult } from '../core/operation.ts'
import type { ActionResult } from '../core/result.ts'
import { renderCheck } from './check-text.ts'
import { formatDuration } from './duration.ts'
import { renderHook } from './hook-text.ts'
import { neutralise, neutraliseLines } from './neutralise.ts'
import { isTakenBack } from './operation-lines.ts'
import { choosePalette } from './palette.ts'

const UNDER_WAY: Readonly<Record<ActionKind, string>> = { create: 'creating', update: 'updating', replace: 'replacing', delete: 'deleting', forget: 'forgetting', operation: 'running', settle: 'settling' }
const DONE: Readonly<Record<ActionKind, string>> = { create: 'created', update: 'updated', replace: 'replaced', delete: 'deleted', forget: 'forgotten', operation: 'done', settle: 'settled' }

/** What an action is called while it runs: `creating`, `updating`, … `isTakenBack`: it is an operation that is undone. */
export function nameUnderWay(kind: ActionKind, isTakenBack = false): string {
  return isTakenBack ? 'taking back' : UNDER_WAY[kind]
}

/** How an event is told. */
export interface EventRendering {
  /** True: it is of a dry run, so operations are told as what would run. Default: false. */
  readonly dryRun?: boolean
}

/** An event as plain text, mostly one line, for output that is no terminal; undefined for events that have none. */
export function renderEvent(event: RunEvent, { dryRun = false }: EventRendering = {}): string | undefined {
  switch (event.name) {
    case 'run:started':
      return `${event.dryRun ? 'dry run' : event.mode === 'rollback' ? 'rollback' : 'run'} ${neutralise(event.runId)} ${event.resumed ? 'resumed' : 'started'}: ${event.total} action${event.total === 1 ? '' : 's'} on stack ${neutralise(event.stack)}`
    case 'lease:awaited':
      return `waiting for stack ${neutralise(event.stack)}: ${neutralise(event.holder)} has it since ${neutralise(event.since)}${Number.isFinite(event.leftMs) ? `; at most ${formatDuration(event.leftMs)}` : ''}`
    case 'lease:taken':
      return `stack ${neutralise(event.stack)} was taken from ${neutralise(event.from)}: ${neutralise(event.reason)}; nothing is done for ${formatDuration(event.graceMs)}, what it had sent may still be on its way`
    case 'phase:started':
      return `phase ${neutralise(event.phase)} started`
    case 'phase:finished':
      return `phase ${neutralise(event.phase)} finished${dryRun ? '' : ` in ${formatDuration(event.durationMs)}`}${event.checkpoint === undefined ? '' : `; checkpoint ${neutralise(event.checkpoint)}`}`
    case 'hook:finished':
      return `hook ${renderHook(event.result)}`
    case 'action:checked':
      return checkLines(event.action.address, event.checks)
    case 'decision:awaited':
      return `${neutralise(event.action.address)}: waits for a decision: ${onOneLine(event.message)}`
    case 'decision:made':
      return `${neutralise(event.action.address)}: ${event.choice}, decided by ${neutralise(event.by)}`
    case 'action:started':
      return tellStart(event, dryRun)
    case 'action:progressed':
      return `${neutralise(event.action.address)}: ${neutralise(event.message)}`
    case 'action:retried':
      return `${neutralise(event.action.address)}: attempt ${event.attempt} failed: ${neutralise(event.error.message)}; again in ${formatDuration(event.delayMs)}`
    case 'action:succeeded':
      return outcomeLine(event, tellSuccess(event, dryRun))
    case 'action:failed':
      return outcomeLine(event, `failed: ${reasonOf(event.result)}`)
    case 'action:skipped':
      return outcomeLine(event, tellSkip(event.result))
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

function tellStart({ action, attempt }: ActionStarted, dryRun: boolean): string | undefined {
  const isOperation = action.kind === 'operation'
  // Of a resource what went wrong before is told already; an operation may have been decided about, or be resumed.
  if (dryRun || (!isOperation && attempt > 1)) return undefined
  return `${neutralise(action.address)}: ${nameUnderWay(action.kind, isTakenBack(action))}${attempt > 1 ? ` (attempt ${attempt})` : ''}…`
}

function tellSuccess({ action, result: { id, durationMs, message } }: Settled, dryRun: boolean): string {
  // The plan was adapted when it ran.
  if (message !== undefined) return `nothing to do, ${onOneLine(message)}`
  if (dryRun && action.kind === 'operation') return `would run${action.description === undefined ? '' : `: ${onOneLine(action.description)}`}`
  if (dryRun) return `would ${action.kind}${id === undefined ? '' : ` (id ${neutralise(id)})`}`
  return `${isTakenBack(action) ? 'taken back' : DONE[action.kind]}${id === undefined ? '' : ` (id ${neutralise(id)})`} in ${formatDuration(durationMs)}`
}

function tellSkip({ because, message }: ActionResult): string {
  if (because !== undefined) return `skipped because of ${neutralise(because)}`
  return message === undefined ? 'skipped' : `skipped: ${onOneLine(message)}`
}

function checkLines(address: string, checks: readonly CheckResult[]): string | undefined {
  const notPassed = checks.filter(({ status }) => status !== 'passed')
  if (notPassed.length === 0) return undefined
  return notPassed.map((check) => `${neutralise(address)}: check ${renderCheck(check, choosePalette(false))}`).join('\n')
}

/** The first line: the report has all of it. */
function reasonOf({ error, message }: ActionResult): string {
  const [first = '', ...rest] = neutraliseLines(error?.message ?? message ?? 'no reason given').split('\n')
  return rest.length === 0 ? first : `${first} …`
}

function onOneLine(text: string): string {
  return neutraliseLines(text).split('\n').join(' ')
}
