import { join } from 'node:path'
import { pairFile } from '../../examples/director/pair-file.ts'
import type { Edit } from '../../examples/director/server/director-app.ts'
import type { FaultRequest } from '../../examples/director/server/test-door.ts'
import type { Child } from '../soak/child.ts'
import { lastWord } from '../soak/crew.ts'
import type { HostWord } from '../soak/messages.ts'
import { describeWord } from '../soak/words.ts'
import type { HostJob } from './messages.ts'
import { describeDeath, describeFault, type Death } from './moment.ts'
import type { RequestMoment } from './request-kind.ts'
import type { Scene } from './scene.ts'

/** What happens to one host. */
export interface Fate {
  readonly death?: Death | undefined
  readonly serverDeath?: RequestMoment | undefined
  readonly faults?: readonly FaultRequest[]
  /** What somebody does before the n-th write. */
  readonly edits?: readonly { readonly nth: number; readonly edit: Edit }[]
}

/** What a host is asked to do; all else of its job follows from the scene. */
export type Job = Pick<HostJob, 'work' | 'declaration' | 'mode' | 'onFailure' | 'of'>

/** How many requests a host makes at once. */
const AT_ONCE = 10

type LastWord = Extract<HostWord, { readonly said: 'ended' | 'refused' | 'planned' }>

/** Lets one host work; it may die. Gives what it came to; undefined: it died. */
export async function runHost(scene: Scene, job: Job, { death, serverDeath, faults = [], edits = [] }: Fate = {}): Promise<LastWord | undefined> {
  const { director, hosts, story, figures, kills } = scene
  const startedMs = performance.now()
  let child: Child<HostWord> | undefined
  let restarting: Promise<void> | undefined
  await director.arm({ faults, edits, ...(death?.at === 'request' && { host: death.moment }), ...(serverDeath && { server: serverDeath }) }, (who) => {
    if (who === 'host') child?.signal('SIGKILL')
    else {
      figures.serverKills++
      restarting = director.restart()
    }
  })
  const { dir, pair, broken } = scene
  child = hosts.start({ ...job, ...pair, url: director.url, dir, ...(broken && { broken }), ...(death?.at === 'disk' && { disk: death.disk }) })
  const timer = death?.at === 'time' ? setTimeout(() => child?.signal('SIGKILL'), death.afterMs) : undefined
  const word = (await lastWord(child)) as LastWord | undefined
  const { signal } = await child.gone
  clearTimeout(timer)
  await restarting
  const { traffic, polled, repeated, sinceRefresh } = await director.ask({ ask: 'quiet' }, 'quiet')
  // Its moment may have come with the last request of all.
  await restarting
  for (const order of polled) scene.orders.polled.add(order)
  for (const each of repeated) scene.orders.repeated.set(each.later, each)
  figures.hosts++
  figures.faults += faults.length
  for (const kind of ['write', 'poll', 'read', 'refresh'] as const) figures[kind] += traffic[kind]

  const hasDied = signal === 'SIGKILL' && (word === undefined || word.said === 'planned')
  if (signal === 'SIGKILL') kills.push({ instant: death === undefined ? 'nobody knows' : describeDeath(death), work: job.work })
  const fates = [death && `to be killed ${describeDeath(death)}${death.at === 'request' ? ` ${death.moment.nth}` : ''}`, serverDeath && `Director to be killed ${serverDeath.point} ${serverDeath.on} ${serverDeath.nth}`, ...faults.map(describeFault)].filter(Boolean)
  story.push(`${[job.work, ...fates].join(', ')}: ${hasDied ? 'killed' : describeEnd(word)}; ${Math.round(performance.now() - startedMs)} ms, ${traffic.write} writes, ${traffic.poll} polls`)
  // Whoever goes on with a new token has kept it, but for what was asked at the same time.
  const mayBeLost = (hasDied && sinceRefresh <= AT_ONCE) || restarting !== undefined || faults.some(({ path }) => path?.includes('refresh') === true)
  await checkPair(scene, job, mayBeLost)
  return hasDied ? undefined : word
}

/** A new token that nobody kept locks everybody out, in words; a person makes another one. It happens only where its reply was lost. */
async function checkPair(scene: Scene, job: Job, mayBeLost: boolean): Promise<void> {
  const { director, hosts, pair, dir, faults, figures, story, broken } = scene
  const kept = (await pairFile(join(dir, 'director-token.json'), director.url, pair.secret).read()) ?? pair
  const { credentials } = (await director.ask({ ask: 'look' }, 'look')).state
  if (kept.token === credentials.token) return
  figures.lockouts++
  story.push('the new token is lost')
  if (!mayBeLost) faults.push('a new token was lost, and nobody died')
  const word = await hosts.finish({ ...job, work: 'plan', ...pair, url: director.url, dir, ...(broken && { broken }) })
  if (word?.said !== 'refused' || !word.message.includes('make a new token in the Director Console')) faults.push(`without a token a host came to ${describeWord(word)}`)
  await director.ask({ ask: 'quiet' }, 'quiet')
  Object.assign(pair, { token: credentials.token, secret: credentials.secret })
}

/** What a host said, without what it did not come to. */
function describeEnd(word: LastWord | undefined): string {
  if (word?.said !== 'ended') return describeWord(word)
  const problems = word.problems.filter((problem) => !problem.includes(' is skipped: '))
  return `${word.outcome}${word.open ? ' (open)' : ''}, ${word.problems.length - problems.length} skipped: ${problems.map((problem) => problem.replaceAll(/monitorapi\/[\w/-]+\//g, '')).join('; ')}`
}
