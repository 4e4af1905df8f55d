import { nextTask, systemClock } from '../engine/clock.ts'
import type { FaultKind } from '../core/errors.ts'
import { createCaseContext, type CaseContext } from './provider-context.ts'
import type { ProviderFaults, RequestKind } from './provider-faults.ts'
import { expectAlike, expectTrue } from './store-expect.ts'
import type { Prepared, ProviderCaseBody, ProviderTrial } from './provider-trial.ts'

/** Cases about what a provider says when its backend fails. */
export const faultCases: Readonly<Record<string, ProviderCaseBody>> = {
  'faults: a failed read is no absence': async (trial) => {
    const kinds = (['failServer', 'refuseConnection', 'loseReply'] as const).filter((name) => trial.opened.faults?.[name] !== undefined)
    trial.require(kinds.length > 0, 'faults has none of failServer, refuseConnection and loseReply')
    const prepared = await trial.prepare('a')
    const { id } = await trial.create(prepared)
    const { type } = trial
    const calls: Readonly<Record<string, () => Promise<unknown>>> = {
      read: () => trial.read(prepared, id),
      ...(type.list !== undefined && { list: () => trial.list(prepared) }),
      ...(type.find !== undefined && { find: () => trial.find(prepared) }),
    }
    for (const name of kinds)
      for (const [what, call] of Object.entries(calls)) {
        trial.fault(name)('read')
        const answer = await call().then((value) => ({ value }), () => undefined)
        trial.heal()
        // One that tries again by itself may well have read it.
        const isRight = answer === undefined || (Array.isArray(answer.value) ? answer.value.some((each: { readonly id: string }) => each.id === id) : answer.value !== undefined)
        expectTrue(isRight, `${what} says that ${id} is absent, although its request failed (${name}): expected an error`)
      }
  },
  'faults: an overload is retryable': async (trial) => {
    const context = createCaseContext()
    const fault = await breakWrite(trial, 'overload', context)
    if (fault === undefined) return expectTrue(context.countRefusals() > 0, 'a create whose request was refused as one too many went through, and context.refused was not called: nothing slows down')
    expectAlike(fault.kind, 'retryable', `a create that was refused as one too many (${fault.text})`)
  },
  'faults: a refused connection is retryable': async (trial) => {
    const fault = await breakWrite(trial, 'refuseConnection')
    expectAlike(fault?.kind ?? 'retryable', 'retryable', `a create whose connection was refused, so that nothing was sent (${fault?.text ?? ''})`)
  },
  'faults: a lost reply of a write is ambiguous': async (trial) => {
    const fault = await breakWrite(trial, 'loseReply')
    if (fault !== undefined || trial.type.idempotent !== true) expectAmbiguous(trial, fault, 'a create whose reply was lost')
  },
  'faults: a lost reply of an update or a delete is passing': async (trial) => {
    const loseReply = trial.fault('loseReply')
    const { change } = trial.subject
    trial.require(change !== undefined || trial.type.removal !== 'forget', 'the type has neither update nor delete')
    const prepared = await trial.prepare('a')
    const created = await trial.create(prepared)
    const lose = async (what: string, call: () => Promise<unknown>, alsoRight?: FaultKind): Promise<void> => {
      loseReply('write')
      const fault = await call().then(() => undefined, (error: unknown) => describeError(trial, error))
      trial.heal()
      // Both can be repeated to the same end.
      const isRight = fault === undefined || [alsoRight, 'ambiguous', 'retryable'].includes(fault.kind)
      expectTrue(isRight, `${what} whose reply was lost: expected ambiguous or retryable, found ${describeFault(fault)}`)
    }
    if (change !== undefined) await lose('an update', () => trial.update(prepared, created))
    // One that tries again by itself finds that it is gone.
    if (trial.type.removal !== 'forget') await lose('a delete', () => trial.delete(prepared, created), 'not-found')
  },
  'faults: a server that fails during a write is ambiguous': async (trial) => {
    const fault = await breakWrite(trial, 'failServer')
    if (fault !== undefined || trial.type.idempotent !== true) expectAmbiguous(trial, fault, 'a create during which the server failed')
  },
  'faults: a refused input is final': async (trial) => {
    const fault = await breakWrite(trial, 'refuseInput')
    expectTrue(fault?.kind === 'fatal' || fault?.kind === 'conflict', `a create whose input was refused: expected fatal or conflict, found ${describeFault(fault)}`)
  },
  'faults: a delete that fails has not succeeded': async (trial) => {
    const failServer = trial.fault('failServer')
    trial.require(trial.type.removal !== 'forget', 'the type has no delete')
    const prepared = await trial.prepare('a')
    const created = await trial.create(prepared)
    failServer('write')
    const kind = await trial.delete(prepared, created).then(() => undefined, (error: unknown) => trial.classify(error))
    trial.heal()
    const isLeft = trial.type.singleton !== true && (await trial.read(prepared, created.id)) !== undefined
    expectTrue(!isLeft || (kind !== undefined && kind !== 'not-found'), `the server failed during a delete and the object is still there, and delete says that it is ${kind ?? 'done'}`)
  },
  'abort: a write that hangs ends': async (trial) => {
    trial.fault('hang')
    const prepared = await trial.prepare('a')
    await expectAborts(trial, 'write', (context) => trial.create(prepared, context))
  },
  'abort: a read that hangs ends': async (trial) => {
    trial.fault('hang')
    const prepared = await trial.prepare('a')
    const { id } = await trial.create(prepared)
    await expectAborts(trial, 'read', (context) => trial.read(prepared, id, context))
  },
}

