import type { CheckResult } from '../core/operation.ts'
import { formatBytes } from './bytes.ts'
import { formatDuration } from './duration.ts'
import { neutralise } from './neutralise.ts'
import type { Paint, Palette } from './palette.ts'
import { formatValue } from './value-text.ts'

/** A check in one line, with its figures: `failed disk (copy/a) in 3 ms: too full (free: 5, required: 10)`. */
export function renderCheck({ check, status, message, step, durationMs, details }: CheckResult, palette: Palette): string {
  const figures = Object.entries(details ?? {}).map(([name, value]) => formatFigure(name, value))
  return [
    `${paintOf(status, palette)(status)} ${neutralise(check)}${step === undefined ? '' : ` (${nameStep(step)})`} in ${formatDuration(durationMs)}`,
    ...(message === undefined ? [] : [`: ${neutralise(message)}`]),
    ...(figures.length === 0 ? [] : [` (${figures.join(', ')})`]),
  ].join('')
}

/** A step for people: operations are only ever run when they are planned, so their address says it. */
export function nameStep(step: string): string {
  return neutralise(step.replace(/^run:/, ''))
}

/** A name that ends in a unit gives its figure in that unit: `requiredBytes: 1048576` is `required: 1 MiB`. */
function formatFigure(name: string, value: unknown): string {
  const [, figure, unit] = typeof value === 'number' ? (/^(.+)(Bytes|Ms)$/.exec(name) ?? []) : []
  if (figure === undefined) return `${neutralise(name)}: ${formatValue(value)}`
  return `${neutralise(figure)}: ${unit === 'Ms' ? formatDuration(value as number) : formatBytes(value as number)}`
}

function paintOf(status: CheckResult['status'], palette: Palette): Paint {
  return { passed: palette.green, warning: palette.yellow, failed: palette.red, unneeded: palette.cyan }[status]
}
