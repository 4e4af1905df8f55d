import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { checkpoint, keepPlan, listCheckpoints, planRestore, type CheckpointInfo } from 'convergent'
import * as z from 'zod'
import { remarkDeletes } from './delete-bound.ts'
import { harmless } from './harmless.ts'
import { baseOf, placeOf, type McpHost } from './host.ts'
import { planShape, tellPlan } from './plan-text.ts'
import { answer } from './tool-answer.ts'

const checkpointShape = { checkpointId: z.string(), description: z.string(), createdAt: z.string(), resources: z.number() }

/** `createCheckpoint`, `listCheckpoints`, `restoreCheckpoint`. The way back to a checkpoint is a plan like any other: reviewed, and applied by `applyPlan`. */
export function registerCheckpointTools(server: McpServer, host: McpHost): void {
  server.registerTool(
    'createCheckpoint',
    {
      title: 'Create a checkpoint',
      description: 'Keeps a named copy of all that is recorded now, to which restoreCheckpoint leads back. Changes nothing else.',
      inputSchema: z.strictObject({ description: z.string().min(1).describe('What it is good for, in words.') }),
      outputSchema: checkpointShape,
      annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
    },
    ({ description }) =>
      answer(async () => {
        const made = await checkpoint(description, placeOf(host))
        return { text: `Kept: ${tellCheckpoint(made)}`, structured: shapeCheckpoint(made) }
      }),
  )
  server.registerTool(
    'listCheckpoints',
    {
      title: 'List checkpoints',
      description: 'Lists the checkpoints, newest first.',
      inputSchema: z.strictObject({}),
      outputSchema: { checkpoints: z.array(z.object(checkpointShape)) },
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    () =>
      answer(async () => {
        const kept = (await listCheckpoints(placeOf(host))).toReversed()
        return { text: kept.map(tellCheckpoint).join('\n') || 'No checkpoints.', structured: { checkpoints: kept.map(shapeCheckpoint) } }
      }),
  )
  server.registerTool(
    'restoreCheckpoint',
    {
      title: 'Plan the way back to a checkpoint',
      description: 'Plans from what exists now to exactly what a checkpoint has: what has changed since is changed back, what is missing is made again, what came later is deleted. Keeps that plan and answers like plan; applyPlan does it.',
      inputSchema: z.strictObject({ checkpointId: z.string().describe('As createCheckpoint or listCheckpoints answered it.') }),
      outputSchema: planShape,
      annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: true },
    },
    ({ checkpointId }, { signal }) =>
      answer(async () => {
        const made = await planRestore(checkpointId, { ...baseOf(host), signal, policies: [remarkDeletes(host), ...(host.policies ?? [])] })
        return tellPlan(host, await keepPlan(made, host))
      }),
  )
}

function tellCheckpoint({ id, createdAt, description, resources, run }: CheckpointInfo): string {
  return harmless(`${createdAt}  ${id}  ${resources} resource${resources === 1 ? '' : 's'}${run === undefined ? '' : `, by run ${run}`}: ${description}`)
}

function shapeCheckpoint({ id, description, createdAt, resources }: CheckpointInfo): Readonly<Record<string, unknown>> {
  return { checkpointId: id, description, createdAt, resources }
}
