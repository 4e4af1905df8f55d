import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { detectDrift, listRuns, showRun, type RunSummary } from 'convergent'
import { renderDrift } from 'convergent/render'
import * as z from 'zod'
import { baseOf, placeOf, type McpHost } from './host.ts'
import { answer } from './tool-answer.ts'
import { tellStory, tellSummary } from './story-text.ts'

const summaryShape = {
  runId: z.string(),
  planId: z.string(),
  mode: z.string(),
  status: z.string().describe('running (also after a crash), paused, completed, failed or rolled-back'),
  outcome: z.string().optional(),
  open: z.boolean().describe('true: it has to be gone on with (resumeRun) before the next'),
  startedAt: z.string(),
  endedAt: z.string().optional(),
}

/** `showDrift`, `listRuns`, `showRun`: what is, and what was done. */
export function registerHistoryTools(server: McpServer, host: McpHost): void {
  server.registerTool(
    'showDrift',
    {
      title: 'Show drift',
      description: 'Compares all that was applied with what exists now, field by field. Changes nothing.',
      inputSchema: z.strictObject({}),
      outputSchema: { checked: z.number(), resources: z.array(z.object({ address: z.string(), id: z.string(), kind: z.enum(['changed', 'gone', 'unreadable']), fields: z.array(z.string()) })) },
      annotations: { readOnlyHint: true, openWorldHint: true },
    },
    (_, { signal }) =>
      answer(async () => {
        const drift = await detectDrift({ ...baseOf(host), signal })
        const resources = drift.resources.map(({ address, id, kind, changes }) => ({ address, id, kind, fields: changes.map(({ path }) => path.join('.')) }))
        return { text: renderDrift(drift), structured: { checked: drift.checked, resources } }
      }),
  )
  server.registerTool(
    'listRuns',
    {
      title: 'List runs',
      description: 'Lists what was applied, newest first.',
      inputSchema: z.strictObject({ limit: z.int().min(1).default(20).describe('At most so many.') }),
      outputSchema: { runs: z.array(z.object(summaryShape)) },
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    ({ limit }) =>
      answer(async () => {
        const runs = (await listRuns(placeOf(host))).toReversed().slice(0, limit)
        return { text: runs.map(tellSummary).join('\n') || 'No runs.', structured: { runs: runs.map(shapeSummary) } }
      }),
  )
  server.registerTool(
    'showRun',
    {
      title: 'Show a run',
      description: 'Tells one run step by step, with each error.',
      inputSchema: z.strictObject({ runId: z.string().optional().describe('Default: the last run.') }),
      outputSchema: { ...summaryShape, hash: z.string().describe('of the plan that it applied'), steps: z.array(z.object({ step: z.string(), outcome: z.string(), attempts: z.number() })) },
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    ({ runId }) =>
      answer(async () => {
        const story = await showRun(runId, placeOf(host))
        const steps = story.steps.map(({ step, outcome, attempts }) => ({ step, outcome, attempts: attempts.length }))
        return { text: tellStory(story), structured: { ...shapeSummary(story), hash: story.planHash, steps } }
      }),
  )
}

function shapeSummary({ id, plan, mode, status, outcome, open, startedAt, endedAt }: RunSummary): Readonly<Record<string, unknown>> {
  return { runId: id, planId: plan, mode, status, ...(outcome !== undefined && { outcome }), open, startedAt, ...(endedAt !== undefined && { endedAt }) }
}
