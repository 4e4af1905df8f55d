import type { FaultRequest } from '../../examples/dataiku/server/test-door.ts'
import type { Child } from '../soak/child.ts'
import { lastWord } from '../soak/crew.ts'
import type { HostWord } from '../soak/messages.ts'
import { describeWord } from '../soak/words.ts'
import { describeDeath, type Death } from '../soak-parts/death.ts'
import type { Job, LastWord } from '../soak-parts/stage.ts'
import type { Declaration } from './declaration.ts'
import { requestKinds, type Moment, type TimedEdit } from './messages.ts'
import { describeFault } from './moment.ts'
import type { Scene } from './scene.ts'

/** What happens to one host. */
export interface Fate {
  readonly death?: Death<Moment> | undefined
  readonly serverDeath?: Moment | undefined
  readonly faults?: readonly FaultRequest[]
  readonly edits?: readonly TimedEdit[]
}

/** Lets one host work; it may die. Gives what it came to; undefined: it died. */
export async function runHost(scene: Scene, job: Job<Declaration>, { death, serverDeath, faults = [], edits = [] }: Fate = {}): Promise<LastWord | undefined> {
  const { server, hosts, story, figures, kills, dir, broken } = scene
  const startedMs = performance.now()
  let child: Child<HostWord> | undefined
  let restarting: Promise<void> | undefined
  await server.arm({ faults, edits, ...(death?.at === 'request' && { host: death.moment }), ...(serverDeath && { server: serverDeath }) }, (who) => {
    if (who === 'host') child?.signal('SIGKILL')
    else {
      figures.serverKills++
      restarting = server.restart()
    }
  })
  child = hosts.start({ ...job, url: server.url, dir, ...(broken && { broken }), ...(death?.at === 'disk' && { disk: death.disk }) })
  const timer = death?.at === 'time' ? setTimeout(() => child?.signal('SIGKILL'), death.afterMs) : undefined
  const word = (await lastWord(child)) as LastWord | undefined
  const { signal } = await child.gone
  clearTimeout(timer)
  await restarting
  const { traffic, polled, repeated } = await server.ask({ ask: 'quiet' }, 'quiet')
  // Its moment may have come with the last request of all.
  await restarting
  for (const future of polled) scene.futures.polled.add(future)
  for (const each of repeated) scene.futures.repeated.set(each.later, each)
  figures.hosts++
  figures.faults += faults.length
  for (const kind of requestKinds) figures[kind] += traffic[kind]

  const hasDied = signal === 'SIGKILL' && (word === undefined || word.said === 'planned')
  if (signal === 'SIGKILL') kills.push({ instant: death === undefined ? 'nobody knows' : describeDeath(death), work: job.work })
  const fates = [death && `to be killed ${describeDeath(death)}${death.at === 'request' ? ` ${death.moment.nth}` : ''}`, serverDeath && `server to be killed ${serverDeath.point} ${serverDeath.on} ${serverDeath.nth}`, ...faults.map(describeFault), ...edits.map(({ on, nth, edit }) => `somebody will ${edit.does} at ${on} ${nth}`)].filter(Boolean)
  story.push(`${[job.work, `generation ${job.declaration.generation}`, ...fates].join(', ')}: ${hasDied ? 'killed' : describeEnd(word)}; ${Math.round(performance.now() - startedMs)} ms, ${traffic.write} writes, ${traffic.poll} polls`)
  return hasDied ? undefined : word
}

/** What a host said, without what it did not come to. */
function describeEnd(word: LastWord | undefined): string {
  if (word?.said !== 'ended') return describeWord(word)
  const problems = word.problems.filter((problem) => !problem.includes(' is skipped: '))
  return `${word.outcome}${word.open ? ' (open)' : ''}, ${word.problems.length - problems.length} skipped: ${problems.join('; ')}`
}
