import type { Entry } from '../../src/core/entry.ts'
import { replayEntries } from '../../src/core/journal.ts'
import type { Plan } from '../../src/core/plan.ts'
import type { TypeRules } from '../../src/core/rules.ts'
import type { Flow } from '../../src/core/run/flow.ts'
import { RunMachine } from '../../src/core/run/machine.ts'
import type { Effect, Signal } from '../../src/core/run/signal.ts'
import { foldState, type StateChange } from '../../src/core/state.ts'
import { listKnownObjects } from '../../src/engine/known-objects.ts'
import { ModelWorker, type ModelWork } from './model-worker.ts'
import { linesOf, type World } from './world.ts'

/** What one call meets. */
export interface ModelFault {
  readonly step: number
  /** `fatal`: it does not happen, and will not. `lost-reply`: it happens, and nobody hears of it. */
  readonly fault: 'fatal' | 'lost-reply'
}

export interface ModelRunOptions {
  readonly plan: Plan
  readonly flow: Flow
  readonly rules: TypeRules
  readonly onFailure: 'stop' | 'continue'
  /** Which of the answers under way arrives next: the oldest, or the newest. */
  readonly arrival: 'oldest' | 'newest'
  readonly fault?: ModelFault
  /** Hears each instant at which a crash makes a difference: after each durable line, effect and commit; `hasStruck`: the fault is behind it. */
  readonly onInstant?: (world: World, hasStruck: boolean) => void
}

const header = { kind: 'run-started', run: 'run', plan: 'plan', planHash: '', stack: 'default', mode: 'sync', holder: 'h', fence: 1, lineage: 'lineage', salt: '00', commit: 'each', at: '' } as const
const AT = { at: '', ms: 0 }

/** True when nothing is left for a resume to do. */
export function isSettled({ journal }: World): boolean {
  const last = journal.entries[journal.length - 1]
  return last?.kind === 'run-ended' && last.outcome === 'succeeded'
}

/** Begins the plan's run, or goes on with it, and drives it to its end: the engine's executor, without a promise, a clock and a store. */
export function runModel(start: World, options: ModelRunOptions): World {
  const { flow, onFailure, arrival, onInstant = () => undefined } = options
  const journal = [...linesOf(start.journal)]
  const record = journal.length === 0 ? undefined : replayEntries(journal)
  // As `resume` does it: what an ended run did is in the state already.
  const isFolded = record?.ended !== undefined && !record.ended.open
  const earlier: readonly StateChange[] = record === undefined || isFolded ? [] : record.changes
  const base = foldState(start.state, earlier)
  const machine = new RunMachine(flow, { runId: 'run', concurrency: 10, onFailure, retry: { attempts: 3, baseMs: 1, maxMs: 1 }, breakerFailures: 6, commit: 'each' })
  const worker = new ModelWorker(start, options.rules, base.resources, listKnownObjects(options.plan, flow, record))
  const answers: (() => void)[] = []
  const changes: StateChange[] = []
  let fault = options.fault
  let isOver = false

  const reach = (world: World): void => {
    worker.world = world
    onInstant(world, fault === undefined)
  }
  const workOf = (step: number): ModelWork => ({ step, action: flow.actions[flow.actionOf[step] as number] as ModelWork['action'], planned: flow.steps[step] as ModelWork['planned'] })
  const send = (signal: Signal): void => {
    for (const effect of machine.signal(signal, AT)) carryOut(effect)
  }
  const later = (make: () => Signal): void => void answers.push(() => send(make()))
  const perform = (step: number): void => {
    const work = workOf(step)
    const suffered = fault?.step === step ? fault.fault : undefined
    if (suffered !== undefined) fault = undefined
    const repeatable = work.planned.call !== 'create'
    if (suffered === 'fatal') {
      worker.noteCall(work)
      later(() => ({ kind: 'failed', step, error: { code: 'provider', message: 'refused' }, fault: 'fatal', repeatable }))
      return
    }
    answers.push(() => {
      const id = worker.perform(work) as string
      onInstant(worker.world, fault === undefined)
      later(() => (suffered === undefined ? worker.done(work, id) : { kind: 'failed', step, error: { code: 'provider', message: 'reset', kind: 'ambiguous' }, fault: 'ambiguous', repeatable }))
    })
  }
  const carryOut = (effect: Effect): void => {
    switch (effect.kind) {
      case 'record':
        for (const entry of effect.entries) {
          if (entry.kind === 'succeeded' && entry.change !== undefined) changes.push(entry.change)
          journal.push(entry)
          reach({ ...worker.world, journal: { entries: journal, length: journal.length } })
        }
        return
      case 'commit':
        if (earlier.length + changes.length > 0) reach({ ...worker.world, state: { ...worker.world.state, serial: start.state.serial + 1, resources: foldState(base, changes).resources } })
        return
      case 'inspect':
        return later(() => worker.inspect(workOf(effect.step), effect.mayHaveHappened))
      case 'probe':
        return later(() => worker.probe(workOf(effect.step)))
      case 'perform':
        return perform(effect.step)
      case 'wait':
        return later(() => ({ kind: 'waited', step: effect.step }))
      case 'rest':
        return later(() => ({ kind: 'rested' }))
      case 'finish':
        isOver = true
    }
  }
  const entry: Extract<Entry, { readonly kind: 'run-started' | 'run-resumed' }> = record === undefined ? header : { kind: 'run-resumed', holder: 'h', fence: 2, at: '' }
  send({ kind: 'began', entry, ...(record && { record: isFolded ? { ...record, changes: [] } : record }) })
  while (!isOver) {
    const answer = arrival === 'oldest' ? answers.shift() : answers.pop()
    if (answer === undefined) throw new Error('the run waits for nothing and has not ended')
    answer()
  }
  return worker.world
}
