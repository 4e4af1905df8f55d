import { formatPath, type Path } from './json.ts'
import { formatSource, type Source } from './source.ts'

/** What every error of this package is: it has a stable `code` and says in its message what to do next. */
export abstract class ConvergentError extends Error {
  /** Stable over releases; test this, not the message. */
  abstract readonly code: string
  /** The class's name. */
  override get name(): string {
    return this.constructor.name
  }
}

/** `code: 'address'`. An address is not `type/name`. */
export class AddressError extends ConvergentError {
  /** Names the kind of fault. */
  readonly code = 'address'
  /** The address as it was found. */
  readonly address: string
  /** Made by this package. */
  constructor(address: string, expected: string) {
    super(`${JSON.stringify(address)} is no address: ${expected}`)
    this.address = address
  }
}

/** One thing that is wrong with a declaration. */
export interface Issue {
  /** Stable over releases: `unknown-type`, `unknown-field`, `invalid-field`, `dangling-reference`, `duplicate-address`, `cycle`, `ambiguous-identity`, `shared-identity`, `protected`, `empty-declaration`, `reserved-key`, `unresolved-deferred`, `no-source`. */
  readonly code: string
  /** The resource that it is about. */
  readonly address?: string
  /** The place inside its inputs. */
  readonly path?: Path
  /** Where the declaration stands. */
  readonly source?: Source
  /** What was found, what was expected, what to do. */
  readonly message: string
}

/** One line for an issue: place, address, field, message. */
export function formatIssue(issue: Issue): string {
  const where = [issue.address, issue.path !== undefined && issue.path.length > 0 ? formatPath(issue.path) : undefined]
    .filter((part) => part !== undefined)
    .join(': ')
  return `${where === '' ? '' : `${where}: `}${issue.message}${formatSource(issue.source)}`
}

/** `code: 'declaration'`. What the host declares cannot be planned; every issue is listed at once. */
export class DeclarationError extends ConvergentError {
  /** Names the kind of fault. */
  readonly code = 'declaration'
  /** All that is wrong, in the order of the declaration. */
  readonly issues: readonly Issue[]
  /** Made by this package. */
  constructor(issues: readonly Issue[]) {
    super(issues.length === 1 ? formatIssue(issues[0] as Issue) : `${issues.length} issues:\n${issues.map((issue) => `  - ${formatIssue(issue)}`).join('\n')}`)
    this.issues = issues
  }
}

/** `code: 'cycle'`. Dependencies that lead back to where they began. */
export class CycleError extends ConvergentError {
  /** Names the kind of fault. */
  readonly code = 'cycle'
  /** The nodes of the cycle; the first stands again at the end. */
  readonly path: readonly string[]
  /** Made by this package. */
  constructor(path: readonly string[]) {
    super(`these depend on each other: ${path.join(' → ')}; remove one of these dependencies`)
    this.path = path
  }
}

/** `code: 'format'`. A plan, state or journal whose bytes cannot be read. Nothing was changed. */
export class FormatError extends ConvergentError {
  /** Names the kind of fault. */
  readonly code = 'format'
  /** `plan`, `state` or `journal`. */
  readonly document: string
  /** Counts from 1. */
  readonly line: number | undefined
  /** Made by this package. */
  constructor(document: string, problem: string, line?: number) {
    super(`${document}${line === undefined ? '' : `, line ${line}`}: ${problem}`)
    this.document = document
    this.line = line
  }
}

/** Why a plan cannot be applied as it is. */
export type PlanRefusal = 'altered' | 'truncated' | 'newer-version' | 'other-stack' | 'other-lineage' | 'other-mode' | 'expired' | 'already-applied' | 'superseded' | 'deletes-in-apply' | 'types-changed' | 'subset' | 'invalid' | 'unknown-hook' | 'under-way'

/** `code: 'plan-refused'`. A plan that must not be applied here or now. Nothing was changed. */
export class PlanRefusedError extends ConvergentError {
  /** Names the kind of fault. */
  readonly code = 'plan-refused'
  /** Stable over releases. */
  readonly reason: PlanRefusal
  /** Made by this package. */
  constructor(reason: PlanRefusal, message: string) {
    super(message)
    this.reason = reason
  }
}

/** `code: 'policy'`. A policy denies the plan. */
export class PolicyError extends ConvergentError {
  /** Names the kind of fault. */
  readonly code = 'policy'
  /** Each violation that denies. */
  readonly violations: readonly {
    /** The policy's name. */
    readonly policy: string
    /** For people: what was found, and what to do. */
    readonly message: string
    /** The resource. */
    readonly address?: string
  }[]
  /** Made by this package. */
  constructor(violations: PolicyError['violations']) {
    super(`refused by policy:\n${violations.map(({ policy, message, address }) => `  - ${policy}: ${address === undefined ? '' : `${address}: `}${message}`).join('\n')}`)
    this.violations = violations
  }
}

/** `code: 'open-run'`. A run of the stack has not ended: it crashed, or something about it is unknown. */
export class OpenRunError extends ConvergentError {
  /** Names the kind of fault. */
  readonly code = 'open-run'
  /** The stack's name; `stack` is every error's own trace. */
  readonly stackName: string
  /** The run. */
  readonly runId: string
  /** Made by this package. */
  constructor(stack: string, runId: string) {
    super(`run ${runId} of stack ${stack} has not ended; that comes first: resume it (the same plan goes on), or abandon it (what is unknown is asked of the backend, what was done is recorded), then plan again`)
    this.stackName = stack
    this.runId = runId
  }
}

