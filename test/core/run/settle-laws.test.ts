import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entry } from '../../../src/core/entry.ts'
import { changeOf, replayEntries } from '../../../src/core/journal.ts'
import { groupOfStep, isSettler, type Flow } from '../../../src/core/run/flow.ts'
import { RunMachine } from '../../../src/core/run/machine.ts'
import type { Effect, Signal } from '../../../src/core/run/signal.ts'
import { Chance, SettleWorld, drawPlan } from './settle-world.ts'

// The same ones each time, so that a red build is red again. Others, and more of them:
// LAW_SEED=$RANDOM LAW_RUNS=20000 npx vitest run --config test/vitest.config.ts test/core/run/settle-laws
const RUNS = { numRuns: Number(process.env['LAW_RUNS'] ?? 300), seed: Number(process.env['LAW_SEED'] ?? 20261121) }

/** More signals than any of these runs needs. */
const MOST_SIGNALS = 2_000

type Finish = Extract<Effect, { readonly kind: 'finish' }>

/** What the journal says, and what follows from it about each step. */
class Journal {
  readonly entries: Entry[] = []
  /** Groups that are recorded as not effective. */
  readonly unsettled: Set<string>
  readonly succeeded = new Set<string>()
  readonly leftOut = new Set<string>()
  /** With an outcome in this process, or one that holds from an earlier one. */
  readonly over = new Set<string>()
  /** Nobody knows whether it happened. */
  readonly doubtful = new Set<string>()

  constructor(unsettled: Iterable<string>) {
    this.unsettled = new Set(unsettled)
  }

  add(entry: Entry): void {
    this.entries.push(entry)
    const change = changeOf(entry)
    if (change !== undefined && 'dirtied' in change) this.unsettled.add(change.dirtied)
    if (change !== undefined && 'settled' in change) this.unsettled.delete(change.settled)
    if (!('step' in entry) || entry.step === undefined) return
    const { kind, step } = entry
    if (kind === 'started' || (kind === 'decided' && entry.choice === 'retry')) this.over.delete(step)
    else if (kind !== 'attempted' && kind !== 'handle') this.over.add(step)
    if (kind === 'succeeded') this.succeeded.add(step)
    if (kind === 'interrupted') this.doubtful.add(step)
    else if (kind === 'succeeded' || kind === 'failed') this.doubtful.delete(step)
    if (kind === 'decided' && entry.choice === 'skip') this.leftOut.add(step)
  }

  /** Another process goes on: what failed is tried again. */
  reopen(): void {
    this.over.clear()
    for (const step of [...this.succeeded, ...this.leftOut]) this.over.add(step)
  }
}

/** What is true at the moment when a call is made. */
function checkCall(flow: Flow, step: number, journal: Journal, world: SettleWorld, busy: ReadonlySet<number>): void {
  const { key, after } = flow.steps[step] as Flow['steps'][number]
  if (isSettler(flow, step)) {
    const early = flow.steps.filter((each, index) => each.settledBy === key && (!journal.over.has(each.key) || busy.has(index)))
    if (early.length > 0) throw new Error(`${key} begins before the outcome of ${early.map((each) => each.key).join(', ')}`)
    return
  }
  const missing = after.filter((other) => !journal.succeeded.has(other) && !journal.leftOut.has(other))
  if (missing.length > 0) throw new Error(`${key} begins without ${missing.join(', ')}`)
  const awaited = new Set(after.filter((other) => flow.steps[flow.indexOf.get(other) as number]?.call === 'settle' && !journal.leftOut.has(other)))
  for (const landing of world.ineffective) {
    const { key: other, settledBy = '' } = flow.steps[landing.step] ?? { key: '' }
    if (after.includes(other) && awaited.has(settledBy) && !journal.leftOut.has(other)) throw new Error(`${key} begins before ${other} is effective`)
  }
}