interface SeenFault {
  readonly kind: FaultKind
  readonly text: string
}

/** Makes an object while its request fails; undefined: it went through all the same. */
async function breakWrite(trial: ProviderTrial, name: 'overload' | 'refuseConnection' | 'loseReply' | 'failServer' | 'refuseInput', context?: CaseContext): Promise<SeenFault | undefined> {
  const happen: NonNullable<ProviderFaults[typeof name]> = trial.fault(name)
  const prepared: Prepared = await trial.prepare('a')
  happen('write')
  try {
    await trial.create(prepared, context)
    return undefined
  } catch (error) {
    return describeError(trial, error)
  } finally {
    trial.heal()
  }
}

function describeError(trial: ProviderTrial, error: unknown): SeenFault {
  return { kind: trial.classify(error), text: String(error) }
}

/** What may be repeated may also be retryable. */
function expectAmbiguous(trial: ProviderTrial, fault: SeenFault | undefined, what: string): void {
  const isRight = fault?.kind === 'ambiguous' || (fault?.kind === 'retryable' && trial.type.idempotent === true)
  expectTrue(isRight, `${what}: expected ambiguous, so that the run looks whether it happened, found ${describeFault(fault)}`)
}

function describeFault(fault: SeenFault | undefined): string {
  return fault === undefined ? 'no error' : `${fault.kind} (${fault.text})`
}

async function expectAborts(trial: ProviderTrial, kind: RequestKind, call: (context: CaseContext) => Promise<unknown>): Promise<void> {
  const controller = new AbortController()
  trial.fault('hang')(kind)
  const ending = call(createCaseContext({ signal: controller.signal })).then(
    () => 'it went through',
    (error: unknown) => trial.classify(error),
  )
  // Lets the request leave; one that is aborted before has to end just the same.
  for (let task = 0; task < 5; task++) await nextTask()
  controller.abort()
  let stop: () => void = () => undefined
  const patience = new Promise<string>((resolve) => (stop = systemClock.after(trial.opened.patienceMs ?? 1_000, () => resolve('it did not end'))))
  const end = await Promise.race([ending, patience])
  stop()
  trial.heal()
  expectTrue(end === 'ambiguous' || end === 'retryable', `a ${kind} that hangs and is aborted has to reject, as ambiguous or as retryable: ${end === 'it went through' || end === 'it did not end' ? end : `found ${end}`}`)
}
