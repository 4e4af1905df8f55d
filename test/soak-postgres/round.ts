import { setTimeout as sleep } from 'node:timers/promises'
import type { Entry } from '../../src/core/entry.ts'
import type { RunInfo, Store } from '../../src/store/store.ts'
import type { Child } from '../soak/child.ts'
import { lastWord } from '../soak/crew.ts'
import { describeDiskMoment, drawDiskMoment, drawDistance } from '../soak/moment.ts'
import type { DiskMoment, HostWord } from '../soak/messages.ts'
import { describeWord } from '../soak/words.ts'
import type { Soak } from './soak.ts'
import type { WireFate, WirePoint } from './wire.ts'

const POINTS: readonly WirePoint[] = ['before', 'after', 'replied']
/** Short, so that many holders can be lost in a minute. */
const SHORTEST_TERM_MS = 400
const LONGEST_TERM_MS = 6_400
const LONGEST_LIFE_MS = 1_200
const MOST_ATTEMPTS = 400
/** Longer than everything that a host waits for. */
const WATCHDOG_MS = 90_000

/** Carries out one round: hosts begin and resume until one has ended with success, whatever happens meanwhile. */
export async function carryOut(soak: Soak): Promise<void> {
  const { hosts, job, backend, noteHost, noteFault, findRuns, mode } = soak
  let leaseTermMs = SHORTEST_TERM_MS
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const run = (await findRuns()).at(-1)
    // One that was killed right after it had ended its run is not heard of.
    if (run?.ended === true && (await backend.look((store) => readOutcome(store, run))) === 'succeeded') return
    const hits = new Hits(soak)
    const disk = hits.plan()
    const child = hosts.start({ ...job, work: run === undefined || run.ended ? 'apply' : 'resume', leaseTermMs, ...(disk && { disk }) })
    noteHost()
    hits.begin(child)
    const word = await watch(child)
    const { signal } = await child.gone
    await hits.end(signal === 'SIGKILL')
    await backend.quiet()
    if (word === 'late') return noteFault(`a host had not ended after ${WATCHDOG_MS} ms`)
    if (word === undefined) continue
    if (word.said === 'ended' && word.outcome === 'succeeded') return
    // On a machine that is busy with other things, a term this short may pass unrenewed.
    if (word.said === 'ended' && word.outcome === 'paused') {
      leaseTermMs = Math.min(LONGEST_TERM_MS, leaseTermMs * 2)
      continue
    }
    // What lost its server may pause, fail in part, or not even plan; what it never does is fail for another reason.
    if (hits.count > 0 && mode !== 'kill') continue
    return noteFault(`attempt ${attempt} came to ${describeWord(word)}`)
  }
  noteFault(`the run has not ended after ${MOST_ATTEMPTS} hosts`)
}

async function readOutcome(store: Store, { stack, id }: RunInfo): Promise<string | undefined> {
  let last: Entry | undefined
  for await (const entry of store.entries(stack, id)) last = entry
  return last?.kind === 'run-ended' ? last.outcome : undefined
}

/** What a host said last; undefined: it was killed. */
async function watch(child: Child<HostWord>): Promise<HostWord | 'late' | undefined> {
  const timer = new AbortController()
  const late = sleep(WATCHDOG_MS, 'late' as const, { signal: timer.signal }).catch(() => undefined)
  const word = await Promise.race([lastWord(child), late])
  timer.abort()
  if (word === 'late') await child.kill()
  return word
}

/** What happens during one host's work. */
class Hits {
  readonly #soak: Soak
  #child: Child<HostWord> | undefined
  #disk: DiskMoment | undefined
  #timer: NodeJS.Timeout | undefined
  #present: Promise<void> = Promise.resolve()
  #isOver = false
  #kind = ''
  count = 0

  constructor(soak: Soak) {
    this.#soak = soak
  }

  /** Draws the next one; where it is a call to the file system, the host does it to itself. */
  plan(): DiskMoment | undefined {
    const { chance, job, wanted, mode, backend } = this.#soak
    this.#kind = ''
    if (wanted() <= 0 || this.#isOver) return undefined
    const distance = drawDistance(chance, job.declaration.resources)
    const [where, point, fate] = [chance(), POINTS[Math.floor(chance() * 3)] as WirePoint, drawFate(chance())]
    const kept = mode === 'proxy' ? { own: fate, all: chance() < 0.4 } : { own: 'hold' as const, all: false }
    const happens = mode === 'proxy' ? `${fate}${kept.all ? ' of all connections' : ''}, ` : ''
    const hit = (): void => this.#hit()
    if (where < 0.45) {
      this.#kind = `${happens}${point} commit`
      backend.wire.arm(distance, point, kept, hit)
    } else if (where < 0.85 && job.store === 'postgres') {
      this.#kind = `${happens}${point} journal write`
      backend.storeWire.arm(distance, point, kept, hit)
    } else if (where < 0.85 && mode === 'kill') {
      this.#disk = drawDiskMoment(chance, distance, 'SIGKILL')
      this.#kind = describeDiskMoment(this.#disk)
    } else {
      this.#kind = `${happens}any time`
      this.#timer = setTimeout(() => {
        if (mode === 'proxy') for (const wire of [backend.wire, backend.storeWire]) wire.strike(fate)
        hit()
      }, chance() * LONGEST_LIFE_MS)
    }
    return this.#disk
  }

  begin(child: Child<HostWord>): void {
    this.#child = child
  }

  /** The host is gone; `isKilled`: not by itself. */
  async end(isKilled: boolean): Promise<void> {
    const { backend, noteKill, mode } = this.#soak
    this.#isOver = true
    clearTimeout(this.#timer)
    backend.wire.quiet()
    backend.storeWire.quiet()
    // Nobody waits for an answer any more.
    for (const wire of [backend.wire, backend.storeWire]) wire.strike('cut')
    await this.#present
    if (mode === 'kill' && isKilled) {
      this.count++
      noteKill(this.#kind)
    }
  }

  #hit(): void {
    const { mode, noteKill, backend } = this.#soak
    if (this.#isOver) return
    if (mode === 'kill') return this.#child?.signal('SIGKILL')
    this.count++
    noteKill(this.#kind)
    if (mode === 'proxy') return void this.plan()
    this.#present = backend.server.crash().then(() => void this.plan())
  }
}

function drawFate(chance: number): WireFate {
  return chance < 0.5 ? 'cut' : 'silence'
}
