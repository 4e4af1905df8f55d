import { describe, expect, it } from 'vitest'
import { apply, forbidDeletes, plan, planFromText, planToText } from 'convergent'
import { connectAgent, declared, settle, type Reply } from './conversation.ts'

type Call = Awaited<ReturnType<typeof connectAgent>>['call']

const named = (...names: readonly string[]): string => declared(...names.map((name) => ({ type: 'named', name })))

/** Plans, and applies that at once. */
async function carryOut(call: Call, planning: Record<string, unknown>, how: Record<string, unknown> = {}): Promise<Reply> {
  const { planId, hash } = (await call('plan', planning)).structured
  return call('applyPlan', { planId, hash, ...how })
}

describe('too many deletes', () => {
  it('are refused without the exact number, and done with it', async () => {
    const { call, backend } = await connectAgent({ maxDeletes: 1 })
    await carryOut(call, { declaration: named('a', 'b', 'c') })
    const planned = await call('plan', { declaration: named('c'), mode: 'sync' })
    expect(settle(planned.text)).toMatchInlineSnapshot(`
      "Plan <id> for stack agents, mode sync, made <time>

        - named/a (id named-1) delete

        - named/b (id named-2) delete

      Policy warning max-deletes: deletes 2, at most 1 allowed without confirmDeletes: 2

      - delete
      Plan: 2 to delete; 1 unchanged.

      planId: <id>
      hash:   <hash>
      To apply exactly this: applyPlan with this planId and hash. It deletes 2, and more than 1 need confirmDeletes: 2, which is for a person to agree to."
    `)
    expect(planned.structured).toMatchObject({ deletes: 2, needsConfirmation: true })
    const { planId, hash } = planned.structured
    const refused = await call('applyPlan', { planId, hash })
    expect(refused.isError).toBe(true)
    expect(settle(refused.text)).toMatchInlineSnapshot(`"✗ too-many-deletes: plan <id> deletes 2 objects, and at most 1 may be deleted without a confirmation. Nothing was changed. Show the plan to the person who answers for it; where that person agrees, call again with confirmDeletes: 2"`)
    expect(settle((await call('applyPlan', { planId, hash, confirmDeletes: 3 })).text)).toMatch(/^✗ too-many-deletes: plan <id> deletes 2 objects, and confirmDeletes says 3\./)
    expect(backend.objects()).toHaveLength(3)
    expect((await call('applyPlan', { planId, hash, confirmDeletes: 2 })).isError).toBe(false)
    expect(backend.objects()).toHaveLength(1)
  })
  it('are none where the bound allows them; a number that is wrong is refused all the same', async () => {
    const { call, backend } = await connectAgent({ maxDeletes: 1 })
    await carryOut(call, { declaration: named('a', 'b') })
    expect((await carryOut(call, { declaration: named('b'), mode: 'sync' }, { confirmDeletes: 0 })).text).toMatch(/^✗ too-many-deletes/)
    expect((await carryOut(call, { declaration: named('b'), mode: 'sync' })).isError).toBe(false)
    expect(backend.objects()).toHaveLength(1)
  })
  it('count for destroy and for the way back to a checkpoint', async () => {
    const { call, backend } = await connectAgent({ maxDeletes: 1 })
    await carryOut(call, { declaration: named('a') })
    const { checkpointId } = (await call('createCheckpoint', { description: 'one' })).structured
    await carryOut(call, { declaration: named('a', 'b', 'c') })
    const back = (await call('restoreCheckpoint', { checkpointId })).structured
    expect((await call('applyPlan', { planId: back['planId'], hash: back['hash'] })).text).toMatch(/^✗ too-many-deletes/)
    expect((await carryOut(call, { mode: 'destroy' })).text).toMatch(/^✗ too-many-deletes/)
    expect(backend.objects()).toHaveLength(3)
    expect((await call('applyPlan', { planId: back['planId'], hash: back['hash'], confirmDeletes: 2 })).isError).toBe(false)
    expect(backend.objects().map(({ fields }) => fields['name'])).toEqual(['a'])
  })
  it('count for a run that a person began and an agent goes on with', async () => {
    const { call, backend, host } = await connectAgent({ maxDeletes: 1 })
    await carryOut(call, { declaration: named('a', 'b') })
    const options = { provider: backend.provider, store: host.store, stack: host.stack }
    backend.fault({ call: 'delete', fault: 'error', object: 'named-1' })
    await apply(await plan([], { ...options, mode: 'destroy' }), options)
    expect((await call('resumeRun')).text).toMatch(/^✗ too-many-deletes: plan .* deletes 2 objects/)
    expect((await call('resumeRun', { confirmDeletes: 2 })).isError).toBe(false)
    expect(backend.objects()).toEqual([])
  })
})

