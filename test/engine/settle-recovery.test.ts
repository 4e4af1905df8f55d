import { describe, expect, it } from 'vitest'
import { ProviderError } from '../../src/core/errors.ts'
import { apply } from '../../src/engine/apply.ts'
import { planOperations } from '../../src/engine/operation/plan-operations.ts'
import { plan } from '../../src/engine/plan.ts'
import { resume } from '../../src/engine/resume.ts'
import { declareOperations } from '../../src/provider/declare-operations.ts'
import { defineOperations } from '../../src/provider/define-operations.ts'
import type { ResourceType } from '../../src/provider/provider.ts'
import { setUp, setUpGroup, tell } from './settling.ts'
import { createGate } from './two-hosts.ts'

const refuse = (): never => {
  throw new ProviderError('fatal', 'no', { status: 400 })
}

/** Operations that write to `routes` (`poke`), or to nothing (`go`); they do what is told here. */
function operate(run: { readonly go?: () => void; readonly poke?: () => void }) {
  const { backend, options, ...rest } = setUp()
  const operations = defineOperations({ go: { run: async () => run.go?.() }, poke: { settleGroup: 'routes', run: async () => run.poke?.() } })
  return { ...rest, ...declareOperations(operations), backend, options: { ...options, provider: { ...options.provider, operations } } }
}

describe('a run ends', () => {
  it('when the settle of its last phase has nothing to do', async () => {
    const { named, backend, options } = setUp()
    await apply(await plan([named('a', { name: 'a' })], options), options)
    const made = await planOperations([{ name: 'one', changes: await plan([], { ...options, mode: 'destroy' }) }], options)
    backend.drop('named-1')
    expect(tell(await apply(made, options))).toEqual(['succeeded', 'named/a succeeded', 'settle/routes succeeded'])
  })
  it('when the only write of a phase fails, and the run goes on', async () => {
    const { go, poke, options } = operate({ poke: () => refuse() })
    const made = await planOperations([{ name: 'one', operations: [poke('it', {})] }, { name: 'two', operations: [go('it', {})] }], options)
    expect((await apply(made, { ...options, onFailure: 'continue' })).outcome).toBe('partial')
  })
  it('when a phase fails before the one that settles', async () => {
    const { go, poke, options, settles } = operate({ go: () => refuse() })
    const made = await planOperations([{ name: 'one', operations: [go('it', {})] }, { name: 'two', operations: [{ ...poke('it', {}), dependsOn: ['go/it'] }] }], options)
    expect(tell(await apply(made, options))).toEqual(['failed', 'go/it failed', 'poke/it skipped', 'settle/routes skipped'])
    expect(settles()).toEqual([])
  })
  it('when it is cancelled at once, and something was left over', async () => {
    const { options, leaveOver, unsettled } = setUp()
    const run = apply(await plan([await leaveOver()], options), options)
    expect([...tell(await run.cancel()), await unsettled()]).toEqual(['succeeded', 'settle/routes succeeded', undefined])
  })
  it('when it is resumed and cancelled at once', async () => {
    const { named, backend, options, unsettled } = setUp()
    backend.fault({ call: 'settle', fault: 'error' })
    const { runId } = await apply(await plan([named('a', { name: 'a' })], options), options)
    expect([...tell(await resume(runId, options).cancel()), await unsettled()]).toEqual(['succeeded', 'named/a succeeded', 'settle/routes succeeded', undefined])
  })
  it('when a hook before it fails, and something was left over', async () => {
    const { options, leaveOver } = setUp()
    const made = await plan([await leaveOver()], options)
    const result = await apply(made, { ...options, hooks: [{ name: 'h', on: 'beforeApply', run: async () => refuse() }] })
    expect(result).toMatchObject({ success: false, message: expect.stringContaining('the hook h (beforeApply) failed') })
  })
  it('when it is to settle after a failure and the backend does not answer; the group stays recorded', async () => {
    let asked = 0
    const settle = async (): Promise<void> => {
      // A run that does not give up would be the end of this test.
      if (++asked > 200) refuse()
      throw new ProviderError('retryable', 'connection refused')
    }
    const { options, plan, unsettled } = setUpGroup({ settle }, (name) => name === 'b' && refuse())
    expect((await apply(await plan('a', 'b'), options)).outcome).toBe('partial')
    expect(asked).toBeLessThan(50)
    expect(await unsettled()).toEqual(['g'])
  })
})

