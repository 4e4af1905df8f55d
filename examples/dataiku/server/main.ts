import { Command, InvalidArgumentError } from 'commander'
import { readWholeNumber } from '../../parts/whole-number.ts'
import { startDataiku } from './start.ts'

const addConnection = (text: string, connections: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => {
  const [, name, type] = /^([^=]+)=(.+)$/.exec(text) ?? []
  if (name === undefined || type === undefined) throw new InvalidArgumentError('expected {name}={type}')
  return { ...connections, [name]: type }
}
const { port, file, apiKey, futureMs, connection } = new Command('dataiku:server')
  .description('A local Dataiku DSS.')
  .option('--port <number>', 'port to listen on; 0 takes any that is free', readWholeNumber, 8790)
  .option('--file <path>', 'keeps everything but futures in this file, for a server that is started anew; default: in memory')
  .option('--api-key <key>', 'the key that may do everything', 'local')
  .option('--future-ms <ms>', 'how long a deletion takes', readWholeNumber, 200)
  .option('--connection <name=type>', 'a connection for managed datasets; may be given more than once', addConnection)
  .parse()
  .opts<{ port: number; file?: string; apiKey: string; futureMs: number; connection?: Readonly<Record<string, string>> }>()

try {
  const server = await startDataiku({ port, apiKey, futureMs, ...(file !== undefined && { file }), ...(connection !== undefined && { connections: connection }) })
  console.log(`DATAIKU_DSS_URL=${server.url} DATAIKU_API_KEY=${apiKey}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close())
} catch (error) {
  console.error(`dataiku:server: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