describe('a plan that is not the one that was reviewed', () => {
  it('is refused: altered in the store, and sealed anew', async () => {
    const { call, backend, host } = await connectAgent()
    const { planId, hash } = (await call('plan', { declaration: named('a') })).structured as { planId: string; hash: string }
    const text = (await host.store.get(host.stack, 'plan', planId)) as string
    await host.store.put(host.stack, 'plan', planId, text.replace('"name":"a"', '"name":"z"'))
    expect((await call('applyPlan', { planId, hash })).text).toMatch(/^✗ plan-refused: .*was altered/)
    const kept = await planFromText(text)
    await host.store.put(host.stack, 'plan', planId, await planToText({ ...kept, createdAt: '2026-01-02T00:00:00.000Z' }))
    expect((await call('applyPlan', { planId, hash })).text).toMatch(/^✗ wrong-hash/)
    expect(backend.objects()).toEqual([])
  })
  it('is refused where the object has moved since', async () => {
    const { call, backend } = await connectAgent()
    await carryOut(call, { declaration: named('a') })
    const { planId, hash } = (await call('plan', { declaration: declared({ type: 'named', name: 'a', text: 'new' }) })).structured
    backend.edit('named-1', { text: 'by hand' })
    const reply = await call('applyPlan', { planId, hash })
    expect(reply.isError).toBe(true)
    expect(settle(reply.text)).toMatchInlineSnapshot(`
      "✗ update named/a (id named-1): stale: it was changed after the plan was made (id named-1); plan again

      Failed: 1 stale in <while>.
      Something was changed by others since the plan was made: plan again."
    `)
    expect(backend.objects()[0]?.fields['text']).toBe('by hand')
  })
})

describe('what cannot be planned or done', () => {
  it('says so in words, without a stack', async () => {
    const { call } = await connectAgent({ policies: [forbidDeletes('named')] })
    const said = async (name: string, args: Record<string, unknown>): Promise<string> => {
      const reply = await call(name, args)
      expect(reply.isError).toBe(true)
      expect(reply.text).not.toMatch(/\n\s+at /)
      return settle(reply.text)
    }
    expect(await said('plan', { declaration: declared({ type: 'nmaed', name: 'a' }) })).toMatchInlineSnapshot(`"✗ declaration: nmaed/a: unknown type "nmaed"; did you mean "named"?"`)
    expect(await said('plan', {})).toMatchInlineSnapshot(`"✗ contradiction: apply needs a declaration of what should exist"`)
    expect(await said('plan', { declaration: '', mode: 'destroy' })).toMatchInlineSnapshot(`"✗ contradiction: destroy deletes all that the stack owns, whatever is declared; leave the declaration out. To delete some of it, use sync with a declaration of what shall stay"`)
    expect(await said('plan', { declaration: named('a'), moed: 'sync' })).toMatchInlineSnapshot(`"MCP error -32602: Input validation error: Invalid arguments for tool plan: Unrecognized key: "moed""`)
    expect(await said('createCheckpoint', { description: 'nothing' })).toMatchInlineSnapshot(`"✗ store: nothing is recorded for stack agents, so there is nothing to keep a copy of"`)
    expect(await said('restoreCheckpoint', { checkpointId: 'none' })).toMatchInlineSnapshot(`"✗ store: stack agents has no checkpoint none; it has none"`)
    expect(await said('resumeRun', {})).toMatchInlineSnapshot(`"✗ store: stack agents has no run; there is nothing to resume or roll back"`)
    expect(await said('showRun', { runId: 'none' })).toMatchInlineSnapshot(`"✗ store: stack agents has no run none; it has none"`)
    await carryOut(call, { declaration: named('a') })
    expect(await said('plan', { mode: 'destroy' })).toMatchInlineSnapshot(`
      "✗ policy: refused by policy:
        - forbid-deletes: named/a: a delete of this type is not allowed
      Nothing was planned, and nothing was changed."
    `)
    const { planId, hash } = (await call('plan', { declaration: named('a', 'b') })).structured
    expect(await said('applyPlan', { planId, hash, rollbackOnFailure: true, continueOnError: true })).toMatchInlineSnapshot(`"✗ contradiction: rollbackOnFailure takes back what was done when an action fails, and continueOnError goes on: choose one of them. Nothing was changed"`)
    expect(await said('applyPlan', { planId, hash, rolbackOnFailure: false })).toMatchInlineSnapshot(`"MCP error -32602: Input validation error: Invalid arguments for tool applyPlan: Unrecognized key: "rolbackOnFailure""`)
  })
  it('shows nothing that steers a terminal', async () => {
    const { call, backend } = await connectAgent()
    backend.fault({ call: 'create', fault: 'error' })
    const { text } = await carryOut(call, { declaration: declared({ type: 'named', name: 'a\u001b[2Jb' }) })
    expect(text).toContain('a\\u{1B}[2Jb')
    expect(text).not.toContain('\u001b')
  })
  it('never shows a secret: one that is supplied at apply is used, one in the declaration is not kept', async () => {
    const { call, backend } = await connectAgent({ resolvers: { env: () => 'hunter2' } })
    backend.fault({ call: 'create', fault: 'error', object: 'b' })
    const planned = await call('plan', { declaration: declared({ type: 'named', name: 'a', secret: 'env:TOKEN' }, { type: 'named', name: 'b', secret: 'env:TOKEN', dependsOn: ['named/a'] }) })
    const { planId, hash } = planned.structured
    const replies = [planned, await call('applyPlan', { planId, hash, continueOnError: true }), await call('showPlan', { planId, verbose: true }), await call('showRun'), await call('showDrift')]
    expect(backend.objects()[0]?.fields['secret']).toBe('hunter2')
    const literal = await call('plan', { declaration: declared({ type: 'named', name: 'c', secret: 'hunter2' }) })
    const refused = await call('applyPlan', { planId: literal.structured['planId'], hash: literal.structured['hash'] })
    expect(refused.text).toMatch(/^✗ create named\/c: failed: .*a sensitive value is in no plan file/)
    expect(JSON.stringify([...replies, literal, refused])).not.toContain('hunter2')
  })
})
