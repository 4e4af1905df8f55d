import { expect, it } from 'vitest'
import { callTool, connectAgent, declared, settle } from './conversation.ts'

const A = { type: 'named', name: 'a', text: 'first' }
const B = { type: 'named', name: 'b', text: 'second', dependsOn: ['named/a'] }
const C = { type: 'named', name: 'c', text: 'third' }

it('the whole way: plan, show, a wrong hash, apply, checkpoint, change, drift, restore, runs', async () => {
  const { call, backend } = await connectAgent()
  const names = (): readonly unknown[] => backend.objects().map(({ fields }) => `${String(fields['name'])} ${String(fields['text'])}`)

  const planned = await call('plan', { declaration: declared(A, B) })
  expect(settle(planned.text)).toMatchInlineSnapshot(`
    "Plan <id> for stack agents, mode apply, made <time>

      + named/a create
          + name: "a"
          + text: "first"

      + named/b create
          + name: "b"
          + text: "second"

    + create
    Plan: 2 to create; 0 unchanged.

    planId: <id>
    hash:   <hash>
    To apply exactly this: applyPlan with this planId and hash."
  `)
  expect(planned.structured).toMatchObject({ mode: 'apply', changes: 2, deletes: 0, needsConfirmation: false })
  const { planId, hash } = planned.structured
  expect((await call('showPlan', { planId })).text).toBe(planned.text)
  expect(backend.objects()).toEqual([])

  const wrong = await call('applyPlan', { planId, hash: '0'.repeat(64) })
  expect(wrong.isError).toBe(true)
  expect(settle(wrong.text)).toMatchInlineSnapshot(`"✗ wrong-hash: plan <id> does not have the hash "<hash>": it is not the plan that was reviewed. Nothing was changed. Look at it with showPlan, which says its hash, or plan again"`)
  const unknown = await call('applyPlan', { planId: '../state', hash })
  expect(settle(unknown.text)).toMatchInlineSnapshot(`"✗ unknown-plan: stack agents has no plan "../state"; it has <id>. Plan again: only the newest plans are kept"`)
  expect(backend.objects()).toEqual([])

  const applied = await call('applyPlan', { planId, hash })
  expect(settle(applied.text)).toMatchInlineSnapshot(`
    "✓ create named/a (id named-1)
    ✓ create named/b (id named-2)

    Done: 2 succeeded in <while>."
  `)
  expect(applied.isError).toBe(false)
  expect(applied.structured).toMatchObject({ planId, outcome: 'succeeded', success: true, open: false, counts: { succeeded: 2 } })
  expect(names()).toEqual(['a first', 'b second'])
  const twice = await call('applyPlan', { planId, hash })
  expect(settle(twice.text)).toMatchInlineSnapshot(`"✗ plan-refused: plan <id> was applied already, by run <id> at <time>; plan again"`)

  expect((await call('showPlan', { planId })).text).toMatch(/^It was applied already, by run .*$/m)

  const kept = await call('createCheckpoint', { description: 'the first two' })
  expect(settle(kept.text)).toMatchInlineSnapshot(`"Kept: <time>  <id>  2 resources: the first two"`)
  expect((await call('listCheckpoints')).structured['checkpoints']).toEqual([kept.structured])

  const changed = await call('plan', { declaration: declared({ ...A, text: 'changed' }, C), mode: 'sync' })
  expect(changed.structured).toMatchObject({ changes: 3, deletes: 1 })
  await call('applyPlan', { planId: changed.structured['planId'], hash: changed.structured['hash'] })
  expect(names()).toEqual(['a changed', 'c third'])

  backend.edit('named-3', { text: 'by hand' })
  const drift = await call('showDrift')
  expect(settle(drift.text)).toMatchInlineSnapshot(`
    "  ~ named/c (id named-3) was changed
          ~ text: "third" → "by hand"

    Drift: 1 changed; 2 recorded resources checked."
  `)
  expect(drift.structured).toEqual({ checked: 2, resources: [{ address: 'named/c', id: 'named-3', kind: 'changed', fields: ['text'] }] })

  const back = await call('restoreCheckpoint', { checkpointId: kept.structured['checkpointId'] })
  expect(settle(back.text)).toMatchInlineSnapshot(`
    "Plan <id> for stack agents, mode sync, made <time>

      ~ named/a (id named-1) update
          ~ text: "changed" → "first"

      + named/b create
          + name: "b"
          + text: "second"

      - named/c (id named-3) delete

    + create   ~ update   - delete
    Plan: 1 to create, 1 to update, 1 to delete; 0 unchanged.

    planId: <id>
    hash:   <hash>
    To apply exactly this: applyPlan with this planId and hash."
  `)
  expect(names()).toEqual(['a changed', 'c by hand'])
  await call('applyPlan', { planId: back.structured['planId'], hash: back.structured['hash'] })
  expect(names()).toEqual(['a first', 'b second'])

  const runs = await call('listRuns')
  expect(settle(runs.text)).toMatchInlineSnapshot(`
    "<time>  <id>  sync  succeeded, plan <id>
    <time>  <id>  sync  succeeded, plan <id>
    <time>  <id>  apply  succeeded, plan <id>"
  `)
  expect(runs.structured['runs']).toHaveLength(3)
  expect((await call('listRuns', { limit: 1 })).structured['runs']).toEqual((runs.structured['runs'] as unknown[]).slice(0, 1))
  const first = (runs.structured['runs'] as readonly { readonly runId: string }[]).at(-1)?.runId
  const story = await call('showRun', { runId: first })
  expect(settle(story.text)).toMatchInlineSnapshot(`
    "<time>  <id>  apply  succeeded, plan <id>
      hash <hash>, by fake for an agent (process <pid>)
      ✓ create:named/a (id named-1)
      ✓ create:named/b (id named-2)"
  `)
  // What was reviewed is what was applied: the journal has the hash that the agent gave.
  expect(story.structured).toMatchObject({ planId, hash })
})

it('progress grows with every note and ends at 100', async () => {
  const { client, call } = await connectAgent()
  const { planId, hash } = (await call('plan', { declaration: declared(A, B, C) })).structured
  const { progress } = await callTool(client, 'applyPlan', { planId, hash, parallelism: 1 })
  const steps = progress.map((each) => each.progress)
  expect(steps).toEqual([...steps].sort((a, b) => a - b))
  expect(new Set(steps).size).toBe(steps.length)
  expect(progress.map(({ progress: percent, total, message }) => `${percent}/${total} ${settle(message ?? '')}`)).toMatchInlineSnapshot(`
    [
      "0/100 run <id> started: 3 actions on stack agents",
      "16.67/100 named/a: creating…",
      "33.33/100 [1/3] named/a: created (id named-1) in <while>",
      "50/100 named/c: creating…",
      "66.67/100 [2/3] named/c: created (id named-2) in <while>",
      "83.33/100 named/b: creating…",
      "100/100 [3/3] named/b: created (id named-3) in <while>",
    ]
  `)
})

it('no tool tells a client that did not ask how far it is', async () => {
  const { client, call } = await connectAgent()
  const { planId, hash } = (await call('plan', { declaration: declared(A) })).structured
  const unasked: unknown[] = []
  client.onerror = (error) => void unasked.push(error)
  await client.callTool({ name: 'applyPlan', arguments: { planId, hash } })
  expect(unasked).toEqual([])
})
