import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/core/plan.ts'
import { apply } from '../../src/engine/apply.ts'
import { CHOICES } from '../../src/engine/decision.ts'
import { showRun } from '../../src/engine/history.ts'
import { planOperations } from '../../src/engine/operation/plan-operations.ts'
import type { ApplyOptions } from '../../src/engine/options.ts'
import { resume } from '../../src/engine/resume.ts'
import { rollback } from '../../src/engine/rollback.ts'
import type { Run } from '../../src/engine/run.ts'
import { renderEvent } from '../../src/render/event-text.ts'
import { renderRunStory } from '../../src/render/history-text.ts'
import { renderPlan } from '../../src/render/plan-text.ts'
import { renderRun } from '../../src/render/run-text.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { normalise } from '../cli/normalise.ts'
import { createDeployment, type DeployPhase } from './deployment.ts'

/** Tells deployments as text: events, report, the run's story, and the files that there are. */
function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'convergent-deploy-'))
  const deployment = createDeployment(folder)
  const options = { provider: deployment.provider, store: memoryStore(), clock: manualClock({ auto: true }), hooks: deployment.hooks, concurrency: 2, retry: { attempts: 1 }, holder: 'somebody' } as const
  const story: string[] = []
  const follow = async (title: string, run: Run): Promise<void> => {
    story.push(`## ${title}`, '')
    for await (const event of run) {
      const line = renderEvent(event)
      if (line !== undefined) story.push(line)
    }
    const result = await run
    story.push('', renderRun(result), '', renderRunStory(await showRun(result.runId, options)), '', `There is: ${deployment.files().join(', ') || 'nothing'}.`, '')
  }
  return {
    ...deployment,
    options,
    note: (...lines: readonly string[]) => void story.push(...lines),
    plan: (): Promise<Plan> => planOperations(deployment.phases, { ...options, operation: 'deploy' }),
    apply: async (title: string, more: Partial<ApplyOptions> = {}) => follow(title, apply(await planOperations(deployment.phases, { ...options, operation: 'deploy' }), { ...options, ...more })),
    resume: (title: string, more: Partial<ApplyOptions> = {}) => follow(title, resume(undefined, { ...options, ...more })),
    rollback: (title: string) => follow(title, rollback(undefined, options)),
    story: () => normalise(story.join('\n'), folder),
  }
}

describe('a deployment', () => {
  it('that goes well, is run again, and is taken back', async () => {
    const { apply, rollback, plan, note, story } = setUp()
    note(renderPlan(await plan()), '')
    await apply('all goes well')
    await apply('the release is there already')
    await rollback('the second run is taken back')
    await expect(story()).toMatchFileSnapshot('golden/deploy.txt')
  })
  it.each(['prepare', 'deploy', 'verify'] as const)('that fails in phase %s, with each decision of a function', async (phase: DeployPhase) => {
    const stories: string[] = []
    for (const choice of CHOICES) {
      const { apply, resume, failNext, story } = setUp()
      failNext(phase, 1)
      await apply(`${choice} in phase ${phase}`, { decide: () => choice })
      if (choice === 'abort' || choice === 'pause') await resume('and gone on with')
      stories.push(story())
    }
    await expect(stories.join('\n')).toMatchFileSnapshot(`golden/deploy-fails-in-${phase}.txt`)
  })
  it.each(CHOICES)('whose check says no, and %s is the answer', async (choice) => {
    const { apply, resume, denyNext, story } = setUp()
    denyNext(1)
    await apply(`${choice} after a check`, { decide: ({ kind, checks = [] }) => ({ choice, by: `a function that saw ${kind}, ${checks.length} check` }) })
    if (choice === 'pause') await resume('and gone on with')
    await expect(story()).toMatchFileSnapshot(`golden/deploy-check-${choice}.txt`)
  })
})
