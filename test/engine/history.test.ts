import { describe, expect, it } from 'vitest'
import { apply } from '../../src/engine/apply.ts'
import { examineStack } from '../../src/engine/examination.ts'
import { listRuns, readJournal, showRun } from '../../src/engine/history.ts'
import { plan } from '../../src/engine/plan.ts'
import { resume } from '../../src/engine/resume.ts'
import { rollback } from '../../src/engine/rollback.ts'
import { declare } from '../../src/provider/declare.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

function setUp() {
  const backend = createFakeBackend({ strict: true })
  const options = { provider: backend.provider, store: memoryStore(), clock: manualClock({ auto: true }), mode: 'sync', holder: 'somebody' } as const
  const { named } = declare(backend.provider)
  return { backend, options, named }
}

describe('the history of a stack', () => {
  it('tells who, when, what plan, each attempt, each error and whether it was recoverable', async () => {
    const { backend, options, named } = setUp()
    const a = named('a', { name: 'a' })
    const changes = await plan([a, named('b', { name: 'b', ref: a.id }), named('c', { name: 'c' })], options)
    backend.fault({ call: 'create', fault: 'lost-reply', object: 'a' })
    backend.fault({ call: 'create', fault: 'retryable', object: 'b' })
    backend.fault({ call: 'create', fault: 'error', object: 'c' })
    const first = await apply(changes, { ...options, onFailure: 'continue' }).result
    const story = await showRun(first.runId, options)
    expect(story).toMatchObject({ id: first.runId, plan: changes.id, mode: 'sync', holder: 'somebody', outcome: 'partial', open: false, resumed: [] })
    expect(story.planHash).toMatch(/^[0-9a-f]{64}$/)
    const tell = ({ steps }: typeof story): unknown[] => steps.map(({ address, outcome, adopted, attempts }) => [address, outcome, adopted ?? false, attempts.map(({ error, recoverable }) => [error?.message ?? 'done', recoverable ?? false])]).sort()
    expect(tell(story)).toEqual([
      ['named/a', 'succeeded', true, [['scripted loss of the reply', true]]],
      ['named/b', 'succeeded', false, [['scripted overload', true], ['done', false]]],
      ['named/c', 'failed', false, [['scripted error', false]]],
    ])
    await resume(first.runId, { ...options, holder: 'somebody else' }).result
    const again = await showRun(undefined, options)
    expect(again).toMatchObject({ outcome: 'succeeded', resumed: [{ holder: 'somebody else' }] })
    expect(tell(again)[2]).toEqual(['named/c', 'succeeded', false, [['scripted error', false], ['done', false]]])
    await rollback(undefined, options).result
    expect((await listRuns(options)).map(({ mode, outcome, undoes }) => [mode, outcome, undoes])).toEqual([['sync', 'rolled-back', undefined], ['rollback', 'succeeded', first.runId]])
    expect((await readJournal(first.runId, options)).map(({ kind }) => kind)).toEqual(expect.arrayContaining(['run-started', 'started', 'attempted', 'succeeded', 'failed', 'run-ended', 'run-resumed']))
    await expect(showRun('nothing', options)).rejects.toMatchObject({ code: 'store', message: expect.stringContaining('stack default has no run nothing') as string })
  })
})

describe('an examination', () => {
  it('finds nothing where all is well', async () => {
    const { options, named } = setUp()
    await apply(await plan([named('a', { name: 'a' })], options), options).result
    expect(await examineStack(options)).toEqual([])
  })
  it('names what is open, held and damaged, each with the way out', async () => {
    const { backend, options, named } = setUp()
    backend.fault({ call: 'create', fault: 'hang' })
    const { runId } = await apply(await plan([named('a', { name: 'a' })], options), { ...options, timeoutMs: 10, abortGraceMs: 10 }).result
    await options.store.put('default', 'checkpoint', 'broken', '{"format":"convergent.checkpoint"}\nnonsense')
    await options.store.claim('default', 'a holder')
    const findings = await examineStack(options)
    expect(findings.map(({ level, subject }) => [level, subject])).toEqual([['held', 'the stack'], ['open', `run ${runId}`], ['damaged', 'checkpoint broken']])
    expect(findings[0]?.problem).toContain('a holder has it since')
    expect(findings[1]).toMatchObject({ problem: 'it is interrupted; whether these happened is unknown: create:named/a', remedy: `resume ${runId} to go on with its plan, roll it back, or abandon it` })
  })
})
