import type { Plan } from '../../src/core/plan.ts'
import type { Resource } from '../../src/core/resource.ts'
import { abandon } from '../../src/engine/abandon.ts'
import { apply } from '../../src/engine/apply.ts'
import { checkpoint, planRestore, restore } from '../../src/engine/checkpoint.ts'
import type { ApplyOptions, PlanOptions } from '../../src/engine/options.ts'
import { plan } from '../../src/engine/plan.ts'
import { resume } from '../../src/engine/resume.ts'
import { planRollback, rollback, type RollbackOptions } from '../../src/engine/rollback.ts'
import type { Run } from '../../src/engine/run.ts'
import { declare } from '../../src/provider/declare.ts'
import { renderEvent } from '../../src/render/event-text.ts'
import { renderPlan } from '../../src/render/plan-text.ts'
import { renderRun } from '../../src/render/run-text.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import type { FakeBackendOptions } from '../../src/testing/fake-core.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

/** Tells whole runs as text: plan, events, report, and what the backend was asked. `onEvent`: does something in the middle. */
export function setUpStory(more: FakeBackendOptions = {}) {
  const clock = manualClock({ auto: true })
  const backend = createFakeBackend({ strict: true, ...(more.latencyMs !== undefined && { clock }), ...more })
  const options = { provider: backend.provider, store: memoryStore(), clock, mode: 'sync' } as const
  const story: string[] = []
  const follow = async (run: Run, onEvent?: (line: string, run: Run) => void): Promise<void> => {
    const before = backend.calls.length
    try {
      for await (const event of run) {
        const line = renderEvent(event)
        if (line === undefined) continue
        story.push(line)
        onEvent?.(line, run)
      }
      story.push(renderRun(await run))
    } catch (error) {
      story.push(`rejects: ${(error as Error).message}`)
    }
    story.push(`asked: ${backend.calls.slice(before).map(({ call, id, name }) => `${call} ${id ?? name ?? ''}`.trim()).join(', ')}`, '')
  }
  return {
    backend,
    clock,
    options,
    kinds: declare(backend.provider),
    /** Everything so far; ends with what there is. */
    story: () => `${story.join('\n').replaceAll(/since \d{4}-[\dT:.-]+Z/g, 'since (then)')}\nThere is: ${backend.objects().map(({ id, fields }) => `${id} ${String(fields['name'])}`).join(', ') || 'nothing'}.\n`,
    note: (line: string) => void story.push(line, ''),
    plan: (desired: readonly Resource[], how: Partial<PlanOptions> = {}) => plan(desired, { ...options, ...how }),
    apply: async (title: string, changes: Plan, how: Partial<ApplyOptions> = {}, onEvent?: (line: string, run: Run) => void) => {
      story.push(`# ${title}`, '', renderPlan(changes))
      await follow(apply(changes, { ...options, concurrency: 1, ...how }), onEvent)
    },
    run: async (title: string, desired: readonly Resource[], how: Partial<PlanOptions & ApplyOptions> = {}, onEvent?: (line: string, run: Run) => void) => {
      const changes = await plan(desired, { ...options, ...how })
      story.push(`# ${title}`, '', renderPlan(changes))
      await follow(apply(changes, { ...options, concurrency: 1, ...how }), onEvent)
    },
    resume: async (title: string, how: Partial<ApplyOptions> = {}, onEvent?: (line: string, run: Run) => void) => {
      story.push(`# ${title}`, '')
      await follow(resume(undefined, { ...options, concurrency: 1, ...how }), onEvent)
    },
    rollback: async (title: string, how: Partial<RollbackOptions> = {}, onEvent?: (line: string, run: Run) => void) => {
      story.push(`# ${title}`, '', renderPlan(await planRollback(undefined, { ...options, ...how })))
      await follow(rollback(undefined, { ...options, concurrency: 1, ...how }), onEvent)
    },
    restore: async (title: string, id: string) => {
      story.push(`# ${title}`, '', renderPlan(await planRestore(id, options)))
      await follow(restore(id, { ...options, concurrency: 1 }))
    },
    checkpoint: async (description: string) => (await checkpoint(description, options)).id,
    abandon: async (title: string) => {
      const { settled } = await abandon(undefined, options)
      story.push(`# ${title}`, '', ...settled.map(({ address, outcome, message }) => `${address}: ${outcome}: ${message}`), '')
    },
  }
}
