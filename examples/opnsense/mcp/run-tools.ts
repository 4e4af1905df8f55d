import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { apply, listRuns, resume, type ResumeOptions, type Run } from 'convergent'
import * as z from 'zod'
import { refuseDeletes } from './delete-bound.ts'
import { followRun, type ToolCall } from './follow-run.ts'
import { baseOf, placeOf, type McpHost } from './host.ts'
import { readKeptPlan, readReviewedPlan } from './kept-plan.ts'
import { tellResult } from './result-text.ts'
import { runShape, shapeRun } from './run-shape.ts'
import { answer, ToolRefusal, type Answer } from './tool-answer.ts'

/** How a run is done: the same for a new one and for one that is gone on with. */
const runArguments = {
  rollbackOnFailure: z.boolean().optional().meta({ default: true }).describe('When an action fails: takes back what had been done. Default: true, but false where continueOnError is true.'),
  parallelism: z.int().min(1).max(100).default(5).describe('Actions under way at once; the backend may allow fewer.'),
  continueOnError: z.boolean().default(false).describe('When an action fails: goes on with all that does not depend on it, and takes nothing back.'),
  confirmDeletes: z.int().min(0).optional().describe('The exact number of objects that the plan deletes. Needed where the plan says so; ask the person first.'),
}

interface RunArguments {
  readonly rollbackOnFailure?: boolean | undefined
  readonly parallelism: number
  readonly continueOnError: boolean
}

/** `applyPlan`, `resumeRun`: the only tools that change the backend, and they do what a plan says that was kept before. */
export function registerRunTools(server: McpServer, host: McpHost): void {
  server.registerTool(
    'applyPlan',
    {
      title: 'Apply a plan',
      description: 'Applies exactly a plan that was planned and shown before, by its id and hash. What has moved since then is refused. Reports progress; cancelling the call stops the run after what is in flight.',
      inputSchema: z.strictObject({ planId: z.string().describe('As plan or restoreCheckpoint answered it.'), hash: z.string().describe('The hash of the plan that was reviewed.'), ...runArguments }),
      outputSchema: runShape,
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    },
    ({ planId, hash, confirmDeletes, ...how }, call) =>
      answer(async () => {
        const options = optionsOf(host, how)
        const plan = await readReviewedPlan(host, planId, hash)
        refuseDeletes(host, plan, confirmDeletes)
        return tellRun(apply(plan, options), call)
      }),
  )
  server.registerTool(
    'resumeRun',
    {
      title: 'Go on with a run',
      description: 'Goes on with a run that crashed, was cancelled or failed: the same plan, from where it stopped. What was begun and has no outcome is looked up first, so nothing is done twice.',
      inputSchema: z.strictObject({ runId: z.string().optional().describe('Default: the last run.'), ...runArguments }),
      outputSchema: runShape,
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    },
    ({ runId, confirmDeletes, ...how }, call) =>
      answer(async () => {
        const options = optionsOf(host, how)
        await refuseDeletesOfRun(host, runId, confirmDeletes)
        return tellRun(resume(runId, options), call)
      }),
  )
}

/** Both at once cannot be had, and what is asked for in so many words goes before a default. Throws `contradiction`. */
function optionsOf(host: McpHost, { rollbackOnFailure, parallelism, continueOnError }: RunArguments): ResumeOptions {
  if (rollbackOnFailure === true && continueOnError) throw new ToolRefusal('contradiction', 'rollbackOnFailure takes back what was done when an action fails, and continueOnError goes on: choose one of them. Nothing was changed')
  return {
    ...baseOf(host),
    onFailure: continueOnError ? 'continue' : rollbackOnFailure === false ? 'stop' : 'rollback',
    concurrency: parallelism,
    holder: `${host.name} for an agent (process ${process.pid})`,
  }
}

/** What somebody else began may delete more than an agent may. A run that is not there, or whose plan is not, is `resume`'s to refuse. */
async function refuseDeletesOfRun(host: McpHost, runId: string | undefined, confirmed: number | undefined): Promise<void> {
  const runs = await listRuns(placeOf(host))
  const run = runId === undefined ? runs.at(-1) : runs.find(({ id }) => id === runId)
  if (run === undefined || !(await host.store.list(host.stack, 'plan')).includes(run.plan)) return
  refuseDeletes(host, (await readKeptPlan(host, run.plan)).plan, confirmed)
}

async function tellRun(run: Run, call: ToolCall): Promise<Answer> {
  const result = await followRun(run, call)
  return { text: tellResult(result), structured: shapeRun(result), failed: !result.success }
}
