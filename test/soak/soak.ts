import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addressOf } from '../../src/core/resource.ts'
import { fileStore } from '../../src/node/file-store.ts'
import type { RunInfo } from '../../src/store/store.ts'
import { bundleProcesses, type Bundle } from './bundle.ts'
import { createRandom } from '../../src/testing/manual-clock.ts'
import type { Chance } from './chance.ts'
import { HostProcesses, ServerProcess } from './crew.ts'
import { declareGeneration } from './declaration.ts'
import { checkJournal, checkState, checkWrites } from './journal-check.ts'
import { killHost } from './kill-host.ts'
import { killServer } from './kill-server.ts'
import { suspendHost } from './suspend-host.ts'
import type { HostJob, Write } from './messages.ts'
import { compareObjects } from './oracle.ts'
import { describeLeft, describeSummary } from './words.ts'

/** What happens: the host or the server is killed, or the host is stopped for longer than its lease lasts. */
export type SoakMode = 'host' | 'server' | 'suspend'

const WAYS = { host: killHost, server: killServer, suspend: suspendHost } as const


/** How long a soak is, and what it does. */
export interface SoakOptions {
  readonly mode: SoakMode
  /** It ends with the round in which this many are reached. */
  readonly kills: number
  /** About how many are declared. */
  readonly resources: number
  readonly seed: number
  /** After so many rounds everything is destroyed, and the next one begins anew. At least 2. Default: 4. */
  readonly cycle?: number
  /** What {@link bundleProcesses} gave, for several soaks to share. Default: bundled for this one. */
  readonly bundle?: Bundle
  /** Hears of each round. Default: nobody. */
  readonly onRound?: (line: string) => void
}

/** What a soak came to. */
export interface SoakReport {
  readonly kills: Readonly<Record<string, number>>
  readonly killCount: number
  readonly resumes: number
  readonly rounds: number
  readonly steps: number
  /** Steps whose reply had been lost and that were found done. */
  readonly adopted: number
  readonly torn: number
  /** Writes that landed after their host had been overtaken. */
  readonly late: number
  readonly requests: number
  readonly writes: number
  readonly durationMs: number
  readonly faults: readonly string[]
}

/** What the parts of a soak share. */
export interface Soak {
  readonly server: ServerProcess
  readonly hosts: HostProcesses
  readonly chance: Chance
  /** What a host is told in this round. */
  readonly job: Omit<HostJob, 'host' | 'work'>
  /** The run of this round, once there is one. */
  readonly findRun: () => Promise<RunInfo | undefined>
  /** How many more kills are wanted in this round. */
  readonly wanted: () => number
  readonly noteKill: (kind: string) => void
  readonly noteFault: (fault: string) => void
  /** Writes that a host had sent before it was stopped, and that arrived after another one had taken its place. */
  readonly noteLate: (count: number) => void
  /** Addresses whose object such a write made or changed: the next plan finds it as it should be, and nothing records it. */
  readonly noteAdrift: (addresses: readonly string[]) => void
  /** What a server that died had seen. */
  readonly noteTraffic: (writes: readonly Write[], requests: number) => void
}

const MOST_IN_A_ROUND = 25

/** More attempts at one round than any that gets on needs. */
export const MOST_ATTEMPTS = 400

