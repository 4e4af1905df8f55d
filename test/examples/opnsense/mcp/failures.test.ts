import { describe, expect, it, vi } from 'vitest'
import { apply, listRuns, plan, ProviderError, type Provider } from 'convergent'
import { createFakeBackend } from 'convergent/testing'
import { callTool, connectAgent, declared, settle } from './conversation.ts'

const A = { type: 'named', name: 'a' }
const Z = { type: 'named', name: 'z', dependsOn: ['named/a'] }
const B = { type: 'named', name: 'b', dependsOn: ['named/z'] }
const C = { type: 'named', name: 'c', dependsOn: ['named/b'] }

/** Two that succeed, one that fails. */
async function planFailure(): Promise<Awaited<ReturnType<typeof connectAgent>> & { readonly args: { readonly planId: unknown; readonly hash: unknown } }> {
  const agent = await connectAgent()
  const { planId, hash } = (await agent.call('plan', { declaration: declared(A, Z, B, C) })).structured
  agent.backend.fault({ call: 'create', fault: 'error', object: 'b' })
  return { ...agent, args: { planId, hash } }
}

describe('an action that fails', () => {
  it('is answered by taking everything back, and says so', async () => {
    const { call, backend, args } = await planFailure()
    const reply = await call('applyPlan', { ...args, parallelism: 1 })
    expect(reply.isError).toBe(true)
    expect(settle(reply.text)).toMatchInlineSnapshot(`
      "↩ create named/a (id named-1): rolled back
      ↩ create named/z (id named-2): rolled back
      ✗ create named/b: failed: scripted error (status 400)
      – create named/c: skipped: named/b, which it waits for, did not succeed

      What had been done was taken back, by run <id>.

      Rolled back: 1 failed, 1 skipped, 2 rolled back in <while>.
      Put right what stands above, then plan again."
    `)
    expect(reply.structured).toMatchObject({ outcome: 'rolled-back', success: false, open: false, counts: { failed: 1, skipped: 1, 'rolled-back': 2 }, rollback: { success: true } })
    expect(backend.objects()).toEqual([])
    const notes = reply.progress.map(({ progress, message }) => `${progress} ${settle(message ?? '')}`)
    expect(notes).toMatchInlineSnapshot(`
      [
        "0 run <id> started: 4 actions on stack agents",
        "12.5 named/a: creating…",
        "25 [1/4] named/a: created (id named-1) in <while>",
        "37.5 named/z: creating…",
        "50 [2/4] named/z: created (id named-2) in <while>",
        "62.5 named/b: creating…",
        "68.75 [3/4] named/b: failed: scripted error",
        "76.56 named/z: deleting…",
        "84.38 [1/2] named/z: deleted (id named-2) in <while>",
        "92.19 named/a: deleting…",
        "100 [2/2] named/a: deleted (id named-1) in <while>",
      ]
    `)
    const steps = reply.progress.map(({ progress }) => progress)
    expect(steps.every((step, at) => at === 0 || step > (steps[at - 1] as number))).toBe(true)
    expect(settle((await call('listRuns')).text)).toMatchInlineSnapshot(`
      "<time>  <id>  rollback  succeeded, plan <id>, takes back <id>
      <time>  <id>  apply  rolled-back, plan <id>"
    `)
  })
  it('names each field that was refused', async () => {
    const backend = createFakeBackend()
    const { named } = backend.provider.types
    const create = async (): Promise<never> => Promise.reject(new ProviderError('fatal', 'it was refused', { status: 200, fields: [{ path: 'rule.interface', reason: 'no such interface: lann' }] }))
    const { call } = await connectAgent({ provider: () => ({ ...backend.provider, types: { ...backend.provider.types, named: { ...named, create } } }) as Provider }, backend)
    const { planId, hash } = (await call('plan', { declaration: declared(A) })).structured
    const reply = await call('applyPlan', { planId, hash })
    expect(settle(reply.text)).toMatchInlineSnapshot(`
      "✗ create named/a: failed: it was refused (status 200)
          rule.interface: no such interface: lann

      Failed: 1 failed in <while>.
      Put right what stands above, then plan again."
    `)
    expect(reply.structured['actions']).toMatchObject([{ error: { code: 'provider', fields: [{ path: 'rule.interface', reason: 'no such interface: lann' }] } }])
    expect((await call('showRun', { runId: reply.structured['runId'] })).text).toContain('rule.interface: no such interface: lann')
  })
  it('stops the run and stays where nothing is to be taken back; resumeRun goes on', async () => {
    const { call, backend, args } = await planFailure()
    const reply = await call('applyPlan', { ...args, rollbackOnFailure: false, parallelism: 1 })
    expect(reply.structured).toMatchObject({ outcome: 'partial', success: false, counts: { failed: 1 } })
    expect(reply.structured['rollback']).toBeUndefined()
    expect(backend.objects().length).toBeGreaterThan(0)
    expect(reply.progress.at(-1)?.progress).toBeLessThan(100)
    const resumed = await call('resumeRun', { runId: reply.structured['runId'] })
    expect(settle(resumed.text)).toMatchInlineSnapshot(`
      "✓ create named/a (id named-1)
      ✓ create named/z (id named-2)
      ✓ create named/b (id named-3)
      ✓ create named/c (id named-4)

      Done: 4 succeeded in <while>."
    `)
    expect(backend.objects()).toHaveLength(4)
    expect(resumed.progress.at(-1)?.progress).toBe(100)
  })
  it('holds up only what depends on it where the run is to go on', async () => {
    const { call, backend, args } = await planFailure()
    const reply = await call('applyPlan', { ...args, continueOnError: true })
    expect(reply.structured).toMatchObject({ outcome: 'partial', counts: { succeeded: 2, failed: 1, skipped: 1 } })
    expect(backend.objects().map(({ fields }) => fields['name'])).toEqual(['a', 'z'])
  })
  it('and cannot be taken back: what is left is named, for a person', async () => {
    const { call, backend, args } = await planFailure()
    backend.fault({ call: 'delete', fault: 'error', times: 9 })
    const reply = await call('applyPlan', { ...args, parallelism: 1 })
    expect(reply.isError).toBe(true)
    expect(settle(reply.text)).toMatchInlineSnapshot(`
      "✓ create named/a (id named-1)
      ✓ create named/z (id named-2)
      ✗ create named/b: failed: scripted error (status 400)
      – create named/c: skipped: named/b, which it waits for, did not succeed

      Not all of what had been done could be taken back, by run <id>. A person has to look at:
      ✗ delete named/z (id named-2): failed: scripted error (status 400)
      – delete named/a (id named-1): skipped: named/z, which it waits for, did not succeed

      Partly applied: 2 succeeded, 1 failed, 1 skipped in <while>.
      What succeeded is recorded. Put right what stands above, then plan again: the rest is what is left to do."
    `)
  })
})