describe('what may be written is settled', () => {
  it('when the run is paused, and cancelled then', async () => {
    const { named, thing, options, settles, unsettled } = setUp()
    const gate = createGate()
    const type = options.provider.types['thing'] as ResourceType
    const slow: ResourceType = {
      ...type,
      create: async (...given) => {
        await gate.wait()
        return type.create(...given)
      },
    }
    const slowly = { ...options, provider: { ...options.provider, types: { ...options.provider.types, thing: slow } } }
    const run = apply(await plan([named('a', { name: 'a' }), thing('x', { name: 'x' })], slowly), slowly)
    run.on('action:started', ({ action }) => {
      if (action.address === 'named/a') void run.pause('lunch')
    })
    run.on('action:succeeded', ({ action }) => {
      if (action.address !== 'named/a') return
      void run.cancel()
      gate.open()
    })
    expect(tell(await run).slice(1)).toEqual(['named/a succeeded', 'thing/x succeeded', 'settle/routes succeeded'])
    expect([settles(), await unsettled()]).toEqual([['routes'], undefined])
  })
  it('when a create has saved, and threw at the reply', async () => {
    const { seen, options, plan, unsettled } = setUpGroup({}, () => {
      throw new TypeError('cannot read the reply')
    })
    expect(tell(await apply(await plan('a'), options))).toEqual(['partial', 't/a failed', 'settle/g succeeded'])
    expect([seen, await unsettled()]).toEqual([['create a', 'settle'], undefined])
  })
  it('when an operation has written, and threw then', async () => {
    const { poke, options, settles, unsettled } = operate({
      poke: () => {
        throw new Error('exit 1, half way')
      },
    })
    const made = await planOperations([{ name: 'one', operations: [poke('it', {})] }], options)
    expect(tell(await apply(made, options))).toEqual(['partial', 'poke/it failed', 'settle/routes succeeded'])
    expect([settles(), await unsettled()]).toEqual([['routes'], undefined])
  })
  it('when nobody knew, somebody said to try again, and that is refused', async () => {
    let asked = 0
    const { seen, options, unsettled } = setUpGroup({}, () => {
      throw ++asked === 1 ? new ProviderError('ambiguous', 'the connection was reset') : new ProviderError('conflict', 'it is there already', { status: 409 })
    })
    // Without a key nobody can ask the backend.
    const { key: _, ...unfindable } = options.provider.types['t'] as typeof options.provider.types[string]
    const asking = { ...options, provider: { ...options.provider, types: { t: unfindable } } }
    const made = await plan([{ type: 't', name: 'a', inputs: { name: 'a' } }], asking)
    const result = await apply(made, { ...asking, decide: ({ kind }) => (kind === 'interrupted' ? 'retry' : 'abort') })
    expect(tell(result)).toEqual(['partial', 't/a failed', 'settle/g succeeded'])
    expect([seen, await unsettled()]).toEqual([['create a', 'create a', 'settle'], undefined])
  })
})

describe('a run with commit "success"', () => {
  it('stays open when it is cut off in the middle of a replace', async () => {
    const { versioned, backend, options } = setUp()
    const controller = new AbortController()
    const type = options.provider.types['versioned'] as ResourceType
    const cutOff: ResourceType = {
      ...type,
      create: async (...given) => {
        const made = await type.create(...given)
        if (backend.objects().length > 1) controller.abort()
        return made
      },
    }
    const sync = { ...options, provider: { ...options.provider, types: { ...options.provider.types, versioned: cutOff } }, mode: 'sync' } as const
    await apply(await plan([versioned('v', { name: 'v', kind: 'old' })], sync), sync)
    const result = await apply(await plan([versioned('v', { name: 'v', kind: 'new' })], sync), { ...sync, commit: 'success', signal: controller.signal })
    expect([result.success, result.open, backend.objects().map(({ fields }) => fields['kind'])]).toEqual([false, true, ['old', 'new']])
    expect((await resume(result.runId, options)).outcome).toBe('succeeded')
    expect(backend.live().map(({ fields }) => fields['kind'])).toEqual(['new'])
  })
})

describe('a settle', () => {
  it('that ignores its abort has failed, and the next plan settles', async () => {
    let asked = 0
    const { options, plan, unsettled } = setUpGroup({ settle: () => (++asked === 1 ? new Promise<void>(() => undefined) : Promise.resolve()) })
    const impatient = { ...options, timeoutMs: 1_000, abortGraceMs: 100 }
    const result = await apply(await plan('a'), impatient)
    expect([...tell(result), result.open, await unsettled()]).toEqual(['partial', 't/a succeeded', 'settle/g failed', false, ['g']])
    expect((await apply(await plan('b'), impatient)).outcome).toBe('succeeded')
    expect(await unsettled()).toBeUndefined()
  })
  it('whose question hangs is given up after readyWithinMs', async () => {
    const { options, plan, unsettled } = setUpGroup({ isReady: () => new Promise<boolean>(() => undefined), readyWithinMs: 3_000 })
    const startedMs = options.clock.monotonic()
    const result = await apply(await plan('a'), { ...options, timeoutMs: 60_000, abortGraceMs: 100 })
    expect(tell(result)).toEqual(['partial', 't/a succeeded', 'settle/g failed'])
    expect(result.errors[0]?.error.message).toContain('not ready after 3000 ms')
    expect(options.clock.monotonic() - startedMs).toBeLessThan(6_000)
    expect(await unsettled()).toEqual(['g'])
  })
  it('whose only write is left out, as somebody decided, does not keep back what waits for it', async () => {
    const { named, thing, backend, options } = setUp()
    backend.fault({ call: 'create', object: 'a', fault: 'error' })
    const made = await plan([named('a', { name: 'a' }), thing('t', { name: 't' }, { dependsOn: ['named/a'], settleBefore: true })], options)
    const result = await apply(made, { ...options, decide: () => 'skip' })
    expect(tell(result).slice(1)).toEqual(['named/a skipped', 'settle/routes succeeded', 'thing/t succeeded'])
  })
  it('of a run that is taken back is not reported as taken back', async () => {
    const { named, thing, backend, options, settles } = setUp()
    backend.fault({ call: 'create', object: 't', fault: 'error' })
    const made = await plan([named('a', { name: 'a' }), thing('t', { name: 't' }, { dependsOn: ['named/a'], settleBefore: true })], options)
    const result = await apply(made, { ...options, onFailure: 'rollback' })
    expect(tell(result)).toEqual(['rolled-back', 'named/a rolled-back', 'settle/routes succeeded', 'thing/t failed'])
    expect(settles()).toEqual(['routes', 'routes'])
  })
})
