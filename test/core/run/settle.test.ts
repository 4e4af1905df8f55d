import { describe, expect, it } from 'vitest'
import type { Action } from '../../../src/core/action.ts'
import { addSettles } from '../../../src/core/planning/settles.ts'
import { runWhole } from '../../../src/core/portion.ts'
import { replayEntries } from '../../../src/core/journal.ts'
import type { Entry } from '../../../src/core/entry.ts'
import { layOutFlow } from '../../../src/core/run/flow.ts'
import { RunMachine } from '../../../src/core/run/machine.ts'
import type { RunSettings } from '../../../src/core/run/settings.ts'
import type { Effect, Signal } from '../../../src/core/run/signal.ts'

/** `after` names others of the group `g`, or `h/…`. */
const create = (name: string, more: { readonly after?: readonly string[]; readonly settleBefore?: boolean; readonly group?: 'g' | 'h' } = {}): Action => ({
  address: `${more.group ?? 'g'}/${name}`,
  kind: 'create',
  inputs: {},
  changes: [],
  steps: [{ key: `create:${more.group ?? 'g'}/${name}`, call: 'create', after: (more.after ?? []).map((each) => `create:${each.includes('/') ? each : `g/${each}`}`) }],
  fingerprint: 'absent',
  dependsOn: [],
  ...(more.settleBefore === true && { settleBefore: true }),
})

const header = { kind: 'run-started', at: '', run: 'r', plan: 'p', planHash: '', stack: 's', mode: 'sync', holder: 'h', fence: 1, lineage: '', salt: '', commit: 'each' } as const

/** A machine whose steps go by names, with what it asks for in short. `earlier`: what an earlier process recorded. */
function start(writes: readonly Action[], settings: Partial<RunSettings> = {}, earlier: readonly Entry[] = []) {
  const actions = runWhole(addSettles(writes, { groups: { g: {}, h: {} }, groupOf: (type) => type }))
  const flow = runWhole(layOutFlow(actions))
  const name = (key: string): string => key.slice(key.indexOf('/') + 1)
  const machine = new RunMachine(flow, { runId: 'r', concurrency: 10, onFailure: 'stop', retry: { attempts: 2, baseMs: 10, maxMs: 100 }, commit: 'each', ...settings })
  const entries: Entry[] = []
  const show = (effect: Effect): string[] => {
    if (effect.kind === 'record') {
      entries.push(...effect.entries)
      return [`record ${effect.entries.map((entry) => ('step' in entry ? `${entry.kind} ${name(entry.step)}` : entry.kind)).join(', ')}`]
    }
    if (effect.kind === 'announce' || effect.kind === 'commit') return []
    if (effect.kind === 'finish') return [`finish ${effect.outcome}${effect.open ? ', open' : ''}`]
    return ['step' in effect ? `${effect.kind} ${name(flow.steps[effect.step]?.key ?? '')}` : effect.kind]
  }
  const send = (signal: Signal): string[] => machine.signal(signal, { at: 'now', ms: 1 }).flatMap(show)
  const at = (step: string): number => flow.steps.findIndex(({ key }) => name(key) === step)
  const record = earlier.length === 0 ? undefined : replayEntries(earlier)
  const began = send({ kind: 'began', entry: record === undefined ? header : { kind: 'run-resumed', at: '', holder: 'h', fence: 2 }, ...(record && { record }) })
  return {
    began,
    entries,
    send,
    inspected: (step: string) => send({ kind: 'inspected', step: at(step) }),
    done: (step: string) => send({ kind: 'done', step: at(step) }),
    fails: (step: string, fault: 'fatal' | 'retryable' | 'ambiguous' = 'fatal') => send({ kind: 'failed', step: at(step), error: { code: 'provider', message: 'no' }, fault, repeatable: step.startsWith('g#') || step === 'g' }),
    probed: (step: string, answer: 'happened' | 'absent' | 'unknown') => send({ kind: 'probed', step: at(step), answer }),
    waited: (step: string) => send({ kind: 'waited', step: at(step) }),
    unsettled: () => replayEntries([...earlier, ...entries]).changes.reduce((dirty, change) => ('dirtied' in change && change.dirtied === 'g' ? true : 'settled' in change && change.settled === 'g' ? false : dirty), false),
  }
}

const two = [create('a'), create('b')]

