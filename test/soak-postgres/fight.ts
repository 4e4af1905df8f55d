import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { addressOf } from '../../src/core/resource.ts'
import { createRandom } from '../../src/testing/manual-clock.ts'
import { HostProcesses, lastWord } from '../soak/crew.ts'
import { checkState } from '../soak/journal-check.ts'
import type { HostWord } from '../soak/messages.ts'
import { startBackend } from './backend.ts'
import { bundleHost } from './bundle.ts'
import { checkChanges } from './change-check.ts'
import { declareGeneration } from './declaration.ts'
import { checkFight, type Heard } from './fight-check.ts'
import type { HostJob, StoreKind } from './messages.ts'
import { compareCatalogs, startAudit, takeChanges } from './oracle.ts'
import { describeWord } from '../soak/words.ts'

/** How long hosts fight for one stack, and how many at a time. */
export interface FightOptions {
  readonly store: StoreKind
  readonly minutes: number
  readonly resources: number
  readonly seed: number
  /** At a time. Default: 3. */
  readonly hosts?: number
  /** Hears how it goes, now and then. Default: nobody. */
  readonly onLine?: (line: string) => void
}

/** What a fight came to. */
export interface FightReport {
  /** How hosts ended, and how many did. */
  readonly ends: Readonly<Record<string, number>>
  readonly hostCount: number
  readonly killed: number
  readonly stopped: number
  /** Claims that were taken from a host that gave no sign of life, or had died. */
  readonly taken: number
  readonly runs: number
  readonly resumes: number
  readonly adopted: number
  readonly steps: number
  readonly changes: number
  /** What hosts had heard of as recorded. */
  readonly heard: number
  readonly longestWaitMs: number
  readonly durationMs: number
  readonly faults: readonly string[]
}

const LEASE_TERM_MS = 1_500
/** The longest that a host lives before it is killed or stopped. */
const LONGEST_LIFE_MS = 4_000
/** No host needs longer for its wait and its work. */
const WATCHDOG_MS = 150_000
const KEEP = 100_000
const LINE_EVERY_MS = 15_000
const MOST_LAST_HOSTS = 20
/** What a host may be told when another one was faster, has taken its place, or drops what it is just looking at. */
const LEGITIMATE = ['lease-lost', 'open-run', 'plan-refused', 'serial-conflict', 'unreadable']

