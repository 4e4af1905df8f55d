import { Command } from 'commander'
import { readWholeNumber } from '../../parts/whole-number.ts'
import { startFirewall } from './start.ts'

const { port, key, secret, latency, readyAfter } = new Command('opnsense:server')
  .description('A local firewall that keeps its configuration in memory.')
  .option('--port <number>', 'port to listen on; 0 takes any that is free', readWholeNumber, 8788)
  .option('--key <key>', 'the key that requests must bring', 'local')
  .option('--secret <secret>', 'the secret that belongs to it', 'local')
  .option('--latency <ms>', 'time between the read and the save of a write; what another one saves meanwhile is lost', readWholeNumber, 2)
  .option('--ready-after <ms>', 'time from an apply or reconfigure until it has an effect', readWholeNumber, 0)
  .parse()
  .opts<{ port: number; key: string; secret: string; latency: number; readyAfter: number }>()

try {
  const server = await startFirewall({ port, key, secret, latencyMs: latency, readiness: { afterMs: readyAfter } })
  console.log(`OPNSENSE_URL=${server.url} OPNSENSE_KEY=${key} OPNSENSE_SECRET=${secret}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close())
} catch (error) {
  console.error(`opnsense:server: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
