import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { keepPlan, plan } from 'convergent'
import * as z from 'zod'
import { remarkDeletes } from './delete-bound.ts'
import { baseOf, type McpHost } from './host.ts'
import { readKeptPlan } from './kept-plan.ts'
import { planShape, tellPlan } from './plan-text.ts'
import { answer, ToolRefusal } from './tool-answer.ts'

/** `plan`, `showPlan`: what would change. They change nothing but the list of kept plans. */
export function registerPlanTools(server: McpServer, host: McpHost): void {
  server.registerTool(
    'plan',
    {
      title: 'Plan changes',
      description: `Works out what would change, keeps that plan and answers with its id, its hash and what it does. Changes nothing. Only what was planned can be applied.\n\nA declaration:\n${host.format}`,
      inputSchema: z.strictObject({
        declaration: z.string().optional().describe('What should exist, in the format above, whole. Not for destroy.'),
        mode: z.enum(['apply', 'sync', 'destroy']).default('apply').describe('apply: creates and updates, deletes nothing. sync: also deletes what this stack owns and the declaration does not name. destroy: deletes all that this stack owns.'),
      }),
      outputSchema: planShape,
      annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: true },
    },
    ({ declaration, mode }, { signal }) =>
      answer(async () => {
        const desired = mode === 'destroy' ? [] : host.parse(readDeclaration(declaration, mode))
        if (mode === 'destroy' && declaration !== undefined) throw new ToolRefusal('contradiction', 'destroy deletes all that the stack owns, whatever is declared; leave the declaration out. To delete some of it, use sync with a declaration of what shall stay')
        const made = await plan(desired, { ...baseOf(host), mode, signal, policies: [remarkDeletes(host), ...(host.policies ?? [])] })
        return tellPlan(host, await keepPlan(made, host))
      }),
  )
  server.registerTool(
    'showPlan',
    {
      title: 'Show a plan',
      description: 'Shows a plan that is kept: what it would do, and its hash.',
      inputSchema: z.strictObject({
        planId: z.string().describe('As plan or restoreCheckpoint answered it.'),
        verbose: z.boolean().default(false).describe('true: nothing is cut, and order and guarantees are shown.'),
      }),
      outputSchema: planShape,
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    ({ planId, verbose }) => answer(async () => {
        const kept = await readKeptPlan(host, planId)
        const run = (await host.store.runs(host.stack)).find(({ plan }) => plan === planId)
        return tellPlan(host, kept, { verbose, appliedBy: run?.id })
      }),
  )
}

function readDeclaration(declaration: string | undefined, mode: string): string {
  if (declaration === undefined) throw new ToolRefusal('contradiction', `${mode} needs a declaration of what should exist`)
  return declaration
}
