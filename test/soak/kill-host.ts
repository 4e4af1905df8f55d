import { lastWord } from './crew.ts'
import type { Point } from './messages.ts'
import { describeDiskMoment, drawDiskMoment, drawDistance } from './moment.ts'
import { MOST_ATTEMPTS, findWork, type Soak } from './soak.ts'
import { describeWord } from './words.ts'

const POINTS: readonly Point[] = ['before', 'after', 'replied']

/**
 * Carries out one round with hosts that are killed: at a request (before anything happened, after its effect, right after its
 * reply), or at a call to the file system (before it, after it, with half of the write done).
 */
export async function killHost(soak: Soak): Promise<void> {
  const { server, hosts, chance, job, wanted, noteKill, noteFault } = soak
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const work = await findWork(soak)
    if (work === 'done') return
    const distance = drawDistance(chance, job.declaration.resources)
    const which = Math.floor(chance() * 7)
    if (wanted() <= 0) {
      const word = await hosts.finish({ ...job, work })
      if (word?.said !== 'ended' || word.outcome !== 'succeeded') noteFault(`${work} came to ${describeWord(word)}`)
      return
    }
    const disk = which < 3 ? undefined : drawDiskMoment(chance, distance, 'SIGKILL')
    let child: ReturnType<typeof hosts.start> | undefined
    let isKilled = false
    if (disk === undefined)
      await server.arm(distance, POINTS[which] as Point, { fromFirstWrite: work === 'apply', dies: false }, () => {
        isKilled = true
        child?.signal('SIGKILL')
      })
    child = hosts.start({ ...job, work, ...(disk && { disk }) })
    const word = await lastWord(child)
    const { signal } = await child.gone
    await server.quiet(true)
    if (signal === 'SIGKILL') noteKill(disk === undefined ? `${POINTS[which]} request` : describeDiskMoment(disk))
    else if (isKilled) throw new Error('a host outlived SIGKILL')
    if (word === undefined) continue
    if (word.said === 'ended' && word.outcome === 'succeeded') return
    return noteFault(`${work} came to ${describeWord(word)}`)
  }
  noteFault(`the run has not ended after ${MOST_ATTEMPTS} hosts`)
}
