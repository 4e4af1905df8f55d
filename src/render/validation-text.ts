import type { CheckResult, Finding, PlanValidation } from '../core/operation.ts'
import type { Layout } from './change-lines.ts'
import { nameStep, renderCheck } from './check-text.ts'
import { countOf, cutLines } from './cut.ts'
import { formatDuration } from './duration.ts'
import { neutralise, neutraliseLines } from './neutralise.ts'

const MAX_CHECKS = 12

/** What was checked at planning: errors and warnings, then each check with its figures. Nothing where nothing was checked. */
export function renderValidation({ valid, errors, warnings, checks }: PlanValidation, { palette, verbose }: Layout): readonly string[] {
  const told = new Set([...errors, ...warnings].map(keyOfFinding))
  // What it says stands above already; its figures do not.
  const lines = sortByTrouble(checks).map((check) => `  ${renderCheck(told.has(keyOfCheck(check)) ? omitMessage(check) : check, palette)}`)
  return [
    ...errors.map((finding) => `${palette.red('Error:')} ${tellFinding(finding)}`),
    ...warnings.map((finding) => `${palette.yellow('Warning:')} ${tellFinding(finding)}`),
    ...(checks.length === 0 ? [] : [`Checks: ${countByStatus(checks)}, the longest in ${formatDuration(Math.max(...checks.map(({ durationMs }) => durationMs)))}`]),
    ...(verbose ? lines : cutLines(lines, MAX_CHECKS, 'check')),
    ...(valid ? [] : [palette.red(`The plan is not valid: no run takes it. Put right what stands above, and plan again.`)]),
  ]
}

function tellFinding({ code, message, step }: Finding): string {
  return `${step === undefined ? '' : `${nameStep(step)}: `}${neutralise(code)}: ${neutraliseLines(message)}`
}

function keyOfFinding({ code, message, step }: Finding): string {
  return JSON.stringify([code, step, message])
}

function keyOfCheck({ check, message, step }: CheckResult): string {
  return JSON.stringify([check, step, message])
}

function omitMessage({ message: _, ...check }: CheckResult): CheckResult {
  return check
}

const STATUSES = ['failed', 'warning', 'unneeded', 'passed'] as const

function sortByTrouble(checks: readonly CheckResult[]): readonly CheckResult[] {
  return STATUSES.flatMap((status) => checks.filter((check) => check.status === status))
}

function countByStatus(checks: readonly CheckResult[]): string {
  return STATUSES.toReversed()
    .map((status) => ({ status, count: checks.filter((check) => check.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => (status === 'warning' ? countOf(count, 'warning') : `${count} ${status}`))
    .join(', ')
}
