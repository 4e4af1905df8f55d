import type { Choice } from '../core/operation.ts'
import { CHOICES, type Decide, type Decision, type DecisionRequest } from '../engine/decision.ts'
import { renderCheck } from '../render/check-text.ts'
import { neutralise, neutraliseLines } from '../render/neutralise.ts'
import { isTakenBack } from '../render/operation-lines.ts'
import { choosePalette } from '../render/palette.ts'
import type { CliIo } from './cli-io.ts'
import { UsageError, type Flags } from './flags.ts'
import type { LiveView } from './live-view.ts'

/** A flag alone could try again for ever. */
const MOST_RETRIES = 3

const FLAGS = { failed: ['--on-failure', 'onFailure'], 'check-failed': ['--on-failed-check', 'onFailedCheck'], interrupted: ['--on-unknown', 'onUnknown'] } as const

const WHAT = { failed: 'failed', 'check-failed': 'was not begun, since a check says no', interrupted: 'was begun, and nobody knows whether it happened' } as const

const TOLD_TO_END: Decision = { choice: 'abort', by: 'nobody: the run was told to end' }

const MEANINGS: Readonly<Record<Choice, string>> = {
  retry: 'try it again, its checks first',
  skip: 'leave it out, and go on with what depends on it',
  abort: 'start nothing more',
  pause: 'start nothing more; resume goes on here',
  rollback: 'start nothing more, and take back what was done',
}

/** Says what is done about failures: as flags say, or as a person does, who is asked about one failure at a time. */
export class FailureDialog {
  readonly #io: CliIo
  readonly #hasColor: () => boolean
  readonly #end = new AbortController()
  readonly #retries = new Map<string, number>()
  #view: LiveView | undefined
  #before: Promise<unknown> = Promise.resolve()
  /** What ended a run for good, on its way forward or back: whatever else fails of it now gets the same answer. */
  readonly #last = new Map<boolean, Choice>()

  constructor(io: CliIo, hasColor: () => boolean) {
    this.#io = io
    this.#hasColor = hasColor
  }

  /** Undefined: nobody decides, and the run's other options say what happens. `takesBack`: what no flag answers is taken back, as the host has it. Throws `usage` for flags that contradict each other. */
  choose(flags: Flags, hasOperations: boolean, takesBack = false): Decide | undefined {
    const given = Object.values(FLAGS).filter(([, field]) => flags[field] !== undefined)
    const general = flags.continueOnError === true ? '--continue-on-error' : flags.rollbackOnFailure === true ? '--rollback-on-failure' : undefined
    if (general !== undefined && given.length > 0) throw new UsageError(`${general} says already what is done after a failure; leave out ${given[0]?.[0]}, or say it with ${given.map(([name]) => name).join(' and ')} alone`)
    const canAsk = hasOperations && !takesBack && general === undefined && flags.autoApprove !== true && this.#io.isTTY && this.#io.isInteractive && flags.json !== true && flags.ndjson !== true && !flags.file.includes('-')
    if (given.length === 0 && !canAsk) return undefined
    return (request) => {
      const [name, field] = FLAGS[request.kind]
      const choice = flags[field]
      if (choice !== undefined) return this.#obeyFlag(request, choice, name)
      if (takesBack) return { choice: 'rollback', by: `nobody: there is no ${name}, and what failed is taken back by default` }
      return canAsk ? this.#queue(request) : { choice: 'abort', by: `nobody: there is no ${name}, and no terminal to ask on` }
    }
  }

  /** While a person is asked, this view is out of the way. */
  attach(view: LiveView | undefined): void {
    this.#view = view
  }

  /** The run is told to end, or has ended: nobody is asked any more. */
  close(): void {
    this.#end.abort()
  }

  #obeyFlag({ action, kind }: DecisionRequest, choice: Choice, by: string): Decision {
    if (choice !== 'retry') return { choice, by }
    const key = `${kind} ${action.steps[0]?.key ?? action.address}`
    const retries = (this.#retries.get(key) ?? 0) + 1
    this.#retries.set(key, retries)
    return retries > MOST_RETRIES ? { choice: 'abort', by: `${by}, after ${MOST_RETRIES} retries` } : { choice, by }
  }

  #queue(request: DecisionRequest): Promise<Decision> {
    const answer = this.#before.then(() => this.#ask(request))
    this.#before = answer.catch(() => undefined)
    return answer
  }

  async #ask(request: DecisionRequest): Promise<Decision> {
    const isUndo = isTakenBack(request.action)
    const last = this.#last.get(isUndo)
    if (last !== undefined) return { choice: last, by: 'person' }
    if (this.#end.signal.aborted) return TOLD_TO_END
    this.#view?.suspend()
    try {
      for (const line of this.#describe(request)) this.#io.stderr(`${line}\n`)
      for (;;) {
        const answer = await this.#io.ask(`What is to be done? [${CHOICES.join('/')}] `, this.#end.signal)
        if (answer === undefined) return this.#end.signal.aborted ? TOLD_TO_END : { choice: 'abort', by: 'nobody: the input ended' }
        const choice = readChoice(answer)
        if (choice === undefined) {
          this.#io.stderr(`Answer with one of ${CHOICES.join(', ')}, or as much of it as tells it from the others.\n`)
          continue
        }
        if (choice !== 'retry' && choice !== 'skip') this.#last.set(isUndo, choice)
        return { choice, by: 'person' }
      }
    } finally {
      this.#view?.resume()
    }
  }

  #describe({ kind, action, message, checks = [] }: DecisionRequest): readonly string[] {
    const palette = choosePalette(this.#hasColor())
    const what = action.description === undefined ? '' : ` (${neutralise(action.description)})`
    return [
      `${palette.bold(neutralise(action.address))}${what}${action.phase === undefined ? '' : `, phase ${neutralise(action.phase)},`} ${palette.red(WHAT[kind])}:`,
      ...neutraliseLines(message).split('\n').map((line) => `  ${line}`),
      ...checks.filter(({ status }) => status !== 'passed').map((check) => `  check ${renderCheck(check, palette)}`),
      ...CHOICES.map((choice) => palette.dim(`  ${choice.padEnd(8)}  ${MEANINGS[choice]}`)),
    ]
  }
}

/** The one choice that begins so. */
function readChoice(answer: string): Choice | undefined {
  const typed = answer.trim().toLowerCase()
  const fitting = typed === '' ? [] : CHOICES.filter((choice) => choice.startsWith(typed))
  return fitting.length === 1 ? fitting[0] : undefined
}
