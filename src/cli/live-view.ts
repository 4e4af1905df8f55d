import type { Action } from '../core/action.ts'
import type { Progress } from '../core/event.ts'
import type { Run } from '../engine/run.ts'
import { isTakenBack } from '../render/operation-lines.ts'
import { renderProgress } from '../render/progress-text.ts'
import type { CliIo } from './cli-io.ts'
import { loadPeer } from './load-peer.ts'

const FRAME_MS = 100

/** What a live view offers while a run goes on. */
export interface LiveView {
  /** From now on it says that nothing more is started. */
  readonly markStopping: () => void
  /** Takes it off the terminal until `resume`: somebody is asked something. */
  readonly suspend: () => void
  /** Shows it again. */
  readonly resume: () => void
  /** Prints a line that stays, above it. */
  readonly print: (line: string) => void
  /** Removes it from the terminal. */
  readonly close: () => void
}

/** Makes a view that shows a bar with counts, what runs now and the elapsed time. Throws `missing-peer` without log-update. */
export async function prepareLiveView(io: CliIo, color: boolean): Promise<(run: Run) => LiveView> {
  const { createLogUpdate } = await loadPeer('log-update', () => import('log-update'))
  return (run) => openLiveView(run, io, color, createLogUpdate)
}

function openLiveView(run: Run, io: CliIo, color: boolean, createLogUpdate: typeof import('log-update').createLogUpdate): LiveView {
  const terminal = { isTTY: true, columns: io.columns, write: io.stdout } as unknown as NodeJS.WritableStream
  const view = createLogUpdate(terminal, { showCursor: true })
  const startedMs = performance.now()
  const running = new Map<string, { readonly action: Action; readonly sinceMs: number; message: string | undefined }>()
  let progress: Progress = { done: 0, total: 0, percent: 0 }
  let troubled = 0
  let isStopping = false
  let isSuspended = false
  let phase: string | undefined

  const draw = (): void => {
    if (isSuspended) return
    const now = performance.now()
    const rows = [...running.values()].map(({ action, sinceMs, message }) => ({ address: action.address, kind: action.kind, isTakenBack: isTakenBack(action), elapsedMs: now - sinceMs, ...(message !== undefined && { message }) }))
    view(renderProgress({ progress, ...(phase !== undefined && { phase }), elapsedMs: now - startedMs, troubled, running: rows, isStopping }, { color, width: io.columns }))
  }
  const settle = (succeeded: boolean) => (event: { readonly action: Action; readonly progress: Progress }) => {
    running.delete(event.action.address)
    progress = event.progress
    if (!succeeded) troubled++
  }
  run.on('run:started', ({ total }) => {
    progress = { done: 0, total, percent: 0 }
    draw()
  })
  run.on('phase:started', (event) => (phase = event.phase))
  run.on('action:started', ({ action }) => {
    if (!running.has(action.address)) running.set(action.address, { action, sinceMs: performance.now(), message: undefined })
  })
  run.on('action:progressed', ({ action, message }) => {
    const row = running.get(action.address)
    if (row !== undefined) row.message = message
  })
  run.on('action:retried', ({ action, error }) => {
    const row = running.get(action.address)
    if (row !== undefined) row.message = `tries again: ${error.message}`
  })
  run.on('action:succeeded', settle(true))
  for (const name of ['action:failed', 'action:skipped', 'action:blocked', 'action:stale', 'action:cancelled', 'action:interrupted'] as const) run.on(name, settle(false))
  const ticker = setInterval(draw, FRAME_MS)
  return {
    markStopping: () => (isStopping = true),
    suspend: () => {
      isSuspended = true
      view.clear()
    },
    resume: () => {
      isSuspended = false
      draw()
    },
    print: (line) => {
      view.clear()
      io.stdout(`${line}\n`)
      draw()
    },
    close: () => {
      clearInterval(ticker)
      view.clear()
    },
  }
}
