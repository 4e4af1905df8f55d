import type { RunOutcome } from '../entry.ts'
import type { RunRecord } from '../journal.ts'
import { nameHook, type HookResult } from '../operation.ts'
import { Phase, StepBoard } from './board.ts'
import { Course, type HookTest } from './course.ts'
import { groupOfStep, isSettler, type Flow } from './flow.ts'
import { RunLedger } from './ledger.ts'
import { runWhole, endsPortion, type Portions } from '../portion.ts'
import { Pace } from './pace.ts'
import type { RunSettings } from './settings.ts'
import { listRemains } from './remains.ts'
import type { Effect, Moment, Signal } from './signal.ts'
import { StepMachine } from './step-machine.ts'
import { Turn } from './turn.ts'
import { Unsettled } from './unsettled.ts'

/**
 * One run of one plan as a state machine: signals go in, effects come out, and the order of the effects is the contract.
 * A step's `started` entry is durable before it is performed, its outcome before a dependent starts; a phase's hooks and
 * steps are over before the next one begins. A signal costs time in proportion to the edges that it releases.
 */
export class RunMachine {
  readonly ledger: RunLedger
  readonly pace: Pace
  readonly #flow: Flow
  readonly #settings: RunSettings
  readonly #board: StepBoard
  readonly #steps: StepMachine
  readonly #unsettled: Unsettled
  #course: Course
  /** Ready steps of phases that have not begun. */
  readonly #held: number[][] = []
  #openPhase = -1
  #awaitsHook = false
  #hookFailed = false
  #isConcluded = false
  #isRestored = false
  #hasBegun = false
  #isFinished = false

  constructor(flow: Flow, settings: RunSettings) {
    this.#flow = flow
    this.#settings = settings
    this.#board = new StepBoard(flow)
    this.pace = new Pace(flow.remaining, settings)
    this.ledger = new RunLedger(flow)
    this.#course = new Course(flow, settings.hasHook ?? noHook)
    this.#unsettled = new Unsettled(flow, settings.unsettled)
    this.#steps = new StepMachine({ flow, unsettled: this.#unsettled, settings, board: this.#board, pace: this.pace, ledger: this.ledger, onFree: this.#makeReady })
  }

