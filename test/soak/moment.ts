import type { Chance } from './chance.ts'
import type { DiskMoment } from './messages.ts'

const DISK_POINTS: readonly DiskMoment['point'][] = ['before', 'after', 'torn']
/** What follows on the last outcome: the commit of the state, the end of the journal, what is old, the lease. */
const CALLS_AT_THE_END = 24

/** A number of requests or calls until the next death: often few, sometimes about as many as so many resources need. */
export function drawDistance(chance: Chance, resources: number): number {
  return 1 + Math.floor(chance() * (chance() < 0.5 ? 12 : resources / 2))
}

/** A call to the file system: any, or one of those after the last action. */
export function drawDiskMoment(chance: Chance, distance: number, signal: DiskMoment['signal']): DiskMoment {
  const isEnd = chance() < 0.25
  return { from: isEnd ? 'end' : 'action', after: isEnd ? 1 + Math.floor(chance() * CALLS_AT_THE_END) : distance, point: DISK_POINTS[Math.floor(chance() * 3)] as DiskMoment['point'], signal }
}

/** A moment in words. */
export function describeDiskMoment({ from, point }: DiskMoment): string {
  return `disk ${point}${from === 'end' ? ', at the end' : ''}`
}

/** The time by the clock that all processes of this machine share, in milliseconds. */
export function readSharedMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
