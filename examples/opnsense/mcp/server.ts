import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { registerCheckpointTools } from './checkpoint-tools.ts'
import { registerHistoryTools } from './history-tools.ts'
import type { McpHost } from './host.ts'
import { registerPlanTools } from './plan-tools.ts'
import { registerRunTools } from './run-tools.ts'

/**
 * The tools by which an agent changes a host safely. Tools and arguments are called in camelCase: so are the arguments of the
 * capabilities that they meet (`planId`, `rollbackOnFailure`), and all that the library says of plans and runs in JSON.
 */
export function createMcpServer(host: McpHost): McpServer {
  const server = new McpServer({ name: host.name, version: host.version }, { instructions: instructionsFor(host) })
  registerPlanTools(server, host)
  registerRunTools(server, host)
  registerCheckpointTools(server, host)
  registerHistoryTools(server, host)
  return server
}

function instructionsFor({ name, stack, maxDeletes }: McpHost): string {
  return [
    `Changes ${name}, stack ${stack}. Nothing is changed but by a plan: call plan, show what it says to the person, then applyPlan with its planId and hash.`,
    `More than ${maxDeletes} deletes need confirmDeletes; ask the person before.`,
    'Before a risky change, createCheckpoint. To go back, restoreCheckpoint plans it, and applyPlan does it.',
    'After a crash or a cancelled call, listRuns shows an open run, and resumeRun goes on with it.',
  ].join('\n')
}
