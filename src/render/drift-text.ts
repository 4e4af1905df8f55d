import type { FieldChange } from '../core/action.ts'
import type { ErrorRecord } from '../core/errors.ts'
import { renderChange } from './change-lines.ts'
import { countOf } from './cut.ts'
import { neutralise } from './neutralise.ts'
import { layOut, type RenderOptions } from './plan-text.ts'

/** What drift comes to; `detectDrift` returns it. */
export interface DriftReport {
  /** The stack. */
  readonly stack: string
  /** Those that are no longer as they were applied. */
  readonly resources: readonly {
    /** The resource. */
    readonly address: string
    /** The backend's own identifier. */
    readonly id: string
    /** How it is treated. */
    readonly kind: 'changed' | 'gone' | 'unreadable'
    /** Field by field. */
    readonly changes: readonly FieldChange[]
    /** What went wrong. */
    readonly error?: ErrorRecord
  }[]
  /** How many were looked at. */
  readonly checked: number
}

/** Drift as text: each resource that is no longer as it was applied, field by field (as applied → as it is now). */
export function renderDrift(drift: DriftReport, options: RenderOptions = {}): string {
  const layout = layOut(options)
  const { palette } = layout
  const blocks = drift.resources.map(({ address, id, kind, changes, error }) => {
    const head = `${palette.bold(neutralise(address))} (id ${neutralise(id)})`
    if (kind === 'gone') return `${palette.red('  -')} ${head} is gone`
    if (kind === 'unreadable') return `${palette.magenta('  !')} ${head} could not be read: ${neutralise(error?.message ?? 'no reason given')}`
    return [`${palette.yellow('  ~')} ${head} was changed`, ...changes.flatMap((change) => renderChange(change, layout)).map((line) => `      ${line}`)].join('\n')
  })
  const count = (kind: string): number => drift.resources.filter((resource) => resource.kind === kind).length
  const parts = (['changed', 'gone', 'unreadable'] as const).filter((kind) => count(kind) > 0).map((kind) => `${count(kind)} ${kind}`)
  const end = parts.length === 0 ? `No drift: ${countOf(drift.checked, 'recorded resource')} checked.` : `Drift: ${parts.join(', ')}; ${countOf(drift.checked, 'recorded resource')} checked.`
  return [...blocks, palette.bold(end)].join('\n\n')
}
