import type { RunResult } from '../../src/core/result.ts'
import type { ApplyOptions, PlanOptions } from '../../src/engine/options.ts'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import { declare } from '../../src/provider/declare.ts'
import { defineProvider } from '../../src/provider/define.ts'
import type { Provider } from '../../src/provider/provider.ts'
import type { SettleGroup } from '../../src/provider/settle-group.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

/** A backend where `named` is live only when `routes` are settled, and `versioned` when `rules` are. */
export function setUp() {
  const clock = manualClock({ auto: true })
  const backend = createFakeBackend({ clock, settleGroups: { routes: ['named'], rules: ['versioned'] } })
  const store = memoryStore()
  const options = { provider: backend.provider as Provider, store, clock } satisfies ApplyOptions & PlanOptions
  const declared = declare(backend.provider)
  return {
    ...declared,
    backend,
    options,
    settles: () => backend.calls.filter(({ call }) => call === 'settle').map(({ type }) => type),
    /** All calls that change something, after so many others. */
    writes: (after = 0) => backend.calls.slice(after).flatMap(({ call, type, name, id }) => (['read', 'list', 'find'].includes(call) ? [] : [`${call} ${[type, name ?? id].filter((each) => each !== undefined).join(' ')}`])),
    unsettled: async () => (await store.load('default'))?.unsettled,
    /** `named/a` is written, and `routes` are left to be settled. */
    async leaveOver() {
      backend.fault({ call: 'settle', fault: 'error' })
      const a = declared.named('a', { name: 'a' })
      await apply(await plan([a], options), options)
      return a
    },
  }
}

/** A stack of one type `t` whose group `g` is settled like that. `create`: what a create does, and throws. */
export function setUpGroup(group: Partial<SettleGroup>, create: (name: string) => unknown = () => undefined) {
  const seen: string[] = []
  const type = {
    settleGroup: 'g',
    key: ['name'],
    read: async () => undefined,
    create: async ({ name }: { readonly name: string }) => {
      seen.push(`create ${name}`)
      await create(name)
      return { id: name, outputs: { name } }
    },
    update: async ({ id }: { readonly id: string }) => ({ id, outputs: { name: id } }),
    delete: async () => undefined,
  }
  const settle = async (): Promise<void> => void seen.push('settle')
  const options = { provider: defineProvider({ name: 'p', types: { t: type }, settleGroups: { g: { settle, ...group } } }) as Provider, store: memoryStore(), clock: manualClock({ auto: true }) }
  return {
    seen,
    options,
    /** A plan that makes these. */
    plan: (...names: readonly string[]) => plan(names.map((name) => ({ type: 't', name, inputs: { name } })), options),
    unsettled: async () => (await options.store.load('default'))?.unsettled,
  }
}

/** What a run came to, and each of its actions. */
export function tell({ outcome, actions }: RunResult): readonly string[] {
  return [outcome, ...actions.map((action) => `${action.address} ${action.outcome}`)]
}
