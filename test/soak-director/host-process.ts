import { join } from 'node:path'
import { abandon, apply, plan, restore, resume, rollback, type ActionResult, type Plan, type Run } from '../../src/index.ts'
import { fileStore } from '../../src/node/file-store.ts'
import { director } from '../../examples/director/director.ts'
import { parseDirector } from '../../examples/director/input/load.ts'
import { pairFile } from '../../examples/director/pair-file.ts'
import { keepInMemory } from '../../examples/director/session.ts'
import { dyingFileSystem } from '../soak/dying-file-system.ts'
import type { HostWord } from '../soak/messages.ts'
import { breakProvider } from './breaks.ts'
import { writeInput } from './declaration.ts'
import { NOT_TAKEN_BACK, STACK, type HostJob } from './messages.ts'
import { TIMES } from './times.ts'

/** A host in a process of its own: it waits for one job, does it, says what came of it, and ends. */
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
  const { url, token, secret, dir, declaration, mode, onFailure, host, disk, broken, of = '' } = job
  const fileSystem = dyingFileSystem(disk, () => undefined)
  const desired = parseDirector(writeInput(declaration))
  const { timeoutMs, retry, ...times } = TIMES
  const pairs = broken === 'no-pair' ? keepInMemory() : pairFile(join(dir, 'director-token.json'), url, secret)
  const provider = director({
    url, token, secret, pairs, ...times,
    ...(broken === 'no-lag' && { lagMs: 0 }),
    ...(broken === 'no-doubt' && { visibleWithinMs: 0 }),
    ...(broken === 'no-order' && { fetch: forgetOrders }),
  })
  const options = { provider: breakProvider(provider, broken), store: fileStore(dir, { fileSystem }), stack: STACK, holder: host, retry, timeoutMs, onFailure }
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

/** A host that takes every write for done at once. */
async function forgetOrders(input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> {
  if (!String(input).includes('/monitorapi/')) return fetch(input, init)
  return Response.json({ request: {}, response: { success: true, errors: [], message: '' } })
}
