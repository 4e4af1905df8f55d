import { Reference } from '../core/value.ts'
import type { Entry } from '../core/entry.ts'
import { reopen, SkippedCase, type CaseBody } from './store-case.ts'
import { expectAlike } from './store-expect.ts'
import { readEntries, sampleEnd, sampleStart, sampleStep } from './store-sample.ts'
import { ODD_NAMES } from './store-state-cases.ts'

const steps = (count: number, prefix = ''): readonly Entry[] => Array.from({ length: count }, (_none, index) => sampleStep(`${prefix}${index}`))

/** Cases about journals and runs. */
export const journalCases: Readonly<Record<string, CaseBody>> = {
  'journal: an unknown run has no entries': async ({ store }) => {
    expectAlike(await readEntries(store, 's', 'nobody'), [], 'entries of an unknown run')
    expectAlike(await store.runs('s'), [], 'runs of a new stack')
  },
  'journal: entries come back as they were, in order': async ({ store }) => {
    const lease = await store.claim('s', 'me')
    const recorded = {
      address: 'api/a',
      id: '1',
      inputs: { portal: new Reference('portal/p'), text: '\u2028\r\n"😀' },
      outputs: { looks: { $convergent: 'unknown' } },
      dependsOn: [],
    } as const
    const entries: readonly Entry[] = [
      sampleStart('r', lease),
      { at: '2026-01-01T00:00:01.000Z', kind: 'started', step: 'update:api/a', attempt: 1, idempotencyKey: 'k', before: { id: '1', outputs: { ref: { $convergent: 'reference' } } } },
      { at: '2026-01-01T00:00:02.000Z', kind: 'succeeded', step: 'update:api/a', change: { put: recorded } },
      { at: '2026-01-01T00:00:03.000Z', kind: 'failed', step: 'delete:api/b', error: { code: 'provider', message: 'no', kind: 'fatal', status: 400 } },
      sampleEnd(),
    ]
    for (const entry of entries) await store.append(lease, 'r', [entry])
    expectAlike(await readEntries(store, 's', 'r'), entries, 'journal')
  },
  'journal: appends at once keep their order': async ({ store }) => {
    const lease = await store.claim('s', 'me')
    const entries = steps(200)
    await Promise.all(entries.map((entry) => store.append(lease, 'r', [entry])))
    expectAlike(await readEntries(store, 's', 'r'), entries, 'journal')
  },
  'journal: a large batch is kept whole': async ({ store }) => {
    const lease = await store.claim('s', 'me')
    const entries = steps(5_000, 'x'.repeat(50))
    await store.append(lease, 'r', entries)
    await store.append(lease, 'r', [])
    expectAlike((await readEntries(store, 's', 'r')).length, 5_000, 'number of entries')
    expectAlike(await readEntries(store, 's', 'r'), entries, 'journal')
  },
  'journal: entries are copies': async ({ store }) => {
    const lease = await store.claim('s', 'me')
    const entry = sampleStep('1') as { step: string } & Entry
    await store.append(lease, 'r', [entry])
    entry.step = 'spoiled'
    // A frozen one refuses, which is as good as a copy.
    for (const read of await readEntries(store, 's', 'r')) Reflect.set(read, 'step', 'spoiled')
    expectAlike(await readEntries(store, 's', 'r'), [sampleStep('1')], 'journal')
  },
  'journal: runs and stacks are kept apart, whatever their names': async ({ store }) => {
    const lease = await store.claim('s', 'me')
    const other = await store.claim('other', 'me')
    for (const name of ODD_NAMES) {
      await store.append(lease, name, [sampleStep(`s ${name}`)])
      await store.append(other, name, [sampleStep(`other ${name}`)])
    }
    for (const name of ODD_NAMES) expectAlike(await readEntries(store, 's', name), [sampleStep(`s ${name}`)], `journal of run ${name.slice(0, 20)}`)
    expectAlike((await store.runs('other')).map(({ id }) => id).sort(), [...ODD_NAMES].sort(), 'runs')
  },
  'journal: runs are listed oldest first, with what they say of themselves': async ({ store }) => {
    const lease = await store.claim('s', 'me')
    const at = (second: number): string => `2026-01-01T00:00:0${second}.000Z`
    await store.append(lease, 'z', [sampleStart('z', lease, at(1)), sampleEnd()])
    await store.append(lease, 'm', [sampleStart('m', lease, at(2)), sampleStep('1')])
    await store.append(lease, 'a', [sampleStart('a', lease, at(3)), sampleEnd(true)])
    const run = (id: string, second: number, ended: boolean) => ({ id, stack: 's', plan: `plan-of-${id}`, startedAt: at(second), ended })
    expectAlike(await store.runs('s'), [run('z', 1, true), run('m', 2, false), run('a', 3, false)], 'runs')
    await store.append(lease, 'a', [sampleEnd()])
    expectAlike((await store.runs('s'))[2], run('a', 3, true), 'run that was closed later')
  },
  'journal: a run goes on under a later fence': async ({ store }) => {
    const first = await store.claim('s', 'first')
    await store.append(first, 'r', [sampleStart('r', first), sampleStep('1')])
    await store.release(first)
    const second = await store.claim('s', 'second')
    await store.append(second, 'r', [sampleStep('2')])
    await store.append(second, 'r', [sampleEnd()])
    expectAlike(await readEntries(store, 's', 'r'), [sampleStart('r', first), sampleStep('1'), sampleStep('2'), sampleEnd()], 'journal')
    expectAlike((await store.runs('s')).map(({ id, ended }) => ({ id, ended })), [{ id: 'r', ended: true }], 'runs')
  },
  'journal: a resolved append survives': async (opened) => {
    const lease = await opened.store.claim('s', 'me')
    await opened.store.append(lease, 'r', [sampleStart('r', lease), sampleStep('1')])
    await opened.store.append(lease, 'r', [sampleStep('2')])
    const again = await reopen(opened, 'durable')
    expectAlike(await readEntries(again, 's', 'r'), [sampleStart('r', lease), sampleStep('1'), sampleStep('2')], 'journal after reopening')
    expectAlike((await again.runs('s')).map(({ ended }) => ended), [false], 'runs after reopening')
  },
  'prune: old ended runs go, the newest and the open ones stay': async ({ store }) => {
    if (store.prune === undefined) throw new SkippedCase('the store prunes nothing')
    const lease = await store.claim('s', 'me')
    for (const [index, id] of ['open', 'old', 'mid', 'new'].entries()) {
      const start = sampleStart(id, lease, `2026-01-01T00:00:0${index}.000Z`)
      await store.append(lease, id, id === 'open' ? [start] : [start, sampleEnd()])
    }
    await store.prune('s', { runs: 1, plans: 10 })
    expectAlike((await store.runs('s')).map(({ id }) => id), ['open', 'new'], 'runs after pruning')
    expectAlike(await readEntries(store, 's', 'old'), [], 'entries of a pruned run')
  },
  'prune: old plans go, what an open run needs stays': async ({ store }) => {
    if (store.prune === undefined) throw new SkippedCase('the store prunes nothing')
    const lease = await store.claim('s', 'me')
    for (const id of ['needed', 'old', 'new']) await store.put('s', 'plan', id, id)
    await store.put('s', 'checkpoint', 'kept', 'kept')
    await store.append(lease, 'open', [sampleStart('open', lease, undefined, 'needed')])
    await store.prune('s', { runs: 0, plans: 1 })
    expectAlike(await store.list('s', 'plan'), ['needed', 'new'], 'plans after pruning')
    expectAlike(await store.list('s', 'checkpoint'), ['kept'], 'checkpoints after pruning')
  },
  'prune: what a pruned run printed goes with it, and nothing else': async ({ store }) => {
    if (store.prune === undefined) throw new SkippedCase('the store prunes nothing')
    const lease = await store.claim('s', 'me')
    const other = await store.claim('other', 'me')
    for (const [index, id] of ['old', 'mid 1', 'old 1', 'old-1', 'OLD', 'new'].entries()) {
      await store.append(lease, id, [sampleStart(id, lease, `2026-01-01T00:00:0${index}.000Z`), sampleEnd()])
      for (const output of ['run:a/b 1', 'hook tell 1']) await store.put('s', 'output', `${id} ${output}`, id)
    }
    await store.append(lease, 'open', [sampleStart('open', lease)])
    await store.put('s', 'output', 'open run:a/b 1', 'open')
    await store.put('s', 'plan', 'old run:a/b 1', 'a plan')
    await store.put('other', 'output', 'old run:a/b 1', 'of another stack')
    await store.prune('s', { runs: 4, plans: 10 })
    const left = ['old 1', 'old-1', 'OLD', 'new'].flatMap((id) => [`${id} run:a/b 1`, `${id} hook tell 1`])
    expectAlike([...(await store.list('s', 'output'))].sort(), [...left, 'open run:a/b 1'].sort(), 'outputs after pruning')
    expectAlike([await store.list('s', 'plan'), await store.list('other', 'output')], [['old run:a/b 1'], ['old run:a/b 1']], 'other documents after pruning')
    await store.release(other)
    await store.prune('s', { runs: 0, plans: 10 })
    expectAlike(await store.list('s', 'output'), ['open run:a/b 1'], 'outputs after pruning all ended runs')
  },
}
