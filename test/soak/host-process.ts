import { apply, plan, resume } from '../../src/index.ts'
import { fileStore } from '../../src/node/file-store.ts'
import type { Run } from '../../src/engine/run.ts'
import type { CallContext } from '../../src/provider/context.ts'
import type { Provider, ResourceType } from '../../src/provider/provider.ts'
import { konnect } from '../../examples/konnect/konnect.ts'
import { declareGeneration, resolveSecret } from './declaration.ts'
import { dyingFileSystem } from './dying-file-system.ts'
import type { HostJob, HostWord } from './messages.ts'
import { readSharedMs } from './moment.ts'

/** A host in a process of its own: it waits for one job, does it, says what came of it, and ends. */
const say = (word: HostWord): void => void process.send?.(word)

process.once('message', (message) => {
  const job = message as HostJob
  work(job).catch((error: unknown) => {
    const { code, message: text } = error as { readonly code?: string; readonly message: string }
    say({ said: 'refused', code: String(code), message: text })
    process.disconnect()
  })
})
process.on('disconnect', () => process.exit())
say({ said: 'ready' })

async function work({ work, host, url, dir, declaration, mode, disk, lease }: HostJob): Promise<void> {
  const fileSystem = dyingFileSystem(disk, () => say({ said: 'stopping' }))
  // A request counts as sent when the lease was looked at for it: the host may be stopped between the two, and nobody can help that.
  let lookedMs: number | undefined
  const named: typeof fetch = (input, init) => {
    const askedMs = lookedMs ?? readSharedMs()
    lookedMs = undefined
    return fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), 'x-host': host, 'x-asked': String(askedMs) } })
  }
  const options = {
    provider: noteLooks(konnect({ url, token: 'soak', rateLimit: { perSecond: 100_000, burst: 100_000 }, fetch: named }), () => (lookedMs = readSharedMs())),
    store: fileStore(dir, { fileSystem }),
    stack: 'soak',
    resolvers: { soak: resolveSecret },
    holder: host,
    concurrency: 10,
    retry: { attempts: 4, baseMs: 10, maxMs: 100 },
    keep: { runs: 6, plans: 4 },
    ...lease,
  }
  const makePlan = () => plan(mode === 'destroy' ? [] : declareGeneration(declaration), { ...options, mode })
  if (work === 'plan') {
    const { actions, warnings, unreadable } = await makePlan()
    say({ said: 'planned', actions: actions.map(({ kind, address }) => `${kind} ${address}`), warnings: [...warnings.map(({ message }) => message), ...unreadable.map((each) => JSON.stringify(each))] })
    return process.disconnect()
  }
  const run: Run = work === 'resume' ? resume(undefined, options) : apply(await makePlan(), options)
  // Whoever dies before it has begun leaves nothing; whoever is stopped then has lost no lease.
  if (disk?.from === 'action' && disk.signal === 'SIGKILL' && work === 'resume') fileSystem.arm()
  run.once('action:started', () => {
    if (disk?.from === 'action') fileSystem.arm()
    say({ said: 'started' })
  })
  run.on('action:succeeded', ({ progress }) => {
    if (disk?.from === 'end' && progress.done === progress.total) fileSystem.arm()
  })
  run.once('lease:taken', () => say({ said: 'taken' }))
  const { outcome, open, errors, actions, requests, message } = await run
  const odd = actions.filter((action) => action.outcome !== 'succeeded').map((action) => `${action.address} is ${action.outcome}: ${action.error?.message ?? action.message ?? ''}`)
  say({ said: 'ended', outcome, open, requests, problems: [...(message === undefined ? [] : [message]), ...errors.map(({ address, error }) => `${address}: ${error.message}`), ...odd] })
  process.disconnect()
}

/** Hears of each look at the lease. When it is held, the request is sent before anything else happens. */
function noteLooks(provider: Provider, onLook: () => void): Provider {
  const watch = (context: CallContext): CallContext => ({
    ...context,
    hold: () => {
      onLook()
      return context.hold?.()
    },
  })
  const types = Object.entries(provider.types).map(([name, type]): [string, ResourceType] => [
    name,
    { ...type, create: (request, context) => type.create(request, watch(context)), update: (request, context) => type.update(request, watch(context)), delete: (request, context) => type.delete(request, watch(context)) },
  ])
  return { ...provider, types: Object.fromEntries(types) }
}