describe('what settles', () => {
  it('comes after the last write; that something is written is recorded before the first one', () => {
    const run = start(two)
    expect(run.began).toEqual(['record run-started', 'inspect a', 'inspect b'])
    expect(run.inspected('a')).toEqual(['record dirtied, started a', 'perform a'])
    expect(run.inspected('b')).toEqual(['record started b', 'perform b'])
    expect(run.done('a')).toEqual(['record succeeded a'])
    expect(run.unsettled()).toBe(true)
    expect(run.done('b')).toEqual(['record succeeded b', 'inspect g'])
    expect(run.inspected('g')).toEqual(['record started g', 'perform g'])
    expect(run.done('g')).toEqual(['record succeeded g', 'record run-ended', 'finish succeeded'])
    expect(run.unsettled()).toBe(false)
  })
  it('comes after a failure too, and is tried again then', () => {
    const run = start([...two, create('c', { after: ['a'] })])
    run.inspected('a')
    run.inspected('b')
    run.done('b')
    expect(run.fails('a')).toEqual(['record failed a, skipped c', 'inspect g'])
    run.inspected('g')
    expect(run.fails('g', 'retryable')).toEqual(['record attempted g', 'wait g'])
    expect(run.waited('g')).toEqual(['inspect g'])
    run.inspected('g')
    expect(run.done('g')).toEqual(['record succeeded g', 'record run-ended', 'finish partial'])
    expect(run.unsettled()).toBe(false)
  })
  it('is left out where all that was written surely did not happen', () => {
    const run = start(two, { concurrency: 1 })
    run.inspected('a')
    expect(run.fails('a')).toEqual(['record failed a, cleaned, skipped b, skipped g', 'record run-ended', 'finish failed'])
    expect(run.unsettled()).toBe(false)
  })
  it('comes when the run is cancelled, after what is in flight', () => {
    const run = start([...two, create('c', { after: ['a', 'b'] })])
    run.inspected('a')
    run.inspected('b')
    expect(run.send({ kind: 'cancelled' })).toEqual([])
    expect(run.done('a')).toEqual(['record succeeded a'])
    expect(run.done('b')).toEqual(['record succeeded b, cancelled c', 'inspect g'])
    run.inspected('g')
    expect(run.done('g')).toEqual(['record succeeded g', 'record run-ended', 'finish cancelled'])
  })
  it('is left to another run by one that is paused, aborted, or taken back', () => {
    const paused = start(two)
    paused.inspected('a')
    paused.inspected('b')
    paused.send({ kind: 'paused', message: 'lunch' })
    paused.done('a')
    expect(paused.done('b')).toEqual(['record succeeded b', 'record run-ended', 'finish paused, open'])
    const aborted = start(two)
    aborted.inspected('a')
    aborted.inspected('b')
    aborted.done('a')
    aborted.send({ kind: 'cancelled', abrupt: true })
    expect(aborted.done('b')).toEqual(['record succeeded b, cancelled g', 'record run-ended', 'finish cancelled'])
    const taken = start(two, { takesBack: true })
    taken.inspected('a')
    taken.inspected('b')
    taken.done('a')
    expect(taken.fails('b')).toEqual(['record failed b, skipped g', 'record run-ended', 'finish partial'])
    for (const run of [paused, aborted, taken]) expect(run.unsettled()).toBe(true)
  })
  it('stops when the stack is lost while it settles after a failure', () => {
    const run = start(two)
    run.inspected('a')
    run.inspected('b')
    run.fails('a')
    run.done('b')
    run.inspected('g')
    run.send({ kind: 'paused', message: 'somebody took the stack' })
    expect(run.fails('g', 'retryable')).toEqual(['record failed g', 'record run-ended', 'finish partial'])
    expect(run.unsettled()).toBe(true)
  })
})

describe('with something that waits until it is settled', () => {
  const waiting = [create('a'), create('b', { after: ['a'], settleBefore: true }), create('c')]

  it('comes in between, and only then', () => {
    const run = start(waiting)
    run.inspected('a')
    run.inspected('c')
    expect(run.done('a')).toEqual(['record succeeded a'])
    expect(run.done('c')).toEqual(['record succeeded c', 'inspect g#1'])
    run.inspected('g#1')
    expect(run.done('g#1')).toEqual(['record succeeded g#1', 'inspect b'])
    expect(run.inspected('b')).toEqual(['record dirtied, started b', 'perform b'])
    expect(run.done('b')).toEqual(['record succeeded b', 'inspect g#2'])
  })
  it('keeps that from beginning when it fails', () => {
    const run = start(waiting, { onFailure: 'continue' })
    run.inspected('a')
    run.inspected('c')
    run.done('a')
    run.done('c')
    run.inspected('g#1')
    expect(run.fails('g#1')).toEqual(['record failed g#1, skipped b', 'inspect g#2'])
    run.inspected('g#2')
    expect(run.done('g#2')).toEqual(['record succeeded g#2', 'record run-ended', 'finish partial'])
  })
})

