import { describe, expect, it } from 'vitest'
import type { Action } from '../../../src/core/action.ts'
import { layOutFlow } from '../../../src/core/run/flow.ts'
import { runWhole } from '../../../src/core/portion.ts'
import { RunMachine } from '../../../src/core/run/machine.ts'
import type { RunSettings } from '../../../src/core/run/settings.ts'
import type { Effect, Signal } from '../../../src/core/run/signal.ts'

const create = (name: string, ...after: readonly string[]): Action => ({
  address: `t/${name}`,
  kind: 'create',
  inputs: {},
  changes: [],
  steps: [{ key: `create:t/${name}`, call: 'create', after: after.map((each) => `create:t/${each}`) }],
  fingerprint: 'absent',
  dependsOn: [],
})

const header = { kind: 'run-started', at: '', run: 'r', plan: 'p', planHash: '', stack: 's', mode: 'sync', holder: 'h', fence: 1, lineage: '', salt: '', commit: 'each' } as const
const failure = { code: 'provider', message: 'no' } as const

/** A machine, and a way to talk to it that shows its effects in short. */
function start(actions: readonly Action[], settings: Partial<RunSettings> = {}) {
  const flow = runWhole(layOutFlow(actions))
  const machine = new RunMachine(flow, { runId: 'r', concurrency: 10, onFailure: 'stop', retry: { attempts: 2, baseMs: 10, maxMs: 100 }, commit: 'each', ...settings })
  const send = (signal: Signal): string[] => machine.signal(signal, { at: 'now', ms: 1 }).flatMap(show)
  return { machine, send, began: send({ kind: 'began', entry: header }) }
}

function show(effect: Effect): string[] {
  if (effect.kind === 'record') return [`record ${effect.entries.map((entry) => ('step' in entry ? `${entry.kind} ${entry.step.replace('create:t/', '')}` : entry.kind)).join(', ')}`]
  if (effect.kind === 'announce') return []
  if (effect.kind === 'finish') return [`finish ${effect.outcome}${effect.open ? ', open' : ''}`]
  return ['step' in effect ? `${effect.kind} ${effect.step}` : effect.kind]
}

const failed = (step: number, fault: 'fatal' | 'retryable' | 'ambiguous', more: object = {}): Signal => ({ kind: 'failed', step, error: failure, fault, repeatable: false, ...more })

describe('the order of effects', () => {
  it('is the contract: recorded before performed, outcome before dependents, commit before the end', () => {
    const { send, began } = start([create('a'), create('b', 'a')])
    expect(began).toEqual(['record run-started', 'inspect 0'])
    expect(send({ kind: 'inspected', step: 0 })).toEqual(['record started a', 'perform 0'])
    expect(send({ kind: 'done', step: 0 })).toEqual(['record succeeded a', 'inspect 1'])
    expect(send({ kind: 'inspected', step: 1 })).toEqual(['record started b', 'perform 1'])
    expect(send({ kind: 'done', step: 1 })).toEqual(['record succeeded b', 'commit', 'record run-ended', 'finish succeeded'])
    expect(send({ kind: 'done', step: 1 })).toEqual([])
  })
  it('starts the longest remaining path first, as many as may run', () => {
    const { send, began } = start([create('short'), create('long'), create('next', 'long'), create('last', 'next')], { concurrency: 1 })
    expect(began).toEqual(['record run-started', 'inspect 1'])
    send({ kind: 'inspected', step: 1 })
    expect(send({ kind: 'done', step: 1 })).toEqual(['record succeeded long', 'inspect 2'])
  })
  it('makes a handle durable before it is acknowledged', () => {
    const { send } = start([create('a')])
    send({ kind: 'inspected', step: 0 })
    expect(send({ kind: 'handled', step: 0, handle: 'task-1' })).toEqual(['record handle a', 'acknowledge 0'])
  })
  it('ends at once when there is nothing to do', () => expect(start([]).began).toEqual(['record run-started', 'commit', 'record run-ended', 'finish succeeded']))
})

