import { Command, InvalidArgumentError } from 'commander'
import { startKonnect } from './start.ts'

const number = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number')
  return Number(text)
}
const { port, token, pageSize } = new Command('konnect:server')
  .description('A local Konnect that keeps its objects in memory.')
  .option('--port <number>', 'port to listen on; 0 takes any that is free', number, 8787)
  .option('--token <token>', 'the token that requests must bring', 'local')
  .option('--page-size <number>', 'most objects on a page, whatever is asked for', number, 10)
  .parse()
  .opts<{ port: number; token: string; pageSize: number }>()

try {
  const server = await startKonnect({ port, token, pageSize })
  console.log(`KONNECT_URL=${server.url} KONNECT_TOKEN=${token}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close())
} catch (error) {
  console.error(`konnect:server: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
