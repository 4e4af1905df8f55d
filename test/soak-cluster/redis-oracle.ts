import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Place } from './place.ts'

const run = promisify(execFile)
const SETTLES_WITHIN_MS = 15_000
const POLL_MS = 200

/** Every node says, by the client of Redis itself, that the cluster has all slots, all six nodes and three shards, and a replica has a primary that it hears. */
export async function askRedis({ instances, password }: Place): Promise<readonly string[]> {
  const ask = async (port: number, ...command: readonly string[]): Promise<string> =>
    (await run('redis-cli', ['-p', String(port), ...command], { env: { ...process.env, REDISCLI_AUTH: password } }).catch((error: Error) => ({ stdout: error.message }))).stdout
  const look = async (): Promise<readonly string[]> => {
    const faults: string[] = []
    for (const [at, { name, port }] of instances.entries()) {
      const info = `${await ask(port, 'CLUSTER', 'INFO')}${await ask(port, 'INFO', 'replication')}`
      const wanted = ['cluster_state:ok', 'cluster_slots_ok:16384', `cluster_known_nodes:${instances.length}`, 'cluster_size:3', ...(at < 3 ? ['role:master', 'connected_slaves:1'] : ['role:slave', 'master_link_status:up'])]
      faults.push(...wanted.filter((line) => !info.includes(line)).map((line) => `${name} does not say ${line}`))
    }
    return faults
  }
  for (const untilMs = performance.now() + SETTLES_WITHIN_MS; ; ) {
    const faults = await look()
    if (faults.length === 0 || performance.now() >= untilMs) return faults
    await sleep(POLL_MS)
  }
}
