import { ConvergentError } from '../core/errors.ts'
import { suggest } from '../core/nearest.ts'
import type { Choice } from '../core/operation.ts'
import type { Mode } from '../core/plan.ts'
import { CHOICES } from '../engine/decision.ts'

/** `code: 'usage'`. A command line that cannot be understood. Nothing was changed. */
export class UsageError extends ConvergentError {
  readonly code = 'usage'
}

/** The flags of all commands; each command takes some of them. */
export interface Flags {
  readonly file: readonly string[]
  readonly mode?: Mode
  readonly out?: string
  readonly plan?: string
  readonly planOnly?: boolean
  readonly planFile?: string
  readonly phase?: readonly string[]
  readonly only?: readonly string[]
  readonly against?: string
  readonly autoApprove?: boolean
  readonly skipDeletes?: boolean
  readonly concurrency?: number
  readonly continueOnError?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
  readonly ndjson?: boolean
  readonly verbose?: boolean
  readonly stack?: string
  readonly stateDir: string
  readonly failOnBlocked?: boolean
  readonly allowEmpty?: boolean
  readonly allowReplace?: boolean
  readonly color: boolean
  readonly expiresIn?: number
  readonly wait?: number
  readonly log?: boolean
  readonly output?: string
  readonly create?: string
  readonly delete?: string
  readonly reason?: string
  readonly createsOnly?: boolean
  readonly rollbackOnFailure?: boolean
  readonly rollback?: boolean
  readonly resume?: boolean
  readonly stateFile?: string
  readonly force?: boolean
  readonly checkpointEvery?: number
  readonly onFailure?: Choice
  readonly onFailedCheck?: Choice
  readonly onUnknown?: Choice
}

const FORMS = ['console', 'json'] as const

/** What the standard output is written in. Throws `usage` for anything else. */
export function parseForm(text: string): (typeof FORMS)[number] {
  const form = FORMS.find((each) => each === text)
  if (form !== undefined) return form
  throw new UsageError(`--output is ${JSON.stringify(text)}, expected ${FORMS.join(' or ')}${suggest(text, FORMS)}`)
}

const MODES: readonly string[] = ['apply', 'sync', 'destroy']

/** Throws `usage` for anything but a mode. */
export function parseMode(text: string): Mode {
  if (MODES.includes(text)) return text as Mode
  throw new UsageError(`--mode is ${JSON.stringify(text)}, expected ${MODES.join(', ')}`)
}

/** For a flag that says what is done about a failure. Throws `usage` for anything but a choice. */
export function parseChoice(flag: string): (text: string) => Choice {
  return (text) => {
    const choice = CHOICES.find((each) => each === text)
    if (choice !== undefined) return choice
    throw new UsageError(`${flag} is ${JSON.stringify(text)}, expected ${CHOICES.join(', ')}${suggest(text, CHOICES)}`)
  }
}

/** Throws `usage` for anything but a whole number from 1. */
export function parseCount(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new UsageError(`--concurrency is ${JSON.stringify(text)}, expected a whole number from 1`)
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90s`, `30m`, `2h`, `1d` in milliseconds. Throws `usage` for anything else. */
export function parseDuration(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,6})([smhd])$/.exec(text) ?? []
  if (count === undefined || unit === undefined) throw new UsageError(`--expires-in is ${JSON.stringify(text)}, expected a number with s, m, h or d: 90s, 30m, 2h, 1d`)
  return Number(count) * (UNIT_MS[unit] as number)
}