describe('a resumed run', () => {
  const entry = (kind: 'started' | 'succeeded' | 'failed', step: string, change?: { readonly settled: string }): Entry =>
    kind === 'started' ? { kind, step, attempt: 1, idempotencyKey: 'k', at: '' } : kind === 'failed' ? { kind, step, error: { code: 'provider', message: 'no' }, at: '' } : { kind, step, ...(change && { change }), at: '' }
  const dirtied: Entry = { kind: 'dirtied', group: 'g', at: '' }
  const written = [header, dirtied, entry('started', 'create:g/a'), entry('succeeded', 'create:g/a'), entry('started', 'create:g/b'), entry('succeeded', 'create:g/b')] as const

  it('settles though nothing is left to write', () => {
    const run = start(two, { unsettled: ['g'] }, written)
    expect(run.began).toEqual(['record run-resumed', 'inspect g'])
    run.inspected('g')
    expect(run.done('g')).toEqual(['record succeeded g', 'record run-ended', 'finish succeeded'])
  })
  it('settles again where it was cut off while it did', () => {
    const run = start(two, { unsettled: ['g'] }, [...written, entry('started', 'settle:settle/g')])
    expect(run.began).toEqual(['record run-resumed', 'inspect g'])
    expect(run.inspected('g')).toEqual(['record started g', 'perform g'])
  })
  it('does not settle again what was settled', () => {
    const run = start(two, {}, [...written, entry('started', 'settle:settle/g'), entry('succeeded', 'settle:settle/g', { settled: 'g' })])
    expect(run.began).toEqual(['record run-resumed', 'record run-ended', 'finish succeeded'])
  })
  it('settles once more what is written once more', () => {
    const earlier = [header, dirtied, entry('started', 'create:g/a'), entry('succeeded', 'create:g/a'), entry('started', 'create:g/b'), entry('failed', 'create:g/b'), entry('started', 'settle:settle/g'), entry('succeeded', 'settle:settle/g', { settled: 'g' })]
    const run = start(two, {}, earlier)
    expect(run.began).toEqual(['record run-resumed', 'inspect b'])
    expect(run.inspected('b')).toEqual(['record dirtied, started b', 'perform b'])
    expect(run.done('b')).toEqual(['record succeeded b', 'inspect g'])
  })
  it('settles what turns out to have happened', () => {
    const earlier = [header, dirtied, entry('started', 'create:g/a'), entry('started', 'create:g/b'), entry('succeeded', 'create:g/b')]
    const run = start(two, {}, earlier)
    expect(run.began).toEqual(['record run-resumed', 'probe a'])
    expect(run.probed('a', 'happened')).toEqual(['record dirtied, succeeded a', 'inspect g'])
  })
  it('has nothing to do where all is settled and only that was not recorded as done', () => {
    const run = start(two, {}, [...written, { kind: 'cleaned', group: 'g', at: '' }])
    expect(run.began).toEqual(['record run-resumed, succeeded g', 'record run-ended', 'finish succeeded'])
  })
})

describe('a write that begins while its group is being settled', () => {
  it('leaves the group to be settled again', () => {
    const run = start([create('a'), create('b', { after: ['a'], settleBefore: true }), create('x', { group: 'h' }), create('late', { after: ['h/x'], settleBefore: true })])
    run.inspected('a')
    run.inspected('x')
    run.done('a')
    run.inspected('g#1')
    run.done('x')
    run.inspected('h')
    expect(run.done('h')).toEqual(['record succeeded h', 'inspect late'])
    expect(run.inspected('late')).toEqual(['record dirtied, started late', 'perform late'])
    expect(run.done('g#1')).toEqual(['record succeeded g#1', 'inspect b'])
    expect(run.unsettled()).toBe(true)
    run.inspected('b')
    run.done('b')
    run.done('late')
    run.inspected('g#2')
    expect(run.done('g#2')).toEqual(['record succeeded g#2', 'record run-ended', 'finish succeeded'])
    expect(run.unsettled()).toBe(false)
  })
  it('or begins before and ends after', () => {
    const run = start([create('a'), create('b', { after: ['a'], settleBefore: true }), create('x', { group: 'h' }), create('late', { after: ['h/x'], settleBefore: true })])
    run.inspected('a')
    run.inspected('x')
    run.done('x')
    run.inspected('h')
    run.done('h')
    run.inspected('late')
    run.done('a')
    run.inspected('g#1')
    run.done('g#1')
    run.done('late')
    expect(run.unsettled()).toBe(true)
    run.inspected('b')
    expect(run.done('b')).toEqual(['record succeeded b', 'inspect g#2'])
  })
})
