import { describe, expect, it } from 'vitest'
import type { Attempt } from '../../src/engine/call.ts'
import { createCallContext, type CallLoan } from '../../src/engine/call-context.ts'
import { RequestGate } from '../../src/engine/gate.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

function setUp(hold: CallLoan['hold']) {
  const clock = manualClock()
  const sent: string[] = []
  const attempt: Attempt = { signal: new AbortController().signal, wait: (turn) => turn, pause: async () => undefined, elapsedMs: () => 0, noteSent: () => void sent.push('sent') }
  const loan: CallLoan = { attempt: 1, idempotencyKey: 'k', fence: 1, savedHandle: undefined, remainingMs: 1e9, trace: () => undefined, progress: () => undefined, saveHandle: async () => undefined, hold }
  const gate = new RequestGate(clock, { perSecond: 1, burst: 1 })
  return { clock, sent, context: createCallContext(loan, gate, attempt) }
}

const lost = (): Promise<void> => Promise.reject(new Error('the lease is lost'))

describe('each request of a call is sent under a lease that is held right then', () => {
  it('held: it is sent', async () => {
    const { context, sent } = setUp(() => undefined)
    await context.admit()
    expect(sent).toEqual(['sent'])
  })
  it('lost before anything was sent: it surely did not happen', async () => {
    const { context, sent } = setUp(lost)
    await expect(context.admit()).rejects.toMatchObject({ kind: 'retryable', message: 'the lease is lost' })
    expect(sent).toEqual([])
  })
  it('lost while a later request waited for its turn: what went before may have happened', async () => {
    let isLost = false
    const { clock, context, sent } = setUp(() => (isLost ? lost() : undefined))
    await context.admit()
    const second = context.admit().catch((error: unknown) => error)
    isLost = true
    await clock.advance(1_000)
    expect(await second).toMatchObject({ kind: 'ambiguous' })
    expect(sent).toEqual(['sent'])
  })
  it('lost after it was admitted, while its headers were made: it surely did not happen', async () => {
    let isLost = false
    const { context } = setUp(() => (isLost ? lost() : undefined))
    await context.admit()
    isLost = true
    await expect(context.hold?.()).rejects.toMatchObject({ kind: 'retryable', message: 'the lease is lost' })
  })
  it('lost after one was let go, or was never admitted: it may have happened', async () => {
    let isLost = false
    const { clock, context } = setUp(() => (isLost ? lost() : undefined))
    await context.admit()
    expect(context.hold?.()).toBeUndefined()
    isLost = true
    await expect(context.hold?.()).rejects.toMatchObject({ kind: 'ambiguous' })
    isLost = false
    const second = context.admit()
    await clock.advance(1_000)
    await second
    isLost = true
    await expect(context.hold?.()).rejects.toMatchObject({ kind: 'ambiguous' })
    await expect(setUp(lost).context.hold?.()).rejects.toMatchObject({ kind: 'ambiguous' })
  })
  it('proven again: it is sent', async () => {
    const { context, sent } = setUp(() => Promise.resolve())
    await context.admit()
    expect(sent).toEqual(['sent'])
  })
})
