import { Command } from 'commander'
import { readWholeNumber } from '../../parts/whole-number.ts'
import { startKonnect } from './start.ts'

const { port, token, pageSize, rate, latency, listLag } = new Command('konnect:server')
  .description('A local Konnect that keeps its objects in memory.')
  .option('--port <number>', 'port to listen on; 0 takes any that is free', readWholeNumber, 8787)
  .option('--token <token>', 'the token that requests must bring', 'local')
  .option('--page-size <number>', 'most objects on a page, whatever is asked for', readWholeNumber, 10)
  .option('--rate <number>', 'most requests a second', readWholeNumber)
  .option('--latency <ms>', 'time that each request takes at least', readWholeNumber, 0)
  .option('--list-lag <ms>', 'time that new objects stay out of lists', readWholeNumber, 0)
  .parse()
  .opts<{ port: number; token: string; pageSize: number; rate?: number; latency: number; listLag: number }>()

try {
  const server = await startKonnect({ port, token, pageSize, latencyMs: latency, listLagMs: listLag, ...(rate !== undefined && { rate: { perSecond: rate } }) })
  console.log(`KONNECT_URL=${server.url} KONNECT_TOKEN=${token}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close())
} catch (error) {
  console.error(`konnect:server: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
