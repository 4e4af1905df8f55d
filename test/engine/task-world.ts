import { ProviderError } from '../../src/core/errors.ts'
import type { Fields } from '../../src/core/json.ts'
import { apply } from '../../src/engine/apply.ts'
import type { ApplyOptions } from '../../src/engine/options.ts'
import { plan } from '../../src/engine/plan.ts'
import type { CallContext } from '../../src/provider/context.ts'
import { defineProvider } from '../../src/provider/define.ts'
import type { ResourceType } from '../../src/provider/provider.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

type End = 'running' | 'succeeded' | 'failed'

/** A backend that answers each write with a task. It is over when the test says so. */
export function createTaskWorld(options: { readonly canAsk?: boolean } = {}) {
  const things = new Map<string, Fields>()
  const tasks: { end: End; readonly carryOut: () => void }[] = []
  const ends: End[] = []
  let losesReply = 0
  let failsWith: 'fatal' | 'conflict' = 'fatal'
  let beforePoll: (() => void) | undefined
  const finish = (at: number, end: End): void => {
    const task = tasks[at]
    if (task === undefined || task.end !== 'running') return
    task.end = end
    if (end === 'succeeded') task.carryOut()
  }
  const run = async (context: CallContext, carryOut: () => void): Promise<void> => {
    await context.admit()
    let handle = context.savedHandle
    if (handle === undefined) {
      tasks.push({ end: 'running', carryOut })
      handle = String(tasks.length - 1)
      if (losesReply > 0) {
        losesReply--
        throw new ProviderError('ambiguous', 'the connection was reset')
      }
      await context.saveHandle(handle)
      finish(Number(handle), ends.shift() ?? 'succeeded')
    }
    beforePoll?.()
    const { end } = tasks[Number(handle)] as { end: End }
    if (end === 'failed') throw new ProviderError(failsWith, `task ${handle} failed`)
    if (end === 'running') throw new ProviderError('ambiguous', `task ${handle} was not over in time`, { isFinal: true })
  }
  const show = (name: string, fields: Fields): { id: string; outputs: Fields } => ({ id: `id-${name}`, outputs: fields })
  const thing: ResourceType<{ name: string; size?: number }> = {
    key: ['name'],
    read: async ({ id }) => [...things].filter(([name]) => id === `id-${name}`).map(([name, fields]) => show(name, fields))[0],
    find: async ({ inputs }) => (things.has(inputs.name) ? show(inputs.name, things.get(inputs.name) as Fields) : undefined),
    create: async ({ inputs }, context) => {
      const carryOut = (): void => {
        if (things.has(inputs.name)) throw new Error('doubled')
        things.set(inputs.name, { ...inputs })
      }
      if (things.has(inputs.name) && context.savedHandle === undefined) throw new ProviderError('conflict', `${inputs.name} exists already`)
      await run(context, carryOut)
      return show(inputs.name, things.get(inputs.name) as Fields)
    },
    update: async ({ inputs }, context) => {
      await run(context, () => void things.set(inputs.name, { ...inputs }))
      return show(inputs.name, things.get(inputs.name) as Fields)
    },
    delete: async ({ name }, context) => run(context, () => void things.delete(name)),
    ...(options.canAsk === true && { awaitTask: async (handle: string) => tasks[Number(handle)]?.end ?? 'forgotten' }),
  }
  const base = { provider: defineProvider({ name: 'tasks', types: { thing: thing as unknown as ResourceType } }), store: memoryStore(), clock: manualClock({ auto: true }), mode: 'sync' as const }
  const declare = (size?: number): { type: string; name: string; inputs: Fields }[] => [{ type: 'thing', name: 'a', inputs: { name: 'a', ...(size !== undefined && { size }) } }]
  const start = async (size?: number, more: Partial<ApplyOptions> = {}) => apply(await plan(declare(size), base), { ...base, ...more })
  return { things, tasks, ends, finish, base, declare, start, loseReply: () => void losesReply++, failWith: (kind: typeof failsWith) => void (failsWith = kind), onPoll: (act: (() => void) | undefined) => void (beforePoll = act) }
}
