import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { ConvergentError, CycleError } from '../../src/core/errors.ts'
import type { Plan } from '../../src/core/plan.ts'
import type { RunResult } from '../../src/core/result.ts'
import type { State } from '../../src/core/state.ts'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import type { Resource } from '../../src/core/resource.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { interceptProvider } from '../../src/testing/intercept.ts'
import { createMortalProcess, type MortalProcess } from '../../src/testing/mortal-process.ts'
import { createScheduler } from '../../src/testing/scheduler.ts'
import { draw, expected, found } from '../laws/world.ts'
import type { Chaos, Misfortune } from './chaos.ts'
import { goOn } from './host.ts'
import { Oracle } from './oracle.ts'

/** What a run may end with when its store fails or its stack is taken. */
const EXCUSED = ['store', 'lease-lost', 'lease-held']
/** Once all is well again, a run that failed is resumed this often at the most. */
const PATIENCE = 4

/** How much happened in a history. */
export interface Chronicle {
  readonly actions: number
  readonly processes: number
  readonly deaths: number
  readonly calls: number
}

/**
 * False where an object is replaced, deleted first, and a dependent that is updated needs the new one while it holds on to the
 * old one: a backend that refuses to delete what is in use refuses that in any order. Where others are in between, the plan is refused at once: `cycle`.
 */
function canBeOrdered(plan: Plan, before: State | undefined): boolean {
  const updates = new Map(plan.actions.flatMap(({ kind, address, steps }) => (kind === 'update' ? [[address, steps.map(({ key }) => key)] as const] : [])))
  const dependents = [...(before?.resources.values() ?? [])].filter(({ address }) => updates.has(address))
  return plan.actions.every(({ kind, replaceOrder, address, steps }) => {
    if (kind !== 'replace' || replaceOrder !== 'delete-first') return true
    const after = new Set(steps[0]?.after)
    return dependents.every(({ address: dependent, dependsOn }) => !dependsOn.includes(address) || updates.get(dependent)?.every((step) => after.has(step)) === true)
  })
}

/** Lives through a history: sets up what was before, applies what is wanted after through every misfortune, and goes on until it is done. Throws when anything is wrong. */
export async function simulate(chaos: Chaos): Promise<Chronicle> {
  const { seed, concurrency, onFailure, lagMs } = chaos
  const scheduler = createScheduler({ seed })
  const { clock } = scheduler
  const backend = createFakeBackend({ strict: true, clock, lagMs, settleGroups: { first: ['named', 'marked'], second: ['versioned', 'keyed'] } })
  const store = memoryStore()
  const oracle = new Oracle(backend)
  const happen = new Map<number, () => void>()
  let calls = 0
  const provider = scheduler.schedule(
    interceptProvider(backend.provider, async ({ call, type, name, id }, make) => {
      happen.get(++calls)?.()
      const what = `${call} ${name === undefined ? (id ?? type) : `${type}/${name}`}`
      const isWrite = call === 'create' || call === 'update' || call === 'delete'
      try {
        return await make()
      } catch (error) {
        if (isWrite) oracle.checkRefusal(what, error)
        throw error
      } finally {
        if (isWrite) oracle.checkObjects(what)
      }
    }),
  )
  const options = { provider, store, clock, concurrency }
  const declare = (desired: readonly Resource[]) => plan(desired, { ...options, mode: 'sync', allowEmpty: true })
  const settled = await apply(await declare(draw(chaos.before)), options)
  if (!settled.success) throw new Error(`the beginning ended ${settled.outcome}: ${JSON.stringify(settled.errors)}`)
  scheduler.jump(lagMs)
  const before = await store.load('default')
  const desired = draw(chaos.after)
  const wanted = await declare(desired).catch((error: unknown) => {
    if (error instanceof CycleError) return undefined
    throw error
  })
  fc.pre(wanted !== undefined && canBeOrdered(wanted, before))
  let [processes, deaths] = [0, 0]
  let process: MortalProcess = createMortalProcess({ provider, store, clock })

  const live = async (misfortune: Misfortune | undefined): Promise<RunResult | undefined> => {
    processes++
    happen.clear()
    if (misfortune !== undefined) befall(process, misfortune)
    const result = await goOn(wanted, process, { concurrency, onFailure }).catch((error: unknown) => {
      if (!(error instanceof ConvergentError) || !EXCUSED.includes(error.code)) throw error
      return undefined
    })
    happen.clear()
    backend.heal()
    if (process.isDead) {
      deaths++
      await scheduler.cutOff()
    }
    await oracle.checkJournal(store, wanted, before)
    if (oracle.faults.length > 0) throw new Error(oracle.faults.slice(0, 3).join('\n'))
    scheduler.jump(misfortune?.restMs ?? 0)
    process = process.restart()
    return result
  }
  const befall = (victim: MortalProcess, { diesAfter, store: storeFaults, backend: backendFaults, jumps, robbedAt }: Misfortune): void => {
    if (diesAfter !== undefined) victim.crash({ at: 'after', operation: diesAfter })
    for (const fault of storeFaults) victim.failStore(fault)
    for (const fault of backendFaults) backend.fault(fault)
    const from = calls
    for (const { call, ms } of jumps) happen.set(from + call, () => scheduler.jump(ms))
    if (robbedAt !== undefined) happen.set(from + robbedAt, () => void rob())
  }
  const rob = async (): Promise<void> => {
    const held = await store.holding('default')
    if (held === undefined) return
    await store.release(await store.claim('default', 'robber', { takeOver: { fence: held.fence, reason: 'a test' } }))
  }

  for (const misfortune of chaos.misfortunes) await live(misfortune)
  let isDone = false
  const endings: string[] = []
  for (let again = 0; again < PATIENCE && !isDone; again++) {
    const result = await live(undefined)
    isDone = result?.success ?? true
    endings.push(result === undefined ? 'nothing to do' : `${result.outcome}: ${result.actions.flatMap(({ kind, address, outcome, message, error }) => (outcome === 'succeeded' ? [] : [`${kind} ${address} ${outcome} (${error?.message ?? String(message)})`])).join(', ')}`)
  }
  scheduler.jump(lagMs)
  const [there, declared] = [found(backend.objects()), expected(desired)]
  const effective = found(backend.live())
  if (!isDeepStrictEqual(effective, declared)) throw new Error(`at the end this is live\n${effective.join('\n')}\nand not\n${declared.join('\n')}\nwhat was tried at last:\n${endings.join('\n')}`)
  if (!isDeepStrictEqual(there, declared)) throw new Error(`at the end there is\n${there.join('\n')}\nand not\n${declared.join('\n')}\nwhat was tried at last:\n${endings.join('\n')}`)
  const ids = [...((await store.load('default'))?.resources.values() ?? [])].flatMap(({ id, deposed = [] }) => [id, ...deposed.map((each) => each.id)]).sort()
  if (!isDeepStrictEqual(ids, backend.objects().map(({ id }) => id).sort())) throw new Error(`recorded at the end: ${ids.join(', ')}; there: ${backend.objects().map(({ id }) => id).join(', ')}`)
  const left = await declare(desired)
  if (left.actions.length > 0) throw new Error(`left to do at the end: ${left.actions.map(({ kind, address }) => `${kind} ${address}`).join(', ')}`)
  return { actions: wanted.actions.length, processes, deaths, calls }
}
