import { apply, plan, resume } from '../../src/index.ts'
import { fileStore } from '../../src/node/file-store.ts'
import { postgresStore, type PostgresStore } from '../../src/postgres/postgres-store.ts'
import type { Run } from '../../src/engine/run.ts'
import type { Store } from '../../src/store/store.ts'
import { postgres } from '../../examples/postgres/postgres.ts'
import { resolveSecret } from '../soak/declaration.ts'
import { dyingFileSystem } from '../soak/dying-file-system.ts'
import type { HostWord } from '../soak/messages.ts'
import { declareGeneration } from './declaration.ts'
import type { HostJob } from './messages.ts'

/** A host in a process of its own: it waits for one job, does it, says what came of it, and ends. */
const say = (word: HostWord): void => void process.send?.(word)
/** No call of these takes longer. A takeover waits for that long. */
const CALL_TIMEOUT_MS = 600
/** A transaction of a host that stands still is over before another host begins. */
const LOCK_TIMEOUT_MS = 400
const STORE_TIMEOUT_MS = 1_000

process.once('message', (message) => {
  work(message as HostJob).catch((error: unknown) => {
    const { code, message: text } = error as { readonly code?: string; readonly message: string }
    say({ said: 'refused', code: String(code), message: text })
    process.exit()
  })
})
process.on('disconnect', () => process.exit())
say({ said: 'ready' })

async function work({ work, host, url, place, store: kind, declaration, mode, disk, leaseTermMs, keep = 12 }: HostJob): Promise<void> {
  const fileSystem = dyingFileSystem(disk, () => say({ said: 'stopping' }))
  const store: Store = kind === 'file' ? fileStore(place, { fileSystem }) : postgresStore({ connectionString: place, timeoutMs: STORE_TIMEOUT_MS })
  const options = {
    provider: postgres({ url, lockTimeoutMs: LOCK_TIMEOUT_MS }),
    store,
    stack: 'soak',
    resolvers: { soak: resolveSecret },
    holder: host,
    concurrency: 6,
    timeoutMs: CALL_TIMEOUT_MS,
    retry: { attempts: 6, baseMs: 20, maxMs: 500 },
    keep: { runs: keep, plans: keep },
    leaseTermMs,
    leaseWaitMs: 60_000,
  }
  const makePlan = () => plan(mode === 'destroy' ? [] : declareGeneration(declaration), { ...options, mode, timeoutMs: 10_000 })
  if (work === 'plan') {
    const { actions, warnings, unreadable } = await makePlan()
    say({ said: 'planned', actions: actions.map((action) => `${action.kind} ${action.address}: ${JSON.stringify(action.changes)}`), warnings: [...warnings.map(({ message }) => message), ...unreadable.map((each) => JSON.stringify(each))] })
    return end(store)
  }
  const planned = work === 'resume' ? undefined : await makePlan()
  // A plan of what could be read is not all that is declared.
  if (planned !== undefined && planned.unreadable.length > 0) {
    say({ said: 'refused', code: 'unreadable', message: planned.unreadable.map(({ subject, error }) => `${subject}: ${error.message}`).join('; ') })
    return end(store)
  }
  const isResumed = planned === undefined || (work === 'fight' && planned.openRun !== undefined)
  const run: Run = isResumed ? resume(planned?.openRun, options) : apply(planned, options)
  if (disk?.from === 'action' && work === 'resume') fileSystem.arm()
  run.once('action:started', () => {
    if (disk?.from === 'action') fileSystem.arm()
    say({ said: 'started' })
  })
  run.on('action:succeeded', ({ action, progress }) => {
    say({ said: 'done', run: run.id, action: `${action.kind} ${action.address}` })
    if (disk?.from === 'end' && progress.done === progress.total) fileSystem.arm()
  })
  run.once('lease:taken', () => say({ said: 'taken' }))
  const { outcome, open, errors, actions, requests, message } = await run
  const odd = actions.filter((action) => action.outcome !== 'succeeded').map((action) => `${action.address} is ${action.outcome}: ${action.error?.message ?? action.message ?? ''}`)
  say({ said: 'ended', outcome, open, requests, problems: [...(message === undefined ? [] : [message]), ...errors.map(({ address, error }) => `${address}: ${error.message}`), ...odd] })
  return end(store)
}

/** Idle connections of the provider would keep the process for a second. */
async function end(store: Store): Promise<void> {
  if ('close' in store) await (store as PostgresStore).close()
  process.disconnect()
}
