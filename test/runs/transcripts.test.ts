import { describe, expect, it } from 'vitest'
import type { Resource } from '../../src/core/resource.ts'
import { apply } from '../../src/engine/apply.ts'
import type { ApplyOptions, PlanOptions } from '../../src/engine/options.ts'
import { plan } from '../../src/engine/plan.ts'
import { declare } from '../../src/provider/declare.ts'
import { renderEvent } from '../../src/render/event-text.ts'
import { renderPlan } from '../../src/render/plan-text.ts'
import { renderRun } from '../../src/render/run-text.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

/** Tells whole runs as text: plan, events, report, and what the backend was asked. */
function setUp() {
  const clock = manualClock({ auto: true })
  const backend = createFakeBackend({ strict: true })
  const options = { provider: backend.provider, store: memoryStore(), clock, mode: 'sync' } as const
  const story: string[] = []
  return {
    backend,
    kinds: declare(backend.provider),
    story: () => `${story.join('\n')}\n`,
    run: async (title: string, desired: readonly Resource[], more: Partial<PlanOptions & ApplyOptions> = {}) => {
      const before = backend.calls.length
      const changes = await plan(desired, { ...options, ...more })
      story.push(`# ${title}`, '', renderPlan(changes))
      const run = apply(changes, { ...options, concurrency: 1, ...more })
      for await (const event of run) {
        const line = renderEvent(event)
        if (line !== undefined) story.push(line)
      }
      story.push(renderRun(await run), `asked: ${backend.calls.slice(before).map(({ call, id, name }) => `${call} ${id ?? name ?? ''}`.trim()).join(', ')}`, '')
    },
  }
}

describe('the whole story of a run', () => {
  it('a diamond with a failing middle, and the run after it', async () => {
    const { kinds, backend, run, story } = setUp()
    const top = kinds.named('top', { name: 'top' })
    const [left, right] = ['left', 'right'].map((name) => kinds.named(name, { name, refs: [top.id] }))
    const bottom = kinds.named('bottom', { name: 'bottom', refs: [left?.id as never, right?.id as never] })
    backend.fault({ call: 'create', object: 'left', fault: 'error' })
    const diamond = [top, left, right, bottom] as Resource[]
    await run('the left one fails', diamond, { onFailure: 'continue' })
    await run('the rest', diamond)
    await expect(story()).toMatchFileSnapshot('golden/diamond.txt')
  })
  it('a reply that is lost, and an overload', async () => {
    const { kinds, backend, run, story } = setUp()
    backend.fault({ call: 'create', object: 'a', fault: 'lost-reply' })
    backend.fault({ call: 'create', object: 'b', fault: 'retryable', times: 2 })
    await run('both are made once', [kinds.named('a', { name: 'a' }), kinds.named('b', { name: 'b' })])
    await expect(story()).toMatchFileSnapshot('golden/lost-reply.txt')
  })
  it('protection: blocked, lifted, changed, deleted', async () => {
    const { kinds, run, story } = setUp()
    const marked = (size: number, isProtected: boolean) => kinds.marked('m', { name: 'm', size, protected: isProtected ? true : null }, { protected: isProtected })
    await run('made, and protected', [marked(1, true)])
    await run('a change is blocked', [marked(2, true)])
    await run('the lift alone', [marked(2, false)])
    await run('the change', [marked(2, false)])
    await run('the end', [], { allowEmpty: true })
    await expect(story()).toMatchFileSnapshot('golden/protection.txt')
  })
  it('a replace that creates first, whose delete fails, and the cleaning up', async () => {
    const { kinds, backend, run, story } = setUp()
    const versioned = (kind: string) => [kinds.versioned('v', { name: 'v', kind }), kinds.versioned('user', { name: 'user', kind: 'x', ref: kinds.versioned('v', { name: 'v', kind }).id })]
    await run('made', versioned('x'))
    backend.fault({ call: 'delete', fault: 'error' })
    await run('the old one stays behind', versioned('y'))
    await run('the old one goes', versioned('y'))
    await expect(story()).toMatchFileSnapshot('golden/replace.txt')
  })
  it('secrets, unknown values and a rename', async () => {
    const { kinds, run, story } = setUp()
    const base = kinds.named('base', { name: 'base', text: 'line one\nline two\nline three' })
    await run('made', [base, kinds.named('user', { name: 'user', size: base.output('serial'), secret: 'hush' })])
    const renamed = kinds.named('renamed', { name: 'base', text: 'line one\nline 2\nline three' })
    await run('renamed and edited', [renamed, kinds.named('user', { name: 'user', size: renamed.output('serial'), secret: 'hush hush' })])
    await expect(story()).toMatchFileSnapshot('golden/secrets.txt')
  })
})
