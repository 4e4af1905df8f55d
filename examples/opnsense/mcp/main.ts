import { opnsenseHost } from './opnsense-host.ts'
import { serveStdio } from './serve.ts'
import { createMcpServer } from './server.ts'

try {
  await serveStdio(createMcpServer(opnsenseHost(process.env, process.argv.slice(2))))
} catch (error) {
  // The standard output is the protocol's.
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
}
