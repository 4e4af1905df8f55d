import { abandon, apply, plan, restore, resume, rollback, type ActionResult, type Plan, type Provider, type Resource, type Run } from '../../src/index.ts'
import { fileStore } from '../../src/node/file-store.ts'
import { dyingFileSystem } from '../soak/dying-file-system.ts'
import type { HostWord } from '../soak/messages.ts'
import { NOT_TAKEN_BACK, STACK, type Declared, type HostJob } from './stage.ts'

/** What a host has of its own. */
export interface HostWork {
  readonly provider: Provider
  readonly desired: readonly Resource[]
  readonly retry: { readonly attempts: number; readonly baseMs: number; readonly maxMs: number }
  readonly timeoutMs: number
}

/** Lets this process be a host: it waits for one job, does it, says what came of it, and ends. */
export function beHost<Job extends HostJob<Declared>>(prepare: (job: Job) => HostWork): void {
  process.once('message', (message) => {
    const job = message as Job
    work(job, prepare).catch((error: unknown) => {
      const { code, message: text } = error as { readonly code?: string; readonly message: string }
      say({ said: 'refused', code: String(code), message: text })
      process.disconnect()
    })
  })
  process.on('disconnect', () => process.exit())
  say({ said: 'ready' })
}

async function work<Job extends HostJob<Declared>>(job: Job, prepare: (job: Job) => HostWork): Promise<void> {
  const { dir, mode, onFailure, host, disk, of = '' } = job
  const { desired, ...own } = prepare(job)
  const fileSystem = dyingFileSystem(disk, () => undefined)
  const options = { ...own, store: fileStore(dir, { fileSystem }), stack: STACK, holder: host, onFailure }
  const makePlan = (): Promise<Plan> => plan(mode === 'destroy' ? [] : desired, { ...options, mode, allowEmpty: true })
  if (job.work === 'plan') {
    const { actions, warnings, unreadable } = await makePlan()
    say({ said: 'planned', actions: actions.map(({ kind, address, reason, changes }) => `${kind} ${address}${reason === undefined ? '' : ` (${reason})`} ${JSON.stringify(changes)}`), warnings: [...warnings.filter(({ code }) => code !== 'torn-journal').map(({ message }) => message), ...unreadable.map((each) => JSON.stringify(each))] })
    return process.disconnect()
  }
  if (job.work === 'abandon') {
    if (disk !== undefined) fileSystem.arm()
    const { settled } = await abandon(undefined, options)
    say({ said: 'ended', outcome: 'abandoned', open: false, requests: 0, problems: settled.map(({ address, outcome, message }) => `${outcome === 'unknown' ? NOT_TAKEN_BACK : ''}${address} is ${outcome}: ${message}`) })
    return process.disconnect()
  }
  const run: Run = job.work === 'resume' ? resume(undefined, options) : job.work === 'rollback' ? rollback(of, options) : job.work === 'restore' ? restore(of, options) : apply(await makePlan(), options)
  if (disk?.from === 'action' && job.work !== 'apply') fileSystem.arm()
  run.once('action:started', () => {
    if (disk?.from === 'action') fileSystem.arm()
    say({ said: 'started' })
  })
  run.on('action:succeeded', ({ progress }) => {
    if (disk?.from === 'end' && progress.done === progress.total) fileSystem.arm()
  })
  const { outcome, open, errors, actions, requests, message, mode: did, rollback: back } = await run
  const tell = (all: readonly ActionResult[], word: string): readonly string[] => all.filter((action) => action.outcome !== 'succeeded').map((action) => `${word}${action.address} is ${action.outcome}: ${action.error?.message ?? action.message ?? ''}`)
  const odd = [...tell(actions, did === 'rollback' ? NOT_TAKEN_BACK : ''), ...tell(back?.actions ?? [], NOT_TAKEN_BACK)]
  const wrong = [...errors, ...(back?.errors ?? [])].map(({ address, error }) => `${address}: ${error.message}`)
  say({ said: 'ended', outcome, open, requests, problems: [...(message === undefined ? [] : [message]), ...wrong, ...odd] })
  process.disconnect()
}

function say(word: HostWord): void {
  process.send?.(word)
}
