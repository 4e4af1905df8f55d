import { lastWord } from './crew.ts'
import type { Child } from './child.ts'
import { describeDiskMoment, drawDiskMoment, drawDistance, readSharedMs } from './moment.ts'
import type { HostWord, Point } from './messages.ts'
import { MOST_ATTEMPTS, findWork, type Soak } from './soak.ts'
import { describeWord } from './words.ts'

const POINTS: readonly Point[] = ['before', 'after', 'replied']
/** Short, so that many holders can be lost in a minute. A takeover waits for the term and for one call. */
const LEASE = { leaseTermMs: 400, leaseWaitMs: 60_000, timeoutMs: 300 } as const
const LONGEST_TERM_MS = 6_400

/** A host that stands still, and what was to wake it. */
interface Sleeper {
  readonly child: Child<HostWord>
  readonly host: string
  readonly last: Promise<HostWord | undefined>
  /** When the next host has taken the stack, when that has begun to write, or when that is done or stands still itself. */
  readonly wakesAt: 'taken' | 'started' | 'over'
}

/**
 * Carries out one round with hosts that are stopped and overtaken: the next one takes the stack when the lease has run out,
 * and the one before it wakes up while or after the next one works. It must not write any more.
 */
export async function suspendHost(soak: Soak): Promise<void> {
  const { server, hosts, chance, job, wanted, noteKill, noteFault, noteAdrift } = soak
  let sleeper: Sleeper | undefined
  let late = 0
  let planAgain = false
  let leaseTermMs: number = LEASE.leaseTermMs
  const wake = async (): Promise<void> => {
    const woken = sleeper
    sleeper = undefined
    if (woken !== undefined) late += await wakeUp(soak, woken)
  }
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const work: 'apply' | 'resume' | 'done' = planAgain ? 'apply' : await findWork(soak)
    planAgain = false
    if (work === 'done') return wake()
    const which = wanted() > 0 ? Math.floor(chance() * 5) : -1
    const distance = drawDistance(chance, job.declaration.resources)
    const disk = which < 3 ? undefined : drawDiskMoment(chance, distance, 'SIGSTOP')
    const { child, host } = hosts.startNamed({ ...job, work, lease: { ...LEASE, leaseTermMs }, ...(disk && { disk }) })
    let stop = (): void => undefined
    const stopped = new Promise<'stopped'>((resolve) => (stop = () => resolve('stopped')))
    const waking: Promise<void>[] = []
    const last = lastWord(child, (word) => {
      if (word.said === 'stopping') stop()
      if (word.said === sleeper?.wakesAt) waking.push(wake())
    })
    if (which >= 0 && disk === undefined)
      await server.arm(distance, POINTS[which] as Point, { fromFirstWrite: true, dies: false }, () => {
        child.signal('SIGSTOP')
        stop()
      })
    const end = await Promise.race([last, stopped])
    await server.quiet(false)
    await Promise.all(waking)
    // Whoever was to wake up when this one is over does so now.
    await wake()
    if (end === 'stopped') {
      noteKill(disk === undefined ? `${POINTS[which]} request` : describeDiskMoment(disk))
      sleeper = { child, host, last, wakesAt: (['taken', 'started', 'over'] as const)[Math.floor(chance() * 3)] as Sleeper['wakesAt'] }
      continue
    }
    if (end?.said === 'ended' && end.outcome === 'succeeded') return
    // On a machine that is busy with other things, a term this short may pass unrenewed.
    if (end?.said === 'ended' && end.outcome === 'paused') {
      leaseTermMs = Math.min(LONGEST_TERM_MS, leaseTermMs * 2)
      continue
    }
    // What arrives behind the back of a run makes its steps stale; the next plan sees it.
    if (late === 0 || end?.said !== 'ended') return noteFault(`${work} came to ${describeWord(end)}`)
    noteAdrift(end.problems.flatMap((problem) => /^(\S+) is (?:stale|failed)/.exec(problem)?.[1] ?? []))
    planAgain = !end.open
  }
  noteFault(`the run has not ended after ${MOST_ATTEMPTS} hosts`)
}

/**
 * Lets a host go on that was overtaken: it finds that its lease is lost, and sends no write. Gives how many arrive that it had
 * sent before it was stopped. One that had ended its run before it was stopped just ends.
 */
async function wakeUp({ server, findRun, noteFault, noteLate, noteTraffic }: Soak, { child, host, last }: Sleeper): Promise<number> {
  const wasOver = (await findRun())?.ended === true
  const before = await server.account()
  noteTraffic(before.writes, before.requests)
  const wokenMs = readSharedMs()
  child.signal('SIGCONT')
  const word = await last
  const after = await server.account()
  noteTraffic(after.writes, after.requests)
  const own = after.writes.filter((write) => write.host === host)
  for (const { method, path, status } of own.filter(({ askedMs }) => askedMs > wokenMs)) noteFault(`${host}, which had lost its lease, sent ${method} ${path} (${status})`)
  noteLate(own.length)
  const gaveUp = word?.said === 'refused' && (word.code === 'lease-lost' || word.code === 'lease-held')
  const paused = word?.said === 'ended' && word.outcome === 'paused'
  if (!gaveUp && !paused && !(wasOver && word?.said === 'ended' && word.outcome === 'succeeded')) noteFault(`${host}, which had lost its lease, came to ${describeWord(word)}`)
  return own.length
}