/** A provider whose create of `slow` waits until it is let go. */
function holdSlow(provider: ReturnType<typeof createFakeBackend>['provider']): { readonly provider: Provider; readonly entered: Promise<void>; letGo(): void } {
  let letGo = (): void => undefined
  let enter = (): void => undefined
  const gate = new Promise<void>((resolve) => (letGo = resolve))
  const entered = new Promise<void>((resolve) => (enter = resolve))
  const { named } = provider.types
  const create: typeof named.create = async (request, context) => {
    if (request.inputs.name === 'slow') {
      enter()
      await gate
    }
    return named.create(request, context)
  }
  return { provider: { ...provider, types: { ...provider.types, named: { ...named, create } } } as Provider, entered, letGo: () => letGo() }
}

describe('a call that ends before its run', () => {
  const declaration = declared({ type: 'named', name: 'slow' }, { type: 'named', name: 'next', dependsOn: ['named/slow'] })

  /** An apply that is under way, in a store and a backend of its own. */
  const begin = async (): Promise<Awaited<ReturnType<typeof connectAgent>> & ReturnType<typeof holdSlow> & { readonly applying: Promise<unknown>; readonly stop: AbortController }> => {
    const backend = createFakeBackend()
    const held = holdSlow(backend.provider)
    const agent = await connectAgent({ provider: () => held.provider }, backend)
    const { planId, hash } = (await agent.call('plan', { declaration })).structured
    const stop = new AbortController()
    const applying = callTool(agent.client, 'applyPlan', { planId, hash }, stop.signal).catch((error: unknown) => error)
    await held.entered
    return { ...agent, ...held, applying, stop }
  }
  const hasEnded = async ({ host }: { readonly host: Awaited<ReturnType<typeof connectAgent>>['host'] }): Promise<void> => {
    await vi.waitFor(async () => {
      expect((await listRuns(host))[0]?.endedAt).toBeDefined()
      expect(await host.store.holding(host.stack)).toBeUndefined()
    })
  }

  it('cancelled: what is in flight ends and is recorded, nothing more is started, and resumeRun goes on', async () => {
    const agent = await begin()
    agent.stop.abort()
    expect(String(await agent.applying)).toMatch(/abort/i)
    agent.letGo()
    await hasEnded(agent)
    expect(agent.backend.objects().map(({ fields }) => fields['name'])).toEqual(['slow'])
    expect((await agent.call('listRuns')).structured['runs']).toMatchObject([{ outcome: 'cancelled', open: false }])
    expect(settle((await agent.call('showRun')).text)).toMatchInlineSnapshot(`
      "<time>  <id>  apply  cancelled, plan <id>
        hash <hash>, by fake for an agent (process <pid>)
        ✓ create:named/slow (id named-1)
        – create:named/next: cancelled"
    `)
    const resumed = await agent.call('resumeRun')
    expect(resumed.structured).toMatchObject({ outcome: 'succeeded', counts: { succeeded: 2 } })
    expect(agent.backend.calls.filter(({ call }) => call === 'create').map(({ name }) => name)).toEqual(['slow', 'next'])
  })
  it('meanwhile other tools answer, and a second apply is refused: somebody has the stack', async () => {
    const agent = await begin()
    expect((await agent.call('listRuns')).structured['runs']).toMatchObject([{ status: 'running', open: true }])
    const { planId, hash } = (await agent.call('plan', { declaration: declared(A) })).structured
    expect(settle((await agent.call('applyPlan', { planId, hash })).text)).toMatchInlineSnapshot(`
      "✗ lease-held: stack agents is being changed by fake for an agent (process <pid>) since <time>; try again when that run has ended, wait for it (leaseWaitMs), or take the stack over and say why (takeOver) when it surely never ends
      Somebody else changes this stack now. Look at listRuns, and try again when that run has ended. To take a stack over is for a person, at the command line."
    `)
    agent.letGo()
    await hasEnded(agent)
    expect(agent.backend.objects().map(({ fields }) => fields['name'])).toEqual(['slow', 'next'])
  })
  it('the client is gone: the same', async () => {
    const agent = await begin()
    await agent.client.close()
    agent.letGo()
    await hasEnded(agent)
    expect(agent.backend.objects().map(({ fields }) => fields['name'])).toEqual(['slow'])
    expect(await listRuns(agent.host)).toMatchObject([{ outcome: 'cancelled' }])
  })
})

it('a plan for a stack with an open run says so, and is refused until the run is gone on with', async () => {
  const { call, backend, host } = await connectAgent()
  const options = { provider: backend.provider, store: host.store, stack: host.stack }
  const run = apply(await plan([{ type: 'named', name: 'a', inputs: { name: 'a' } }], options), options)
  await run.pause('for a while')
  const planned = await call('plan', { declaration: declared(A, { type: 'named', name: 'b' }) })
  expect(settle(planned.text)).toMatch(/Run <id> has not ended: go on with it by resumeRun, then plan again\.$/)
  expect(planned.structured['openRun']).toBe(run.id)
  expect(settle((await call('applyPlan', { planId: planned.structured['planId'], hash: planned.structured['hash'] })).text)).toMatchInlineSnapshot(`
    "✗ open-run: run <id> of stack agents has not ended; that comes first: resume it (the same plan goes on), or abandon it (what is unknown is asked of the backend, what was done is recorded), then plan again
    With resumeRun the same plan goes on. To abandon a run is for a person, at the command line."
  `)
  expect((await call('resumeRun')).structured).toMatchObject({ runId: run.id, outcome: 'succeeded' })
})