describe('failures', () => {
  it('that pass are tried again, and then are failures', () => {
    const { send } = start([create('a')])
    send({ kind: 'inspected', step: 0 })
    expect(send(failed(0, 'retryable'))).toEqual(['record attempted a', 'wait 0'])
    expect(send({ kind: 'waited', step: 0 })).toEqual(['inspect 0'])
    send({ kind: 'inspected', step: 0 })
    expect(send(failed(0, 'retryable'))).toEqual(['record failed a', 'commit', 'record run-ended', 'finish failed'])
  })
  it('stop the run, or only what depends on them', () => {
    const actions = [create('a'), create('b', 'a'), create('c', 'b'), create('d')]
    const stopping = start(actions, { concurrency: 1 })
    stopping.send({ kind: 'inspected', step: 0 })
    expect(stopping.send(failed(0, 'fatal'))).toEqual(['record failed a, skipped b, skipped c, skipped d', 'commit', 'record run-ended', 'finish failed'])
    const going = start(actions, { concurrency: 1, onFailure: 'continue' })
    going.send({ kind: 'inspected', step: 0 })
    expect(going.send(failed(0, 'fatal'))).toEqual(['record failed a, skipped b, skipped c', 'inspect 3'])
    going.send({ kind: 'inspected', step: 3 })
    expect(going.send({ kind: 'done', step: 3 })).toContain('finish partial')
    expect(going.machine.ledger.counts).toMatchObject({ succeeded: 1, failed: 1, skipped: 2 })
  })
  it('that may have happened are asked about before anything else', () => {
    const { send } = start([create('a')])
    send({ kind: 'inspected', step: 0 })
    expect(send(failed(0, 'ambiguous'))).toEqual(['record attempted a', 'probe 0'])
    expect(send({ kind: 'probed', step: 0, answer: 'absent' })).toEqual(['record attempted a', 'wait 0'])
    send({ kind: 'waited', step: 0 })
    send({ kind: 'inspected', step: 0 })
    send(failed(0, 'ambiguous'))
    expect(send({ kind: 'probed', step: 0, answer: 'happened' })).toEqual(['record succeeded a', 'commit', 'record run-ended', 'finish succeeded'])
  })
  it('that nobody can tell about leave the run open', () => {
    const { send } = start([create('a')])
    send({ kind: 'inspected', step: 0 })
    send(failed(0, 'ambiguous'))
    expect(send({ kind: 'probed', step: 0, answer: 'unknown' })).toEqual(['record interrupted a', 'commit', 'record run-ended', 'finish interrupted, open'])
  })
  it('after an ambiguous attempt are no proof that nothing happened', () => {
    const { send } = start([create('a')])
    send({ kind: 'inspected', step: 0 })
    expect(send(failed(0, 'ambiguous', { repeatable: true }))).toEqual(['record attempted a', 'wait 0'])
    send({ kind: 'waited', step: 0 })
    send({ kind: 'inspected', step: 0 })
    expect(send(failed(0, 'fatal', { repeatable: true }))).toEqual(['record attempted a', 'probe 0'])
  })
  it('whose time is up are not tried again, not even after a probe', () => {
    const { send } = start([create('a')], { retry: { attempts: 9, baseMs: 1, maxMs: 1 } })
    send({ kind: 'inspected', step: 0 })
    expect(send(failed(0, 'ambiguous', { final: true }))).toEqual(['record attempted a', 'probe 0'])
    expect(send({ kind: 'probed', step: 0, answer: 'absent' })).toContain('record failed a')
  })
})

describe('cancelling', () => {
  it('starts nothing more, lets what is in flight end, and tries nothing again', () => {
    const { send } = start([create('a'), create('b')], { concurrency: 1 })
    send({ kind: 'inspected', step: 0 })
    expect(send({ kind: 'cancelled' })).toEqual([])
    expect(send(failed(0, 'retryable'))).toEqual(['record failed a, cancelled b', 'commit', 'record run-ended', 'finish failed'])
  })
  it('while a doubtful attempt waits leaves it unknown', () => {
    const { send } = start([create('a')])
    send({ kind: 'inspected', step: 0 })
    send(failed(0, 'ambiguous', { repeatable: true }))
    expect(send({ kind: 'cancelled' })).toEqual(['record interrupted a', 'commit', 'record run-ended', 'finish interrupted, open'])
  })
})

describe('committing only a whole success', () => {
  it('leaves the run open, and the state as it was', () => {
    const { send } = start([create('a'), create('b', 'a')], { commit: 'success' })
    send({ kind: 'inspected', step: 0 })
    send({ kind: 'done', step: 0 })
    send({ kind: 'inspected', step: 1 })
    expect(send(failed(1, 'fatal'))).toEqual(['record failed b', 'record run-ended', 'finish partial, open'])
  })
})
