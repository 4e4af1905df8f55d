import { Command, InvalidArgumentError } from 'commander'
import { readWholeNumber } from '../../parts/whole-number.ts'
import { startDirector } from './start.ts'

const addNode = (text: string, nodes: readonly string[] = []): readonly string[] => {
  if (!/^[^/]+\/[^/]+$/.test(text)) throw new InvalidArgumentError('expected {pool}/{logpoint}')
  return [...nodes, text]
}
const { port, file, token, secret, lagMs, orderMs, tokenTtlMs, node } = new Command('director:server')
  .description('A local LogPoint Director.')
  .option('--port <number>', 'port to listen on; 0 takes any that is free', readWholeNumber, 8789)
  .option('--file <path>', 'keeps everything in this file, for a server that is started anew; default: in memory')
  .option('--token <token>', 'the first token', 'local')
  .option('--secret <secret>', 'the secret key that refreshes it', 'local-secret')
  .option('--order-ms <ms>', 'how long an order takes', readWholeNumber, 200)
  .option('--lag-ms <ms>', 'how long reads do not show what an order has done', readWholeNumber, 300)
  .option('--token-ttl-ms <ms>', 'how long a token is valid', readWholeNumber, 8 * 3_600_000)
  .option('--node <pool/logpoint>', 'a LogPoint; may be given more than once', addNode)
  .parse()
  .opts<{ port: number; file?: string; token: string; secret: string; lagMs: number; orderMs: number; tokenTtlMs: number; node?: readonly string[] }>()

try {
  const server = await startDirector({ port, token, secret, lagMs, orderMs, tokenTtlMs, ...(file !== undefined && { file }), ...(node !== undefined && { nodes: node }) })
  const valid = server.credentials()
  console.log(`DIRECTOR_URL=${server.url} DIRECTOR_TOKEN=${valid.token} DIRECTOR_SECRET=${valid.secret}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close())
} catch (error) {
  console.error(`director:server: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
