import { describe, expect, it } from 'vitest'
import type { Action } from '../../../src/core/action.ts'
import type { Entry } from '../../../src/core/entry.ts'
import { replayEntries } from '../../../src/core/journal.ts'
import type { Choice, HookResult } from '../../../src/core/operation.ts'
import { runWhole } from '../../../src/core/portion.ts'
import { layOutFlow } from '../../../src/core/run/flow.ts'
import { RunMachine } from '../../../src/core/run/machine.ts'
import type { RunSettings } from '../../../src/core/run/settings.ts'
import type { Effect, Signal } from '../../../src/core/run/signal.ts'

const operation = (name: string, phase: string, ...after: readonly string[]): Action => ({
  address: `t/${name}`,
  kind: 'operation',
  changes: [],
  steps: [{ key: `run:t/${name}`, call: 'run', after: after.map((each) => `run:t/${each}`) }],
  fingerprint: 'operation',
  dependsOn: [],
  phase,
})

const header = { kind: 'run-started', at: '', run: 'r', plan: 'p', planHash: '', stack: 's', mode: 'apply', holder: 'h', fence: 1, lineage: '', salt: '', commit: 'each' } as const
const actions = [operation('a', 'one'), operation('b', 'one', 'a'), operation('c', 'two')]
const phases = [{ name: 'one' }, { name: 'two' }]

/** A machine, and a way to talk to it that shows its effects in short. What it records goes into `journal`. */
function start(settings: Partial<RunSettings> = {}, journal: Entry[] = []) {
  const machine = new RunMachine(runWhole(layOutFlow(actions, phases)), { runId: 'r', concurrency: 10, onFailure: 'stop', retry: { attempts: 1, baseMs: 1, maxMs: 1 }, commit: 'each', ...settings })
  const send = (signal: Signal): string[] => machine.signal(signal, { at: 'now', ms: 1 }).flatMap((effect) => show(effect, journal))
  const record = journal.length === 0 ? undefined : replayEntries(journal)
  const began = send({ kind: 'began', entry: record === undefined ? header : { kind: 'run-resumed', holder: 'h', fence: 2, at: '' }, ...(record && { record }) })
  const run = (step: number): string[] => (send({ kind: 'inspected', step }), send({ kind: 'done', step }))
  return { machine, send, began, run, journal }
}

function show(effect: Effect, journal: Entry[]): string[] {
  if (effect.kind === 'announce') return []
  if (effect.kind === 'finish') return [`finish ${effect.outcome}${effect.open ? ', open' : ''}${effect.takesBack ? ', taken back' : ''}`]
  if (effect.kind === 'hook') return [`hook ${effect.on}${effect.phase === undefined ? '' : ` ${effect.phase}`}`]
  if (effect.kind === 'checkpoint') return [`checkpoint ${effect.phase}`]
  if (effect.kind !== 'record') return ['step' in effect ? `${effect.kind} ${effect.step}` : effect.kind]
  journal.push(...effect.entries)
  return [`record ${effect.entries.map((entry) => ('step' in entry ? `${entry.kind} ${entry.step.slice(6)}` : 'phase' in entry ? `${entry.kind} ${entry.phase}` : entry.kind)).join(', ')}`]
}

const failed = (step: number): Signal => ({ kind: 'failed', step, error: { code: 'provider', message: 'no' }, fault: 'fatal', repeatable: false })
const hooked = (on: HookResult['on'], status: HookResult['status'] = 'succeeded', phase?: string): Signal => ({ kind: 'hooked', awaited: true, results: [{ hook: 'h', on, status, durationMs: 0, ...(phase !== undefined && { phase }) }] })

