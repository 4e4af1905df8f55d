import { abandon, apply, plan, restore, resume, rollback, type Plan, type Provider, type Run } from '../../src/index.ts'
import { fileStore } from '../../src/node/file-store.ts'
import { opnsense } from '../../examples/opnsense/opnsense.ts'
import { dyingFileSystem } from '../soak/dying-file-system.ts'
import type { HostWord } from '../soak/messages.ts'
import { declareResources } from './declaration.ts'
import { CREDENTIALS, STACK, type HostJob } from './messages.ts'

/** Longer than any call; short enough for one that nobody answers. */
const TIMEOUT_MS = 1_500
const READY_WITHIN_MS = 5_000
const POLL_EVERY_MS = 15

/** A host in a process of its own: it waits for one job, does it, says what came of it, and ends. SIGINT cancels its run. */
const say = (word: HostWord): void => void process.send?.(word)

process.once('message', (message) => {
  work(message as HostJob).catch((error: unknown) => {
    const { code, message: text } = error as { readonly code?: string; readonly message: string }
    say({ said: 'refused', code: String(code), message: text })
    process.disconnect()
  })
})
process.on('disconnect', () => process.exit())
say({ said: 'ready' })

async function work(job: HostJob): Promise<void> {
  const { url, dir, declaration, mode, onFailure, host, disk, of = '' } = job
  const fileSystem = dyingFileSystem(disk, () => undefined)
  const options = {
    provider: hasten(opnsense({ url, ...CREDENTIALS })),
    store: fileStore(dir, { fileSystem }),
    stack: STACK,
    holder: host,
    retry: { attempts: 4, baseMs: 10, maxMs: 60 },
    timeoutMs: TIMEOUT_MS,
    onFailure,
  }
  const makePlan = (): Promise<Plan> => plan(mode === 'destroy' ? [] : declareResources(declaration), { ...options, mode, allowEmpty: true })
  if (job.work === 'plan' || job.work === 'look') {
    const { actions, warnings, unreadable } = job.work === 'plan' ? await makePlan() : await plan([], { ...options, mode: 'apply' })
    say({ said: 'planned', actions: actions.map(({ kind, address, reason }) => `${kind} ${address}${reason === undefined ? '' : ` (${reason})`}`), warnings: [...warnings.filter(({ code }) => code !== 'open-run' && code !== 'torn-journal').map((warning) => warning.message), ...unreadable.map((each) => JSON.stringify(each))] })
    return process.disconnect()
  }
  if (job.work === 'abandon') {
    if (disk !== undefined) fileSystem.arm()
    const { settled } = await abandon(undefined, options)
    say({ said: 'ended', outcome: 'abandoned', open: false, requests: 0, problems: settled.map((each) => JSON.stringify(each)) })
    return process.disconnect()
  }
  const run: Run = job.work === 'resume' ? resume(undefined, options) : job.work === 'rollback' ? rollback(of, options) : job.work === 'restore' ? restore(of, options) : apply(await makePlan(), options)
  process.once('SIGINT', () => void run.cancel().catch(() => undefined))
  if (disk?.from === 'action' && job.work !== 'apply') fileSystem.arm()
  run.once('action:started', () => {
    if (disk?.from === 'action') fileSystem.arm()
    say({ said: 'started' })
  })
  run.on('action:succeeded', ({ progress }) => {
    if (disk?.from === 'end' && progress.done === progress.total) fileSystem.arm()
  })
  const { outcome, open, errors, actions, requests, message } = await run
  const odd = actions.filter((action) => action.outcome !== 'succeeded').map((action) => `${action.address} is ${action.outcome}: ${action.error?.message ?? action.message ?? ''}`)
  say({ said: 'ended', outcome, open, requests, problems: [...(message === undefined ? [] : [message]), ...errors.map(({ address, error }) => `${address}: ${error.message}`), ...odd] })
  process.disconnect()
}

/** The same provider, that asks more often whether something has become effective: the firewall of a soak takes milliseconds. */
function hasten(provider: Provider): Provider {
  const groups = Object.entries(provider.settleGroups ?? {}).map(([name, group]) => [name, { ...group, pollEveryMs: POLL_EVERY_MS, readyWithinMs: READY_WITHIN_MS }])
  return { ...provider, settleGroups: Object.fromEntries(groups) as NonNullable<Provider['settleGroups']> }
}
