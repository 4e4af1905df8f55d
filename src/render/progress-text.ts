import type { ActionKind } from '../core/action.ts'
import type { Progress } from '../core/event.ts'
import { sliceWhole } from './cut.ts'
import { formatDuration } from './duration.ts'
import { nameUnderWay } from './event-text.ts'
import { neutralise } from './neutralise.ts'
import { choosePalette } from './palette.ts'

/** What the live view shows of a run. */
export interface ProgressState {
  /** How far it is. */
  readonly progress: Progress
  /** The phase that it is in. Absent: its plan has none, or none has begun. */
  readonly phase?: string
  /** Since it began. */
  readonly elapsedMs: number
  /** Actions with an outcome other than success. */
  readonly troubled: number
  /** What runs now, oldest first. */
  readonly running: readonly {
    /** The resource. */
    readonly address: string
    /** What is done. */
    readonly kind: ActionKind
    /** True: it is an operation that is undone. Default: false. */
    readonly isTakenBack?: boolean
    /** Since it began. */
    readonly elapsedMs: number
    /** A word from the provider. */
    readonly message?: string
  }[]
  /** True: nothing more is started. */
  readonly isStopping: boolean
}

const MAX_RUNNING = 8

/** A bar with counts and elapsed time, and below it what runs now. Each line fits the width. */
export function renderProgress(state: ProgressState, options: { readonly color?: boolean; readonly width?: number } = {}): string {
  const palette = choosePalette(options.color ?? false)
  const width = Math.max(20, options.width ?? 80)
  const { done, total, percent, leftMs } = state.progress
  const counts = ` ${done}/${total} ${Math.round(percent)} %${state.phase === undefined ? '' : `, phase ${sliceWhole(neutralise(state.phase), 20)}`}${state.troubled > 0 ? `, ${state.troubled} not done` : ''}, ${formatDuration(state.elapsedMs)}${state.isStopping ? ', stopping' : leftMs === undefined || done === total ? '' : `, about ${formatDuration(leftMs)} left`}`
  const cells = Math.max(0, Math.min(40, width - counts.length - 3))
  const filled = total === 0 ? cells : Math.min(cells, Math.floor((done / total) * cells))
  const bar = cells < 5 ? '' : `[${palette.green('█'.repeat(filled))}${palette.dim('░'.repeat(cells - filled))}]`
  const lines = state.running.slice(0, MAX_RUNNING).map(({ address, kind, isTakenBack, elapsedMs, message }) =>
    clip(`  ${nameUnderWay(kind, isTakenBack)} ${neutralise(kind === 'settle' ? address.slice('settle/'.length) : address)} ${formatDuration(elapsedMs)}${message === undefined ? '' : `: ${neutralise(message)}`}`, width),
  )
  const hidden = state.running.length - MAX_RUNNING
  return [`${bar}${clip(bar === '' ? counts.trimStart() : counts, width)}`, ...lines, ...(hidden > 0 ? [clip(`  and ${hidden} more`, width)] : [])].join('\n')
}

function clip(text: string, width: number): string {
  return text.length <= width ? text : `${sliceWhole(text, width - 1)}…`
}