/** Several hosts at a time plan, apply and resume for one stack; some are killed, and some stopped for longer than their lease lasts. */
export async function fightForStack({ store, minutes, resources, seed, hosts: atATime = 3, onLine = () => undefined }: FightOptions): Promise<FightReport> {
  const folder = await mkdtemp(join(tmpdir(), 'convergent-soak-'))
  const startedMs = performance.now()
  const deadlineMs = startedMs + minutes * 60_000
  const backend = await startBackend(store, join(folder, 'store'))
  const hosts = new HostProcesses<HostJob>(await bundleHost(folder))
  const chance = createRandom(seed)
  const ends: Record<string, number> = {}
  const faults: string[] = []
  const heard: Heard[] = []
  const total = { hostCount: 0, killed: 0, stopped: 0, taken: 0, longestWaitMs: 0 }

  const fightOnce = async (generation: number, harm: number): Promise<HostWord | undefined> => {
    const { child, host } = hosts.startNamed({ work: 'fight', url: backend.wire.url, place: backend.place, store, declaration: { seed, resources, generation }, mode: 'sync', leaseTermMs: LEASE_TERM_MS, keep: KEEP })
    const begunMs = performance.now()
    const over = new AbortController()
    let stoppedForMs = 0
    total.hostCount++
    const harming = async (): Promise<void> => {
      await sleep(chance() * LONGEST_LIFE_MS, undefined, { signal: over.signal })
      if (harm < 0.35) {
        total.killed++
        return child.signal('SIGKILL')
      }
      if (harm >= 0.7) return
      total.stopped++
      child.signal('SIGSTOP')
      stoppedForMs = LEASE_TERM_MS * (0.5 + chance() * 3)
      await sleep(stoppedForMs)
      child.signal('SIGCONT')
    }
    const harmed = harming().catch(() => undefined)
    const watchdog = sleep(WATCHDOG_MS, undefined, { signal: over.signal }).then(
      () => {
        faults.push(`${host} had not ended after ${WATCHDOG_MS} ms: is the lease stuck?`)
        child.signal('SIGKILL')
      },
      () => undefined,
    )
    const word = await lastWord(child, (said) => {
      if (said.said === 'done') heard.push({ run: said.run, action: said.action, host })
      if (said.said === 'started') total.longestWaitMs = Math.max(total.longestWaitMs, performance.now() - begunMs - stoppedForMs)
      if (said.said === 'taken') total.taken++
    })
    over.abort()
    await Promise.all([harmed, watchdog])
    const end = word === undefined ? 'killed' : word.said === 'ended' ? word.outcome : word.said === 'refused' ? word.code : word.said
    ends[end] = (ends[end] ?? 0) + 1
    if (word?.said === 'ended' && word.outcome !== 'succeeded') onLine(`${host} came to ${describeWord(word).slice(0, 300)}`)
    const isOvertaken = word?.said === 'refused' && (LEGITIMATE.includes(word.code) || word.message.includes('nothing to resume') || word.message.includes('nothing left'))
    if (word?.said === 'refused' && !isOvertaken) faults.push(`${host} came to ${describeWord(word)}`)
    return word
  }

  try {
    await startAudit(backend)
    let lineMs = startedMs + LINE_EVERY_MS
    await Promise.all(
      Array.from({ length: atATime }, async () => {
        while (performance.now() < deadlineMs && faults.length === 0) {
          await fightOnce(Math.floor(chance() * 1_000), chance())
          if (performance.now() < lineMs) continue
          lineMs += LINE_EVERY_MS
          onLine(`${((performance.now() - startedMs) / 1000).toFixed(0)} s: ${total.hostCount} hosts, ${total.killed} killed, ${total.stopped} stopped, ${total.taken} took over (${Object.entries(ends).map(([end, count]) => `${count} ${end}`).join(', ')}), ${faults.length} faults`)
        }
      }),
    )
    // Nobody is in the way any more: one declaration, until it is there.
    const generation = 1_000
    let last: HostWord | undefined
    for (let count = 0; count < MOST_LAST_HOSTS; count++) {
      last = await fightOnce(generation, 1)
      const word = await hosts.finish({ work: 'plan', url: backend.wire.url, place: backend.place, store, declaration: { seed, resources, generation }, mode: 'sync', leaseTermMs: LEASE_TERM_MS, keep: KEEP })
      if (word?.said === 'planned' && word.actions.length + word.warnings.length === 0) break
      if (count === MOST_LAST_HOSTS - 1) faults.push(`after ${MOST_LAST_HOSTS} hosts that nobody was in the way of, the last one came to ${describeWord(last)}, and planning again to ${JSON.stringify(word)}`)
    }
    await backend.quiet()
    const desired = declareGeneration({ seed, resources, generation })
    const changes = await takeChanges(backend)
    const runs = await backend.look((kept) => kept.runs('soak'))
    const check = await backend.look((kept) => checkFight(kept, runs, heard))
    const holding = await backend.look((kept) => kept.holding('soak'))
    faults.push(
      ...(holding === undefined ? [] : [`the stack is still held by ${holding.holder}`]),
      ...(await compareCatalogs(backend, desired)),
      ...check.faults,
      ...(await backend.look((kept) => checkChanges(kept, runs, changes))),
      ...(await backend.look((kept) => checkState(kept, 'soak', desired.map((resource) => String(addressOf(resource))), new Set()))),
    )
    return { ...total, ends, runs: runs.length, resumes: check.resumes, adopted: check.adopted, steps: check.steps, changes: changes.length, heard: heard.length, durationMs: performance.now() - startedMs, faults }
  } finally {
    await hosts.end()
    await backend.end()
    if (faults.length === 0) await rm(folder, { recursive: true, force: true })
    else onLine(`what is left is in ${folder}`)
  }
}
