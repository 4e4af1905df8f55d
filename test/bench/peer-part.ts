import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CONCURRENCY } from './applying.ts'
import { bundleEntry } from './bundle.ts'
import { measureProcess, type ProcessCost } from './process-cost.ts'
import { describeFault, type Bench, type Findings, type Row } from './report.ts'
import { makeScratch } from './scratch.ts'
import { findTerraform, measureTerraform } from './terraform.ts'

const MODULES = fileURLToPath(new URL('peers/node_modules', import.meta.url))

/** A tool of the package beside, and ours on the same work. */
interface Peer {
  readonly name: string
  readonly package: string
  readonly ours: 'ours on disk' | 'ours in memory'
  readonly sizes: readonly number[]
  readonly needsPostgres?: true
}

const PEERS: readonly Peer[] = [
  { name: 'alchemy', package: 'alchemy', ours: 'ours on disk', sizes: [100, 1_000] },
  { name: 'dbos', package: '@dbos-inc/dbos-sdk', ours: 'ours on disk', sizes: [100, 1_000], needsPostgres: true },
  { name: 'listr2', package: 'listr2', ours: 'ours in memory', sizes: [1_000, 10_000] },
  { name: 'p-graph', package: 'p-graph', ours: 'ours in memory', sizes: [1_000, 10_000] },
]

/** What one tool took for one size. */
interface Cost extends ProcessCost {
  /** Of the work alone, without starting and loading; undefined where the tool is no library. */
  readonly workMs: number | undefined
  /** Of the same work once more in the same process. */
  readonly warmMs?: number | undefined
}

/** Other people's tools on the same work: so many independent actions that do nothing. */
export async function benchPeers(bench: Bench): Promise<Findings> {
  const { small } = bench.options
  const rows: Row[] = []
  const notes: string[] = []
  const ownCosts = new Map<string, Cost>()
  const program = await bundleEntry('peer-program', existsSync(MODULES) ? join(MODULES, '.cache', 'bench') : bench.folder)

  const measure = async (tool: string, size: number, run: () => Promise<Cost>, own: Cost | undefined): Promise<Cost | undefined> => {
    bench.noise.beat()
    bench.say(`${tool}, ${size}`)
    try {
      const cost = await run()
      rows.push(describeCost(tool, size, cost, own))
      return cost
    } catch (error) {
      rows.push({ tool, size, note: `failed: ${describeFault(error)}` })
      return undefined
    }
  }
  for (const name of ['ours on disk', 'ours in memory'] as const)
    for (const size of small ? [10] : name === 'ours on disk' ? [100, 1_000] : [1_000, 10_000]) {
      const cost = await measure(name, size, () => runAgain(program, name, size), undefined)
      if (cost !== undefined) ownCosts.set(`${name} ${size}`, cost)
    }
  const verdicts: Findings['verdicts'][number][] = []
  const terraform = await findTerraform()
  if (terraform === undefined) notes.push('skipped: terraform is not on the PATH')
  else {
    const ratios: number[] = []
    for (const size of small ? [10] : [100, 1_000]) {
      const own = ownCosts.get(`ours on disk ${size}`)
      const cost = await measure(`terraform ${terraform}`, size, async () => ({ ...(await measureTerraform(size, CONCURRENCY, 300_000)), workMs: undefined }), own)
      if (cost === undefined || own?.workMs === undefined) continue
      ratios.push(cost.cpuMs / own.workMs)
      if (size === 1_000) verdicts.push({ budget: 'durable plan and apply of 1,000 at least 500 × less CPU than Terraform', found: `${(cost.cpuMs / own.workMs).toFixed(0)} × by the work alone, ${(cost.cpuMs / own.cpuMs).toFixed(0)} × by whole processes, ${(cost.cpuMs / (own.warmMs ?? own.workMs)).toFixed(0)} × by the work when warm`, kept: cost.cpuMs / own.workMs >= 500 })
    }
    if (ratios.length === 2) verdicts.push({ budget: 'and the ratio grows from 100 to 1,000', found: ratios.map((ratio) => `${ratio.toFixed(0)} ×`).join(', '), kept: (ratios[1] as number) > (ratios[0] as number) })
  }
  for (const peer of PEERS) {
    const version = await readVersion(peer.package)
    if (version === undefined) {
      notes.push(`skipped: ${peer.package} is not installed; npm install --prefix test/bench/peers`)
      continue
    }
    for (const size of small ? [10] : peer.sizes) await measure(`${peer.name} ${version}`, size, () => runPeer(program, peer, size), ownCosts.get(`${peer.ours} ${size}`))
  }
  return {
    sections: [
      {
        part: 'peers',
        title: 'Other tools on the same work: independent actions that do nothing, 100 at once',
        rows,
        notes: [
          ...notes,
          'CPU ms: user and system of the whole process, starting it included; of the work: without starting and loading; when warm: once more in the same process. Ours is planned and applied, listr2 and p-graph have neither plan nor journal.',
          '÷ ours: ours on disk for those that keep a state, ours in memory for the others; what PostgreSQL takes is not counted.',
        ],
      },
    ],
    verdicts,
  }
}