describe('phases', () => {
  it('end before the next one begins, with a checkpoint in between', () => {
    const { began, run } = start()
    expect(began).toEqual(['record run-started, phase-started one', 'inspect 0'])
    expect(run(0)).toEqual(['record succeeded a', 'inspect 1'])
    expect(run(1)).toEqual(['record succeeded b', 'checkpoint one', 'record phase-ended one, phase-started two', 'inspect 2'])
    expect(run(2)).toEqual(['record succeeded c', 'checkpoint two', 'record phase-ended two', 'commit', 'record run-ended', 'finish succeeded'])
  })
  it('are gone on with in the middle', () => {
    const first = start()
    first.run(0)
    const again = start({}, first.journal)
    expect(again.began).toEqual(['record run-resumed, phase-started one', 'inspect 1'])
    expect(again.run(1)).toContain('inspect 2')
    const last = start({}, again.journal)
    expect(last.began).toEqual(['record run-resumed, phase-started two', 'inspect 2'])
  })
  it('have their hooks around them, each before anything after it', () => {
    const { began, send, run } = start({ hasHook: (on) => on === 'beforePhase' || on === 'afterPhase' || on === 'afterApply' })
    expect(began).toEqual(['record run-started', 'hook beforePhase one'])
    expect(send(hooked('beforePhase', 'succeeded', 'one'))).toEqual(['record hook, phase-started one', 'inspect 0'])
    run(0)
    expect(run(1)).toEqual(['record succeeded b', 'hook afterPhase one'])
    expect(send(hooked('afterPhase', 'ignored', 'one'))).toEqual(['record hook', 'checkpoint one', 'record phase-ended one', 'hook beforePhase two'])
    expect(send(hooked('beforePhase', 'failed', 'two'))).toEqual(['record hook, skipped c', 'hook afterApply'])
    expect(send(hooked('afterApply'))).toEqual(['record hook', 'commit', 'record run-ended', 'finish partial'])
  })
  it('refuse a step that waits for a later one', () => {
    expect(() => runWhole(layOutFlow([operation('a', 'one', 'c'), operation('c', 'two')], phases))).toThrow('the step run:t/a waits for run:t/c, which is of a later phase')
    expect(() => runWhole(layOutFlow([operation('a', 'three')], phases))).toThrow('is of the phase three, and the plan has one, two')
  })
})

describe('a decision', () => {
  const ask = (): ReturnType<typeof start> => {
    const machine = start({ decides: true })
    machine.send({ kind: 'inspected', step: 0 })
    expect(machine.send(failed(0))).toEqual(['record failed a', 'decide 0'])
    return machine
  }
  const decided = (choice: Choice): Signal => ({ kind: 'decided', step: 0, choice, by: 'host' })
  it.each([
    ['retry', ['record decided a', 'inspect 0']],
    ['skip', ['record decided a', 'inspect 1']],
    ['abort', ['record decided a, skipped b, skipped c', 'commit', 'record run-ended', 'finish failed']],
    ['pause', ['record decided a', 'commit', 'record run-ended', 'finish paused, open']],
    ['rollback', ['record decided a, skipped b, skipped c', 'commit', 'record run-ended', 'finish failed, taken back']],
  ] as const)('to %s is durable before anything comes of it', (choice, effects) => expect(ask().send(decided(choice))).toEqual(effects))
  it('to leave something out holds for a resume', () => {
    const { send, journal } = ask()
    send(decided('skip'))
    send({ kind: 'paused', message: 'for now' })
    expect(start({}, journal).began).toEqual(['record run-resumed, phase-started one', 'inspect 1'])
  })
  it('to try again after a definite failure makes another call, with another key', () => {
    const { send, journal } = ask()
    send(decided('retry'))
    send({ kind: 'inspected', step: 0 })
    expect(journal.flatMap((entry) => (entry.kind === 'started' ? [entry.idempotencyKey] : []))).toEqual(['r:run:t/a', 'r:run:t/a:2'])
  })
  it('is not waited for any more when the run is told to end', () => {
    expect(ask().send({ kind: 'cancelled' })).toContain('finish failed')
    expect(ask().send({ kind: 'paused', message: 'now' })).toContain('finish paused, open')
  })
  it('comes too late when it is answered twice', () => {
    const { send } = ask()
    send(decided('retry'))
    expect(send(decided('abort'))).toEqual([])
  })
  it('is asked for a check that says no, and for what nobody knows', () => {
    const checks = [{ check: 'port', status: 'failed', durationMs: 1 }] as const
    const { send } = start({ decides: true })
    expect(send({ kind: 'refused', step: 0, message: 'port: taken', checks })).toEqual(['record checked a', 'decide 0'])
    expect(send(decided('retry'))).toEqual(['record decided a', 'inspect 0'])
    send({ kind: 'inspected', step: 0 })
    expect(send({ kind: 'hung', step: 0 })).toEqual(['record interrupted a', 'decide 0'])
    expect(send(decided('abort'))).toContain('finish interrupted, open')
  })
  it('is the options\' where nobody is asked', () => {
    const { send } = start()
    expect(send({ kind: 'refused', step: 0, message: 'port: taken', checks: [] })).toEqual(['record checked a, failed a, skipped b, skipped c', 'commit', 'record run-ended', 'finish failed'])
  })
})