  /** Takes a signal, and returns what is to be done because of it, in order. Signals that come too late do nothing. */
  signal(signal: Signal, moment: Moment): readonly Effect[] {
    if (this.#isFinished) return []
    const turn = new Turn(moment)
    switch (signal.kind) {
      case 'began':
        this.#hasBegun = true
        turn.entries.push(signal.entry)
        if (signal.record !== undefined && !this.#isRestored) runWhole(this.restore(signal.record, moment.ms))
        for (const step of this.#board.roots()) this.#makeReady(step)
        break
      case 'cancelled':
        if (signal.abrupt === true) this.#steps.stop.isAbrupt = true
        if (this.#steps.stop.halt === undefined || this.#steps.stop.halt.outcome === 'paused') this.#steps.stop.halt = { outcome: 'cancelled' }
        this.#steps.dropQuestions(turn)
        break
      case 'paused':
        this.#steps.stop.pause(signal.message)
        this.#steps.dropQuestions(turn)
        break
      case 'rested':
        this.pace.rested()
        break
      case 'hooked':
        this.#noteHooks(signal.results, signal.awaited, turn)
        break
      case 'handled':
        if (this.#board.phaseOf(signal.step) !== Phase.performing) return []
        turn.entries.push({ kind: 'handle', step: this.#steps.keyOf(signal.step), handle: signal.handle, at: moment.at })
        turn.effects.push({ kind: 'acknowledge', step: signal.step, handle: signal.handle })
        break
      case 'waited':
        if (this.#board.phaseOf(signal.step) === Phase.delayed) this.#makeReady(signal.step)
        break
      default:
        this.#steps.advance(signal, turn)
    }
    this.#goOn(turn)
    this.#finishWhenDone(turn)
    return turn.close()
  }

  /** What went wrong first, in words. */
  get problem(): string | undefined {
    return this.ledger.firstProblem() ?? this.#steps.stop.halt?.message
  }

  /** What has nothing to settle is over at once, and may have been all that its phase waited for. */
  #goOn(turn: Turn): void {
    let left: number
    do {
      left = this.#board.left
      this.#passStations(turn)
      this.#startReady(turn)
    } while (this.#board.left !== left)
  }

  readonly #makeReady = (step: number): void => {
    this.#board.move(step, Phase.ready)
    const phase = this.#flow.phaseOf?.[step] ?? 0
    if (phase <= this.#openPhase || this.#isConcluded) this.pace.push(step)
    else (this.#held[phase] ??= []).push(step)
  }

  /** Goes on through the phases as far as it can: hooks before, steps, hooks after. A run that halts passes no more of them. */
  #passStations(turn: Turn): void {
    if (!this.#hasBegun) return
    for (;;) {
      const { station } = this.#course
      if (station === undefined || this.#awaitsHook || this.#steps.stop.halt !== undefined) return
      const name = station.kind === 'hook' ? undefined : this.#flow.phases[station.phase]
      if (station.kind === 'hook') {
        if (station.on === 'afterPhase' && !this.#board.isPhaseOver(this.#openPhase)) return
        this.#runHooks(station.on, station.phase, turn)
      } else if (station.kind === 'open') {
        this.#openPhase = station.phase
        if (!station.isOver) turn.entries.push({ kind: 'phase-started', phase: name as string, at: turn.moment.at })
        for (const step of this.#held[station.phase] ?? []) this.pace.push(step)
      } else {
        if (!this.#board.isPhaseOver(station.phase)) return
        turn.effects.push({ kind: 'checkpoint', phase: name as string })
        turn.cut()
        turn.entries.push({ kind: 'phase-ended', phase: name as string, at: turn.moment.at })
      }
      this.#course.pass()
    }
  }

  #runHooks(on: HookResult['on'], phase: string | undefined, turn: Turn): void {
    this.#awaitsHook = true
    turn.effects.push({ kind: 'hook', on, phase })
  }

  #noteHooks(results: readonly HookResult[], awaited: boolean, turn: Turn): void {
    if (awaited) this.#awaitsHook = false
    for (const result of results) {
      turn.entries.push({ kind: 'hook', result, at: turn.moment.at })
      // What stands before an action fails that action alone.
      if (result.status !== 'failed' || result.on === 'beforeAction') continue
      this.#hookFailed = true
      this.#steps.stop.halt ??= { outcome: 'skipped', message: `the hook ${result.hook} (${nameHook(result.on, result.phase)}) failed: ${result.message ?? 'it did not say why'}` }
    }
  }

  #startReady(turn: Turn): void {
    const { stop } = this.#steps
    while (!this.#awaitsHook && (stop.halt === undefined || (this.#flow.settlerOf !== undefined && stop.halt.outcome !== 'paused'))) {
      const step = this.pace.take()
      if (step === undefined) return
      if (stop.halt === undefined || stop.outlives(step)) this.#steps.begin(step, turn)
      else this.pace.release(step)
    }
  }

  /** Takes over what an earlier process recorded: what succeeded stays, what is unknown is asked about, the rest is tried again. For who would rather not do so all at once, before it begins. */
  *restore(record: RunRecord, ms: number): Portions<void> {
    this.#isRestored = true
    this.#course = new Course(this.#flow, this.#settings.hasHook ?? noHook, record)
    const all = listRemains(this.#flow, record)
    const ended: number[] = []
    const open = this.#listOpenGroups(record)
    let count = 0
    for (const remains of all) {
      if (endsPortion(count++)) yield
      this.#steps.attempts.restore(remains)
      // What was settled counts as long as nothing is to be written, or was written since.
      if (remains.end === undefined || (isSettler(this.#flow, remains.step) && !this.#isStillSettled(remains.step, open, record))) continue
      this.ledger.restore(this.#flow.actionOf[remains.step] as number, remains.end, remains.id, ms)
      this.#steps.noteEarlier(remains.step, remains.end)
      ended.push(remains.step)
    }
    for (const step of ended) {
      if (endsPortion(count++)) yield
      this.#board.release(step, this.#makeReady)
    }
  }

  /** Groups that are yet to be settled anyhow. */
  #listOpenGroups({ steps }: RunRecord): ReadonlySet<string> {
    if (this.#flow.settlerOf === undefined) return new Set()
    return new Set(this.#flow.steps.flatMap(({ key, call }, step) => (call === 'settle' && steps.get(key)?.status !== 'succeeded' ? (groupOfStep(this.#flow, step) ?? []) : [])))
  }

  /** True where all that it settles is over, and was so when it did. */
  #isStillSettled(settler: number, open: ReadonlySet<string>, { steps }: RunRecord): boolean {
    const { prerequisites, prerequisiteOffsets } = this.#flow.graph
    if (this.#unsettled.isNeeded(settler) && !open.has(groupOfStep(this.#flow, settler) as string)) return false
    const orderOf = (step: number): number => steps.get((this.#flow.steps[step] as Flow['steps'][number]).key)?.order ?? 0
    return prerequisites.subarray(prerequisiteOffsets[settler], prerequisiteOffsets[settler + 1]).every((step) => this.#board.phaseOf(step) === Phase.over && orderOf(step) < orderOf(settler))
  }

  #finishWhenDone(turn: Turn): void {
    // What is told before the beginning takes effect with it: a journal begins with who began it.
    if (!this.#hasBegun || this.pace.busy > 0 || this.#awaitsHook) return
    const { halt } = this.#steps.stop
    if (this.#board.left > 0 || (halt === undefined && this.#course.station !== undefined)) {
      if (halt === undefined) return
      if (halt.outcome === 'paused') return this.#end(turn, 'paused', true, halt.message)
    }
    if (halt !== undefined && this.#board.left > 0) {
      this.#isConcluded = true
      // Phases count no more.
      for (const held of this.#held.slice(this.#openPhase + 1)) for (const step of held?.splice(0) ?? []) this.pace.push(step)
      this.#steps.conclude(turn)
      this.#startReady(turn)
      // What was written is settled first.
      if (this.#board.left > 0) return
    }
    const { outcome, allSucceeded } = this.ledger.judge(halt?.outcome === 'cancelled', this.#hookFailed)
    const on = this.#course.nextEnding(outcome === 'succeeded' ? 'onSuccess' : 'onError')
    if (on !== undefined) return this.#runHooks(on, undefined, turn)
    this.#end(turn, outcome, outcome === 'interrupted' || (this.#settings.commit === 'success' && !allSucceeded && (this.#steps.hasChanged || this.#unsettled.isAny)), this.#hookFailed ? halt?.message : undefined)
  }

  #end(turn: Turn, outcome: RunOutcome, open: boolean, message?: string): void {
    const told = message === undefined ? {} : { message }
    // A crash between the two leaves the run open, and its entries are folded again: the commit must come first.
    if (this.#settings.commit === 'each' || outcome === 'succeeded') turn.effects.push({ kind: 'commit' })
    turn.effects.push({ kind: 'record', entries: [{ kind: 'run-ended', outcome, open, ...told, at: turn.moment.at }] }, { kind: 'finish', outcome, open, takesBack: this.#steps.stop.takesBack, ...told })
    if (outcome === 'paused') this.ledger.notePause()
    this.#isFinished = true
  }
}

const noHook: HookTest = () => false
