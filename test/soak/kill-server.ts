import { lastWord } from './crew.ts'
import type { HostWord, Point } from './messages.ts'
import { drawDistance } from './moment.ts'
import { MOST_ATTEMPTS, findWork, type Soak } from './soak.ts'
import { describeWord } from './words.ts'

const POINTS: readonly Point[] = ['before', 'after', 'replied']

/**
 * Carries out one round on a server that dies and comes back with the objects that it had: at once, so that the host can ride
 * it out, or only when the host has given up, so that its run is resumed.
 */
export async function killServer(soak: Soak): Promise<void> {
  const { hosts, job, wanted, noteFault, server } = soak
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const work = await findWork(soak)
    if (work === 'done') {
      await server.quiet(false)
      return
    }
    const deaths = new Deaths(soak)
    if (wanted() > 0) await deaths.plan(work === 'apply')
    const child = hosts.start({ ...job, work })
    const word = await lastWord(child)
    await deaths.end()
    await server.quiet(true)
    if (word?.said === 'ended' && word.outcome === 'succeeded') return
    // A run that lost its backend may pause, or fail in part; what it never does is fail for another reason.
    if (word?.said === 'ended' && deaths.count > 0) continue
    return noteFault(`${work} came to ${describeWord(word as HostWord | undefined)}`)
  }
  noteFault(`the run has not ended after ${MOST_ATTEMPTS} hosts`)
}

/** The deaths of a server during one host's work. */
class Deaths {
  readonly #soak: Soak
  #present: Promise<void> = Promise.resolve()
  #comeBack: (() => void) | undefined
  #isOver = false
  count = 0

  constructor(soak: Soak) {
    this.#soak = soak
  }

  async plan(fromFirstWrite: boolean): Promise<void> {
    const { server, chance, job, wanted } = this.#soak
    const [distance, point, waits] = [drawDistance(chance, job.declaration.resources), POINTS[Math.floor(chance() * 3)] as Point, chance() < 0.3]
    if (wanted() <= 0 || this.#isOver) return
    await server.arm(distance, point, { fromFirstWrite, dies: true }, ({ objects = {}, writes = [], requests = 0 }) => {
      this.#present = this.#die(objects, point, waits, () => this.#soak.noteTraffic(writes, requests))
    })
  }

  /** The host is gone: a server that waits for that comes back. */
  async end(): Promise<void> {
    this.#isOver = true
    this.#comeBack?.()
    await this.#present
  }

  async #die(objects: Parameters<Soak['server']['listen']>[0], point: Point, waits: boolean, note: () => void): Promise<void> {
    const { server, noteKill } = this.#soak
    await server.die()
    note()
    this.count++
    noteKill(`${point} request${waits ? ', away' : ''}`)
    if (waits && !this.#isOver) await new Promise<void>((resolve) => void (this.#comeBack = resolve))
    await server.listen(objects)
    await this.plan(false)
  }
}
