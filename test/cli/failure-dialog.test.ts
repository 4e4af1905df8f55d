import { describe, expect, it } from 'vitest'
import type { Action } from '../../src/core/action.ts'
import { FailureDialog } from '../../src/cli/failure-dialog.ts'
import type { Flags } from '../../src/cli/flags.ts'
import { CHOICES, type Decide, type DecisionRequest } from '../../src/engine/decision.ts'
import { memoryIo } from './memory-io.ts'

const action = (name: string, call: 'run' | 'undo' = 'run'): Action => ({ address: `start/${name}`, kind: 'operation', changes: [], steps: [{ key: `${call}:start/${name}`, call, after: [] }], fingerprint: 'operation', dependsOn: [] })
const request = (name: string, more: Partial<DecisionRequest> = {}): DecisionRequest => ({ kind: 'failed', action: action(name), message: `${name} failed`, choices: CHOICES, ...more })

function setUp(answers: readonly (string | undefined)[], flags: Partial<Flags> = {}, how: { readonly isTTY?: boolean } = { isTTY: true }) {
  const io = memoryIo({ ...how, answers })
  const dialog = new FailureDialog(io, () => false)
  const decide = dialog.choose({ file: [], stateDir: '', color: false, ...flags }, true) as Decide
  return { io, dialog, decide }
}

describe('a person who is asked', () => {
  it('hears of one failure at a time, and what ends the run holds for the rest of it', async () => {
    const { io, decide } = setUp(['retry', 'rollback', 'skip'])
    const made = await Promise.all([decide(request('a')), decide(request('b')), decide(request('c'))])
    expect(made).toEqual([{ choice: 'retry', by: 'person' }, { choice: 'rollback', by: 'person' }, { choice: 'rollback', by: 'person' }])
    expect(io.questions).toHaveLength(2)
    // On the way back it is another matter.
    expect(await decide(request('a', { action: action('a', 'undo') }))).toEqual({ choice: 'skip', by: 'person' })
  })
  it('may say as much of a choice as tells it from the others', async () => {
    for (const [typed, choice] of [['s', 'skip'], [' PAUSE', 'pause'], ['ro', 'rollback'], ['re', 'retry'], ['a', 'abort']] as const) {
      const { io, decide } = setUp(['', 'r', 'retry it', typed])
      expect(await decide(request('a'))).toEqual({ choice, by: 'person' })
      expect(io.questions).toHaveLength(4)
    }
  })
  it('is told what is unknown, and nothing steers the terminal', async () => {
    const { io, decide } = setUp(['abort'])
    await decide(request('a', { kind: 'interrupted', message: 'lost\u001B[2J\nfor good' }))
    expect(io.err()).toContain('start/a was begun, and nobody knows whether it happened:\n  lost\\u{1B}[2J\n  for good\n')
  })
  it('is asked nothing more once the run is told to end', async () => {
    const { dialog, decide } = setUp([undefined])
    dialog.close()
    expect(await decide(request('a'))).toEqual({ choice: 'abort', by: 'nobody: the run was told to end' })
  })
})

describe('a flag', () => {
  it('answers for its kind of failure alone', async () => {
    const { io, decide } = setUp([], { onFailure: 'skip', onUnknown: 'pause' }, { isTTY: false })
    expect(await Promise.all((['failed', 'interrupted', 'check-failed'] as const).map((kind) => decide(request('a', { kind }))))).toEqual([
      { choice: 'skip', by: '--on-failure' },
      { choice: 'pause', by: '--on-unknown' },
      { choice: 'abort', by: 'nobody: there is no --on-failed-check, and no terminal to ask on' },
    ])
    expect(io.questions).toEqual([])
  })
  it('tries again three times, for each action and kind of failure', async () => {
    const { decide } = setUp([], { onFailure: 'retry', onFailedCheck: 'retry' }, { isTTY: false })
    const retry = { choice: 'retry', by: '--on-failure' }
    const made = []
    for (let time = 0; time < 4; time++) made.push(await decide(request('a')))
    expect(made).toEqual([retry, retry, retry, { choice: 'abort', by: '--on-failure, after 3 retries' }])
    expect(await decide(request('b'))).toEqual(retry)
    expect(await decide(request('a', { kind: 'check-failed' }))).toEqual({ choice: 'retry', by: '--on-failed-check' })
  })
  it('is what a person is not asked about, and the other way round', async () => {
    const { io, decide } = setUp(['pause'], { onFailure: 'retry' })
    expect(await decide(request('a'))).toEqual({ choice: 'retry', by: '--on-failure' })
    expect(await decide(request('a', { kind: 'check-failed' }))).toEqual({ choice: 'pause', by: 'person' })
    expect(io.questions).toHaveLength(1)
  })
})

it('nobody decides where nobody is there, nothing is an operation, or a general flag says it', () => {
  const choose = (flags: Partial<Flags>, hasOperations = true, isTTY = true): unknown => new FailureDialog(memoryIo({ isTTY, answers: [] }), () => false).choose({ file: [], stateDir: '', color: false, ...flags }, hasOperations)
  expect(choose({})).toBeTypeOf('function')
  expect([choose({}, false), choose({}, true, false), choose({ autoApprove: true }), choose({ continueOnError: true }), choose({ rollbackOnFailure: true }), choose({ json: true }), choose({ ndjson: true }), choose({ file: ['-'] })]).toEqual(new Array(8).fill(undefined))
  expect(choose({ onFailure: 'skip' }, false, false)).toBeTypeOf('function')
  expect(() => choose({ onUnknown: 'skip', rollbackOnFailure: true })).toThrow('--rollback-on-failure says already what is done after a failure; leave out --on-unknown')
})