/** Rounds of create, edits and destroy, with deaths in each, until enough have died. */
export async function soakCrashes({ mode, kills: wanted, resources, seed, cycle = 4, bundle: ready, onRound = () => undefined }: SoakOptions): Promise<SoakReport> {
  const folder = await mkdtemp(join(tmpdir(), 'convergent-soak-'))
  const startedMs = performance.now()
  const bundle = ready ?? (await bundleProcesses(folder))
  const dir = join(folder, 'store')
  const server = new ServerProcess(bundle.server)
  const hosts = new HostProcesses(bundle)
  const chance = createRandom(seed)
  const kills: Record<string, number> = {}
  const faults: string[] = []
  const total = { killCount: 0, resumes: 0, rounds: 0, steps: 0, adopted: 0, torn: 0, late: 0, requests: 0, writes: 0 }
  // Every kind of round gets its part.
  const perRound = Math.min(MOST_IN_A_ROUND, Math.ceil(wanted / cycle))
  let writes: Write[] = []
  const adrift = new Set<string>()
  const noteTraffic: Soak['noteTraffic'] = (seen, requests) => {
    writes.push(...seen)
    total.writes += seen.length
    total.requests += requests
  }
  try {
    await server.listen({})
    for (; (total.rounds === 0 || total.killCount < wanted || total.rounds % cycle !== 0) && faults.length === 0; total.rounds++) {
      const isLast = total.rounds % cycle === cycle - 1
      const declaration = { seed, resources, generation: total.rounds }
      const store = fileStore(dir)
      const before = new Set((await store.runs('soak')).map(({ id }) => id))
      const killsBefore = total.killCount
      const lateBefore = total.late
      const findRun = async (): Promise<RunInfo | undefined> => (await store.runs('soak')).findLast(({ id }) => !before.has(id))
      const soak: Soak = {
        server,
        hosts,
        chance,
        job: { url: server.url, dir, declaration, mode: isLast ? 'destroy' : 'sync' },
        findRun,
        wanted: () => Math.min(wanted - total.killCount, killsBefore + perRound - total.killCount),
        noteKill: (kind) => {
          kills[kind] = (kills[kind] ?? 0) + 1
          total.killCount++
        },
        noteFault: (fault) => void faults.push(`round ${total.rounds}: ${fault}`),
        noteLate: (count) => void (total.late += count),
        noteAdrift: (addresses) => addresses.forEach((address) => adrift.add(address)),
        noteTraffic,
      }
      await WAYS[mode](soak)
      if (faults.length > 0) break
      const desired = isLast ? [] : declareGeneration(declaration)
      const { objects, writes: seen, requests } = await server.account()
      noteTraffic(seen, requests)
      const run = (await findRun()) as RunInfo
      const check = await checkJournal(fileStore(dir), run)
      const found = [
        ...compareObjects(objects, desired),
        ...check.faults,
        ...(total.late > lateBefore ? [] : checkWrites(check.plan, writes)),
        ...(await checkState(fileStore(dir), 'soak', desired.map((resource) => String(addressOf(resource))), adrift)),
        ...(await findLeft(soak)),
      ]
      for (const fault of found) soak.noteFault(fault)
      writes = []
      const steps = check.plan.actions.reduce((sum, action) => sum + action.steps.length, 0)
      for (const [name, count] of Object.entries({ resumes: check.resumes, adopted: check.adopted, torn: check.torn, steps })) total[name as 'steps'] += count
      onRound(`round ${total.rounds}: ${describeSummary(check.plan.summary)}; ${total.killCount - killsBefore} kills, ${check.resumes} resumes, ${check.adopted} found done, ${faults.length} faults`)
    }
  } finally {
    await Promise.all([server.end(), hosts.end()])
    if (faults.length === 0) await rm(folder, { recursive: true, force: true })
    else onRound(`what is left is in ${folder}`)
  }
  return { ...total, kills, durationMs: performance.now() - startedMs, faults }
}

/** Plans again: there is nothing left to do. */
async function findLeft({ hosts, job, server, noteTraffic }: Soak): Promise<readonly string[]> {
  const word = await hosts.finish({ ...job, work: 'plan' })
  const { writes, requests } = await server.account()
  noteTraffic(writes, requests)
  return describeLeft(word)
}

/** What there is to go on with. */
export async function findWork({ findRun }: Soak): Promise<'apply' | 'resume' | 'done'> {
  const run = await findRun()
  if (run === undefined) return 'apply'
  return run.ended ? 'done' : 'resume'
}
