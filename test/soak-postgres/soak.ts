import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addressOf } from '../../src/core/resource.ts'
import type { RunInfo } from '../../src/store/store.ts'
import { createRandom } from '../../src/testing/manual-clock.ts'
import type { Chance } from '../soak/chance.ts'
import { HostProcesses } from '../soak/crew.ts'
import { checkJournal, checkState } from '../soak/journal-check.ts'
import { describeLeft, describeSummary } from '../soak/words.ts'
import { startBackend, type Backend } from './backend.ts'
import { bundleHost } from './bundle.ts'
import { checkChanges } from './change-check.ts'
import { declareGeneration } from './declaration.ts'
import type { HostJob, StoreKind } from './messages.ts'
import { compareCatalogs, startAudit, takeChanges } from './oracle.ts'
import { carryOut } from './round.ts'

/** What happens: hosts are killed, the server crashes and comes back, or connections end or fall silent. */
export type SoakMode = 'kill' | 'restart' | 'proxy'

/** How long a soak is, and what it does. */
export interface SoakOptions {
  readonly mode: SoakMode
  readonly store: StoreKind
  /** It ends with the cycle in which this many are reached. */
  readonly kills: number
  /** About how many are declared. */
  readonly resources: number
  readonly seed: number
  /** After so many rounds everything is destroyed, and the next one begins anew. At least 2. Default: 4. */
  readonly cycle?: number
  /** What {@link bundleHost} gave, for several soaks to share. Default: bundled for this one. */
  readonly bundle?: { readonly host: string }
  /** Hears of each round. Default: nobody. */
  readonly onRound?: (line: string) => void
}

/** What a soak came to. */
export interface SoakReport {
  readonly kills: Readonly<Record<string, number>>
  readonly killCount: number
  readonly hosts: number
  readonly resumes: number
  readonly rounds: number
  readonly steps: number
  /** Steps whose reply had been lost and that were found done. */
  readonly adopted: number
  readonly torn: number
  /** Rounds that were planned once more, since a run had ended without success. */
  readonly replans: number
  /** Transactions that changed something, as the database itself noted them. */
  readonly changes: number
  readonly durationMs: number
  readonly faults: readonly string[]
}

/** What the parts of a soak share. */
export interface Soak {
  readonly backend: Backend
  readonly mode: SoakMode
  readonly hosts: HostProcesses<HostJob>
  readonly chance: Chance
  /** What a host is told in this round. */
  readonly job: Omit<HostJob, 'host' | 'work' | 'leaseTermMs'>
  /** The runs of this round, oldest first. */
  readonly findRuns: () => Promise<readonly RunInfo[]>
  /** How many more are wanted in this round. */
  readonly wanted: () => number
  readonly noteKill: (kind: string) => void
  readonly noteHost: () => void
  readonly noteFault: (fault: string) => void
}

const MOST_IN_A_ROUND = 25

/** Rounds of create, edits and destroy, each with what happens in it, until enough has. */
export async function soakPostgres({ mode, store, kills: wanted, resources, seed, cycle = 4, bundle: ready, onRound = () => undefined }: SoakOptions): Promise<SoakReport> {
  const folder = await mkdtemp(join(tmpdir(), 'convergent-soak-'))
  const startedMs = performance.now()
  const backend = await startBackend(store, join(folder, 'store'))
  const hosts = new HostProcesses<HostJob>(ready ?? (await bundleHost(folder)))
  const chance = createRandom(seed)
  const kills: Record<string, number> = {}
  const faults: string[] = []
  const total = { killCount: 0, hosts: 0, resumes: 0, rounds: 0, steps: 0, adopted: 0, torn: 0, replans: 0, changes: 0 }
  // Every kind of round gets its part.
  const perRound = Math.min(MOST_IN_A_ROUND, Math.ceil(wanted / cycle))
  try {
    await startAudit(backend)
    for (; (total.rounds === 0 || total.killCount < wanted || total.rounds % cycle !== 0) && faults.length === 0; total.rounds++) {
      const isLast = total.rounds % cycle === cycle - 1
      const declaration = { seed, resources, generation: total.rounds }
      const runs = (): Promise<readonly RunInfo[]> => backend.look((kept) => kept.runs('soak'))
      const before = new Set((await runs()).map(({ id }) => id))
      const killsBefore = total.killCount
      const soak: Soak = {
        backend,
        mode,
        hosts,
        chance,
        job: { url: backend.wire.url, place: backend.place, store, declaration, mode: isLast ? 'destroy' : 'sync' },
        findRuns: async () => (await runs()).filter(({ id }) => !before.has(id)),
        wanted: () => Math.min(wanted - total.killCount, killsBefore + perRound - total.killCount),
        noteKill: (kind) => {
          kills[kind] = (kills[kind] ?? 0) + 1
          total.killCount++
        },
        noteHost: () => void total.hosts++,
        noteFault: (fault) => void faults.push(`round ${total.rounds}: ${fault}`),
      }
      await carryOut(soak)
      await backend.quiet()
      const desired = isLast ? [] : declareGeneration(declaration)
      const own = await soak.findRuns()
      const last = own.at(-1)
      if (last === undefined) {
        soak.noteFault('there is no run')
        break
      }
      const check = await backend.look((kept) => checkJournal(kept, last))
      const changes = await takeChanges(backend)
      const found = [
        ...(await compareCatalogs(backend, desired)),
        ...check.faults,
        ...(await backend.look((kept) => checkChanges(kept, own, changes))),
        ...(await backend.look((kept) => checkState(kept, 'soak', desired.map((resource) => String(addressOf(resource))), new Set()))),
        ...(await findLeft(soak)),
      ]
      for (const fault of found) soak.noteFault(fault)
      const steps = check.plan.actions.reduce((sum, action) => sum + action.steps.length, 0)
      for (const [name, count] of Object.entries({ resumes: check.resumes, adopted: check.adopted, torn: check.torn, steps, replans: own.length - 1, changes: changes.length })) total[name as 'steps'] += count
      onRound(`round ${total.rounds}: ${describeSummary(check.plan.summary)}; ${total.killCount - killsBefore} hits, ${check.resumes} resumes, ${check.adopted} found done, ${faults.length} faults, ${((performance.now() - startedMs) / 1000).toFixed(0)} s`)
    }
  } finally {
    await hosts.end()
    await backend.end()
    if (faults.length === 0) await rm(folder, { recursive: true, force: true })
    else onRound(`what is left is in ${folder}`)
  }
  return { ...total, kills, durationMs: performance.now() - startedMs, faults }
}

/** Plans again: there is nothing left to do. */
async function findLeft({ hosts, job }: Soak): Promise<readonly string[]> {
  return describeLeft(await hosts.finish({ ...job, work: 'plan', leaseTermMs: 30_000 }))
}
