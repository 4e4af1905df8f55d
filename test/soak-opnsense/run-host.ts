import { subsystems, type Subsystem } from '../../examples/opnsense/server/live-state.ts'
import type { Child } from '../soak/child.ts'
import { lastWord } from '../soak/crew.ts'
import type { HostWord } from '../soak/messages.ts'
import { describeWord } from '../soak/words.ts'
import type { HostJob } from './messages.ts'
import { describeDeath, describeFault, inflict, type Death, type WireFault } from './moment.ts'
import { checkDeath, type Scene } from './scene.ts'
import type { RequestMoment } from './tap.ts'

/** Something that happens while a host works: it gets a SIGINT, or somebody does something. */
export interface Meanwhile {
  readonly at: RequestMoment
  readonly act: 'cancel' | (() => Promise<void>)
}

/** What happens to one host. */
export interface Fate {
  readonly death?: Death | undefined
  readonly fault?: WireFault | undefined
  readonly meanwhile?: Meanwhile | undefined
}

/** Lets one host work; it may die. Gives what it came to; undefined: it died. */
export async function runHost(scene: Scene, job: Omit<HostJob, 'host'>, { death, fault, meanwhile }: Fate = {}): Promise<Extract<HostWord, { readonly said: 'ended' | 'refused' | 'planned' }> | undefined> {
  const { tap, hosts, faults, story, total, kills } = scene
  const startedMs = performance.now()
  let child: Child<HostWord> | undefined
  let between: readonly Subsystem[] = []
  const strike = async (): Promise<void> => {
    child?.signal('SIGKILL')
    await child?.gone
  }
  const intervene = async (): Promise<void> => {
    if (meanwhile?.act !== 'cancel') await meanwhile?.act()
    else if (child !== undefined) process.kill(child.pid, 'SIGINT')
  }
  if (fault !== undefined) inflict(tap, fault)
  tap.arm(death?.at === 'request' ? death.moment : meanwhile?.at, death?.at === 'request', death?.at === 'request' ? strike : intervene)
  child = hosts.start({ ...job, ...(death?.at === 'disk' && { disk: death.disk }) })
  const timer = death?.at === 'time' ? setTimeout(() => void strike(), death.afterMs) : undefined
  const word = await lastWord(child)
  const { signal } = await child.gone
  clearTimeout(timer)
  const { settles, writes, requests } = await tap.rest()
  total.hosts++
  total.writes += writes
  total.requests += requests
  if (fault !== undefined) total.wireFaults++
  for (const name of subsystems) total.settles[name] += settles[name]

  const hasDied = signal === 'SIGKILL' && word?.said !== 'ended'
  const changes = job.work !== 'plan' && job.work !== 'look' && job.work !== 'abandon'
  const most = (changes ? 1 : 0) + (job.onFailure === 'rollback' && changes ? 1 : 0) + (fault?.on === 'settle' ? fault.times : 0)
  for (const name of subsystems) if (settles[name] > most) faults.push(`a host that did ${job.work} settled ${name} ${settles[name]} times, at most ${most} are explained`)
  if (hasDied) between = await checkDeath(scene, job)
  if (signal === 'SIGKILL') kills.push({ instant: death === undefined ? 'nobody knows' : describeDeath(death), work: job.work, between })
  const fates = [death && `to be killed ${describeDeath(death)}${death.at === 'request' ? ` ${death.moment.nth}` : ''}`, fault && describeFault(fault), meanwhile && `${meanwhile.act === 'cancel' ? 'cancelled' : 'somebody comes'} ${meanwhile.at.point} ${meanwhile.at.on} ${meanwhile.at.nth}`].filter(Boolean)
  story.push(`${[job.work, ...fates].join(', ')}: ${hasDied ? `killed${between.length > 0 ? `, ${between.join(' and ')} saved and not live` : ''}` : describeWord(word)}; ${Math.round(performance.now() - startedMs)} ms, ${writes} writes, settled ${subsystems.map((name) => `${settles[name]} ${name}`).join(' ')}`)
  return hasDied ? undefined : (word as Extract<HostWord, { readonly said: 'ended' | 'refused' | 'planned' }>)
}
