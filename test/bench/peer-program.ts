import { alchemy } from './peers/alchemy.ts'
import { dbos } from './peers/dbos.ts'
import { listr2 } from './peers/listr2.ts'
import { oursInMemory, oursOnDisk } from './peers/ours.ts'
import { pGraph } from './peers/p-graph.ts'
import type { Peer, PeerOptions, Prepared } from './peers/peer.ts'

const PEERS: Readonly<Record<string, Peer>> = { alchemy, dbos, listr2, 'p-graph': pGraph, 'ours on disk': oursOnDisk, 'ours in memory': oursInMemory }

/** Runs one tool in a process of its own; what the work alone took goes to standard output. */
const { name, ...options } = JSON.parse(process.argv[2] as string) as PeerOptions & { readonly name: string; readonly again: boolean }
const open = PEERS[name] as Peer
const prepared = await open(options)
const cold = await measureWork(prepared)
// Whoever is called again in the same process finds the code compiled.
const warm = options.again ? await measureWork(await open(options)) : undefined
await prepared.close?.()
process.stdout.write(`\n${JSON.stringify({ ...cold, warmMs: warm?.cpuMs })}\n`, () => process.exit(0))

async function measureWork({ run }: Prepared): Promise<{ readonly cpuMs: number; readonly elapsedMs: number }> {
  const before = process.cpuUsage()
  const startedMs = performance.now()
  await run()
  const { user, system } = process.cpuUsage(before)
  return { cpuMs: (user + system) / 1_000, elapsedMs: performance.now() - startedMs }
}