/** `code: 'lease-held'`. Somebody else changes this stack now. */
export class LeaseHeldError extends ConvergentError {
  /** Names the kind of fault. */
  readonly code = 'lease-held'
  /** The stack's name; `stack` is every error's own trace. */
  readonly stackName: string
  /** Who has it, as that holder named itself. */
  readonly holder: string
  /** ISO 8601. */
  readonly since: string
  /** Made by this package. */
  constructor(stack: string, holder: string, since: string) {
    super(`stack ${stack} is being changed by ${holder} since ${since}; try again when that run has ended, wait for it (leaseWaitMs), or take the stack over and say why (takeOver) when it surely never ends`)
    this.stackName = stack
    this.holder = holder
    this.since = since
  }
}

/** `code: 'lease-lost'`. This process no longer holds the stack: its fence is older than the newest claim. */
export class LeaseLostError extends ConvergentError {
  /** Names the kind of fault. */
  readonly code = 'lease-lost'
  /** The stack's name; `stack` is every error's own trace. */
  readonly stackName: string
  /** Made by this package. */
  constructor(stack: string, detail: string) {
    super(`the lease of stack ${stack} is lost: ${detail}; nothing more is started, look at the other run before going on`)
    this.stackName = stack
  }
}

/** `code: 'serial-conflict'`. The state was changed by somebody else meanwhile. */
export class SerialConflictError extends ConvergentError {
  /** Names the kind of fault. */
  readonly code = 'serial-conflict'
  /** Made by this package. */
  constructor(stack: string, expected: number, found: number) {
    super(`the state of stack ${stack} has serial ${found}, expected ${expected}: somebody else wrote it; plan again`)
  }
}

/** `code: 'store'`. The store could not read or write. */
export class StoreError extends ConvergentError {
  /** Names the kind of fault. */
  readonly code = 'store'
}

/** `code: 'missing-peer'`. An optional package that a subpath needs is not installed. */
export class MissingPeerError extends ConvergentError {
  /** Names the kind of fault. */
  readonly code = 'missing-peer'
  /** Made by this package. */
  constructor(packageName: string, neededBy: string) {
    super(`${neededBy} needs the package ${packageName}: npm install ${packageName}`)
  }
}

/** How a failed provider call is treated; see {@link ProviderError}. */
export type FaultKind = 'retryable' | 'conflict' | 'not-found' | 'fatal' | 'ambiguous'

/** What a provider may say about a fault. */
export interface FaultOptions {
  /** Waits at least this long before another attempt. */
  readonly retryAfterMs?: number
  /** Fields that the backend refused, with its reason. */
  readonly fields?: readonly {
    /** The place inside the fields. */
    readonly path: string
    /** What is wrong with it. */
    readonly reason: string
  }[]
  /** HTTP status or the like, for people. */
  readonly status?: number | string
  /** True: another attempt in this run is of no use, whatever the kind: a task was waited for as long as anybody would, or may not be asked for. Default: false. */
  readonly isFinal?: boolean
  /** What was thrown. */
  readonly cause?: unknown
}

/**
 * `code: 'provider'`. A provider call failed, and says how: `retryable` (it surely did not happen, try again), `conflict`
 * (the object is not as expected, or in use), `not-found`, `fatal` (trying again is no use), `ambiguous` (it may have
 * happened: a timeout, a reset, a 502 after sending).
 */
export class ProviderError extends ConvergentError {
  /** Names the kind of fault. */
  readonly code = 'provider'
  /** How it is treated. */
  readonly kind: FaultKind
  /** Waits at least this long before another attempt. */
  readonly retryAfterMs: number | undefined
  /** Fields that the backend refused. */
  readonly fields: readonly {
    /** The place inside the fields. */
    readonly path: string
    /** What is wrong with it. */
    readonly reason: string
  }[]
  /** HTTP status or the like, for people. */
  readonly status: number | string | undefined
  /** True: another attempt in this run is of no use. */
  readonly isFinal: boolean
  /** Made by this package. */
  constructor(kind: FaultKind, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.kind = kind
    this.retryAfterMs = options.retryAfterMs
    this.fields = options.fields ?? []
    this.status = options.status
    this.isFinal = options.isFinal ?? false
  }
}

/** An error as plain data: what the journal, events and results carry. */
export interface ErrorRecord {
  /** Stable over releases. */
  readonly code: string
  /** For people: what was found, and what to do. */
  readonly message: string
  /** Present when a provider call failed. */
  readonly kind?: FaultKind
  /** HTTP status or the like, for people. */
  readonly status?: number | string
  /** Fields that the backend refused. */
  readonly fields?: readonly {
    /** The place inside the fields. */
    readonly path: string
    /** What is wrong with it. */
    readonly reason: string
  }[]
}

/** Turns anything thrown into plain data. Stacks and causes stay behind: they can carry secrets. */
export function recordError(error: unknown): ErrorRecord {
  if (error instanceof ProviderError)
    return {
      code: error.code,
      message: error.message,
      kind: error.kind,
      ...(error.status !== undefined && { status: error.status }),
      ...(error.fields.length > 0 && { fields: error.fields }),
    }
  if (error instanceof ConvergentError) return { code: error.code, message: error.message }
  if (error instanceof Error) return { code: 'unexpected', message: `${error.name}: ${error.message}` }
  return { code: 'unexpected', message: String(error) }
}
