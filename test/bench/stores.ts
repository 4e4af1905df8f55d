import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { startPostgres } from '../../examples/postgres/server.ts'
import type { Entry } from '../../src/core/entry.ts'
import { fileStore } from '../../src/node/file-store.ts'
import { postgresStore } from '../../src/postgres/postgres-store.ts'
import type { Store } from '../../src/store/store.ts'
import { GroupWriter } from './group-writer.ts'

/**
 * How many journal entries a second become durable, with so many appends under way at once: both stores, and beside each of them
 * the least that its medium allows, one writer that makes whatever has arrived durable in one go. `npm run bench:stores`.
 */

const CONCURRENCY = [1, 10, 100, 1_000] as const
const ROUNDS = 7
const ROUND_MS = 400

/** One way of making a line durable. */
interface Contender {
  readonly name: string
  append(index: number): Promise<void>
}

const entry = (index: number): Entry => ({ kind: 'started', at: '2026-01-01T00:00:00.000Z', step: `create:versioned/r${index}`, attempt: 1, idempotencyKey: `run:create:versioned/r${index}` })
const line = (index: number): string => `${JSON.stringify(entry(index))}\n`

async function viaStore(name: string, store: Store): Promise<Contender> {
  const lease = await store.claim('bench', 'bench')
  const header: Entry = { kind: 'run-started', run: 'run', plan: 'plan', planHash: '', stack: 'bench', mode: 'sync', holder: 'bench', fence: lease.fence, lineage: 'lineage', salt: '00', commit: 'each', at: '2026-01-01T00:00:00.000Z' }
  await store.append(lease, 'run', [header])
  return { name, append: (index) => store.append(lease, 'run', [entry(index)]) }
}

/** Appends a second of one round. */
async function measure({ append }: Contender, concurrency: number): Promise<number> {
  let count = 0
  const startedMs = performance.now()
  const loop = async (): Promise<void> => {
    while (performance.now() - startedMs < ROUND_MS) await append(count++)
  }
  await Promise.all(Array.from({ length: concurrency }, loop))
  return (count / (performance.now() - startedMs)) * 1_000
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number
}

const folder = await mkdtemp(join(tmpdir(), 'convergent-bench-'))
const server = await startPostgres()
const client = new Client({ connectionString: await server.createDatabase() })
await client.connect()
await client.query('CREATE TABLE raw (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, line text NOT NULL)')
const file = await open(join(folder, 'raw'), 'a')
const rawFile = new GroupWriter(async (lines: readonly string[]) => {
  await file.appendFile(lines.join(''))
  await file.datasync()
})
const rawTable = new GroupWriter(async (lines: readonly string[]) => void (await client.query('INSERT INTO raw (line) SELECT unnest($1::text[])', [lines])))
const shared = postgresStore({ connectionString: await server.createDatabase() })

const pairs: readonly (readonly [Contender, Contender])[] = [
  [{ name: 'raw group commit', append: (index) => rawFile.append(line(index)) }, await viaStore('fileStore', fileStore(join(folder, 'store')))],
  [{ name: 'raw group insert', append: (index) => rawTable.append(line(index)) }, await viaStore('postgresStore', shared)],
]
console.log(`appends a second: medians of ${ROUNDS} rounds of ${ROUND_MS} ms, one contender after the other in each; lowest to highest of the ratio`)
for (const concurrency of CONCURRENCY)
  for (const pair of pairs) {
    const rates: [number[], number[]] = [[], []]
    // One round for warmth does not count.
    for (let round = -1; round < ROUNDS; round++)
      for (const side of [0, 1] as const) {
        const rate = await measure(pair[side], concurrency)
        if (round >= 0) rates[side].push(rate)
      }
    const ratios = rates[0].map((raw, round) => raw / (rates[1][round] as number))
    const shown = pair.map(({ name }, side) => `${name} ${Math.round(median(rates[side as 0 | 1])).toString().padStart(7)}`)
    console.log(`${concurrency.toString().padStart(5)} at once: ${shown.join(', ')}: raw is ${median(ratios).toFixed(2)} × as fast (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`)
  }
await shared.close()
await client.end()
await server.stop()
await file.close()
await rm(folder, { recursive: true, force: true })