/** One process of the run: what it comes to, or undefined where it is killed. */
function runProcess(flow: Flow, world: SettleWorld, journal: Journal, chance: Chance, fixed: { readonly commit: 'each' | 'success'; readonly onFailure: 'stop' | 'continue'; readonly decides: boolean }): { readonly finish: Finish | undefined; readonly isCommitted: boolean } {
  const isResumed = journal.entries.length > 0
  const hooked = new Set(['beforeApply', 'afterApply', 'beforePhase', 'afterPhase', 'onError', 'onSuccess'].filter(() => chance.happens(0.15)))
  const breakerFailures = chance.pick([undefined, undefined, 2, 3])
  const settings = { runId: 'r', concurrency: chance.pick([1, 3]), retry: { attempts: 2, baseMs: 1, maxMs: 1 }, hasHook: (on: string) => hooked.has(on), takesBack: !isResumed && chance.happens(0.1) }
  const machine = new RunMachine(flow, { ...fixed, ...settings, unsettled: [...journal.unsettled], ...(breakerFailures !== undefined && { breakerFailures }) })
  const open: { readonly calls: number | undefined; readonly answer: () => Signal }[] = []
  /** Steps of which somebody is asked what to do about them. */
  const asked = new Set<number>()
  let finish: Finish | undefined
  let isCommitted = false
  const check = (): void => {
    for (const { group } of world.ineffective) if (!journal.unsettled.has(group)) throw new Error(`${group} is not effective, and recorded as if it were`)
  }
  const send = (signal: Signal): void => {
    if (signal.kind === 'decided') asked.delete(signal.step)
    // With a run that stops, what was asked is asked no longer.
    if (signal.kind === 'cancelled' || signal.kind === 'paused' || (signal.kind === 'decided' && signal.choice !== 'retry' && signal.choice !== 'skip')) asked.clear()
    for (const effect of machine.signal(signal, { at: '', ms: 1 })) {
      if (effect.kind === 'record') for (const entry of effect.entries) journal.add(entry)
      if (effect.kind === 'commit') isCommitted = true
      if (effect.kind === 'finish') finish = effect
      if (effect.kind === 'decide') asked.add(effect.step)
      if (effect.kind === 'perform') checkCall(flow, effect.step, journal, world, new Set([...asked, ...open.flatMap(({ calls }) => calls ?? [])]))
      const answer = world.answer(effect)
      if (answer !== undefined) open.push({ calls: effect.kind === 'inspect' || effect.kind === 'perform' || effect.kind === 'probe' ? effect.step : undefined, answer })
    }
    check()
  }
  const record = isResumed ? replayEntries(journal.entries) : undefined
  journal.reopen()
  if (chance.happens(0.03)) send({ kind: 'cancelled' })
  send({ kind: 'began', entry: record === undefined ? HEADER : { kind: 'run-resumed', at: '', holder: 'h', fence: 2 }, ...(record && { record }) })
  for (let signals = 0; finish === undefined; signals++) {
    if (chance.happens(0.02)) send({ kind: 'cancelled', ...(chance.happens(0.3) && { abrupt: true }) })
    if (chance.happens(0.01)) send({ kind: 'paused', message: 'lunch' })
    if (chance.happens(0.02)) break
    if (finish !== undefined) break
    if (open.length === 0 || signals === MOST_SIGNALS) throw new Error(open.length === 0 ? 'it waits for nothing' : 'it does not end')
    const [next] = open.splice(open.indexOf(chance.pick(open)), 1)
    const signal = next?.answer() as Signal
    check()
    send(signal)
  }
  world.resolveLate()
  check()
  return { finish, isCommitted }
}

const HEADER = { kind: 'run-started', at: '', run: 'r', plan: 'p', planHash: '', stack: 's', mode: 'sync', holder: 'h', fence: 1, lineage: '', salt: '', commit: 'each' } as const

/** A run of a plan by up to three processes; the seed says everything that happens. Throws when a law is broken. */
function live(seed: number, { hasPhases, decides }: { readonly hasPhases: boolean; readonly decides: boolean }): string {
  const chance = new Chance(seed)
  const sketch = drawPlan(chance, hasPhases)
  const { flow, leftOver } = sketch
  const world = new SettleWorld(sketch, chance)
  const journal = new Journal(leftOver)
  const fixed = { commit: chance.pick(['each', 'each', 'success'] as const), onFailure: chance.pick(['stop', 'continue'] as const), decides }
  for (let process = 0; process < 3; process++) {
    const { finish, isCommitted } = runProcess(flow, world, journal, chance, fixed)
    if (finish === undefined) continue
    if (finish.outcome === 'succeeded') {
      const dirty = flow.steps.flatMap(({ call, key }, step) => {
        const group = groupOfStep(flow, step) as string
        const isDoubtful = flow.steps.some((other, index) => journal.doubtful.has(other.key) && groupOfStep(flow, index) === group)
        return call === 'settle' && journal.unsettled.has(group) && !isDoubtful && !journal.leftOut.has(key) ? [group] : []
      })
      if (dirty.length > 0) throw new Error(`it has succeeded, and ${dirty.join(', ')} is recorded as not effective`)
    }
    if (finish.outcome === 'succeeded' || (!finish.open && !isCommitted)) {
      // What is not committed is not recorded.
      const lost = isCommitted ? [] : [...world.ineffective].filter(({ group }) => !leftOver.includes(group))
      if (lost.length > 0) throw new Error(`it is closed without a commit, and ${lost.map(({ group }) => group).join(', ')} is not effective`)
      return finish.outcome
    }
  }
  return 'left'
}

describe('whatever happens to a run that settles', () => {
  for (const hasPhases of [false, true])
    for (const decides of [false, true])
      it(`it ends, each settle comes after its writes, and what is not effective is recorded${hasPhases ? '; in phases' : ''}${decides ? '; when somebody decides' : ''}`, () => {
        const outcomes = new Map<string, number>()
        const law = (seed: number): void => {
          const outcome = live(seed, { hasPhases, decides })
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
        }
        fc.assert(fc.property(fc.noShrink(fc.integer({ min: 1, max: 2 ** 31 - 1 })), law), RUNS)
        // It is about runs of all kinds.
        for (const outcome of ['succeeded', 'left']) expect(outcomes.get(outcome)).toBeGreaterThan(RUNS.numRuns / 10)
      })
})