function describeCost(tool: string, size: number, cost: Cost, own: Cost | undefined): Row {
  const { cpuMs, workMs, warmMs, elapsedMs, bytesWritten } = cost
  return {
    tool,
    size,
    'CPU ms': cpuMs,
    'CPU ms of the work': workMs,
    'CPU ms when warm': warmMs,
    'elapsed ms': elapsedMs,
    'bytes written/action': bytesWritten === undefined ? undefined : bytesWritten / size,
    'CPU ÷ ours': own && cpuMs / own.cpuMs,
    'work ÷ ours': own?.workMs === undefined ? undefined : (workMs ?? cpuMs) / own.workMs,
    'bytes ÷ ours': own?.bytesWritten === undefined || bytesWritten === undefined ? undefined : bytesWritten / own.bytesWritten,
  }
}

async function runProgram(program: string, task: { readonly name: string; readonly again?: boolean; readonly size: number; readonly database?: string }): Promise<Cost> {
  const scratch = await makeScratch()
  try {
    const cost = await measureProcess([process.execPath, program, JSON.stringify({ ...task, concurrency: CONCURRENCY, folder: scratch.folder })], scratch.folder, 120_000)
    const told = JSON.parse(cost.output.trim().split('\n').at(-1) as string) as { readonly cpuMs: number; readonly elapsedMs: number; readonly warmMs?: number }
    return { ...cost, elapsedMs: told.elapsedMs, workMs: told.cpuMs, warmMs: told.warmMs }
  } finally {
    await scratch.remove()
  }
}

function runPeer(program: string, { name, ours, needsPostgres }: Peer, size: number): Promise<Cost> {
  if (needsPostgres === true) return withDatabase((database) => runProgram(program, { name, size, database }))
  return ours === 'ours in memory' ? runAgain(program, name, size) : runProgram(program, { name, size })
}

/** Twice: the figures of the process are of a run with the work done once, as those of the others are. */
async function runAgain(program: string, name: string, size: number): Promise<Cost> {
  const { warmMs } = await runProgram(program, { name, size, again: true })
  return { ...(await runProgram(program, { name, size })), warmMs }
}

async function withDatabase<T>(work: (database: string) => Promise<T>): Promise<T> {
  const { startPostgres } = await import('../../examples/postgres/server.ts')
  const server = await startPostgres()
  try {
    return await work(await server.createDatabase())
  } finally {
    await server.stop()
  }
}

/** The version of a tool that is installed beside. */
async function readVersion(name: string): Promise<string | undefined> {
  const file = join(MODULES, name, 'package.json')
  return existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as { readonly version: string }).version : undefined
}
