import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'

/**
 * Speaks with one client over the standard input and output. When the client is gone, or a signal asks for it, the calls are cancelled;
 * what is in flight ends and is recorded, and with that the process ends by itself. A second signal ends it at once.
 */
export async function serveStdio(server: McpServer): Promise<void> {
  const close = (): void => void server.close().catch(() => undefined)
  process.stdin.once('end', close)
  process.once('SIGINT', close)
  process.once('SIGTERM', close)
  // A client that died reads no more: that is no reason for a run to die with it.
  process.stdout.on('error', close)
  await server.connect(new StdioServerTransport())
}
