import { apply, memoryStore, plan, type Plan, type RunResult, type Store } from 'convergent'
import { manualClock } from 'convergent/testing'
import { parseOpnsense } from '../../../../examples/opnsense/input/load.ts'
import { opnsense } from '../../../../examples/opnsense/opnsense.ts'
import { createFirewall } from '../../../../examples/opnsense/server/app.ts'
import type { FirewallApp, FirewallOptions } from '../../../../examples/opnsense/server/firewall.ts'

/** A firewall in this process, and somebody who declares what should be on it. */
export interface Bench {
  readonly firewall: FirewallApp
  readonly clock: ReturnType<typeof manualClock>
  readonly provider: ReturnType<typeof opnsense>
  readonly store: Store
  /** Plans in mode `sync`; each entry is a line of YAML. */
  readonly plan: (...entries: readonly string[]) => Promise<Plan>
  /** Plans and applies. */
  readonly sync: (...entries: readonly string[]) => Promise<RunResult>
  /** Requests since the last time, by `GET /module/controller/command`. */
  readonly asked: () => readonly string[]
}

/** Opens a firewall that nobody has used yet. */
export function openBench(options: Partial<FirewallOptions> = {}): Bench {
  const clock = manualClock({ auto: true })
  const firewall = createFirewall({ key: 'k', secret: 's', latencyMs: 0, clock, ...options })
  const provider = opnsense({ url: 'http://firewall.invalid', key: 'k', secret: 's', fetch: (input, init) => firewall.fetch(new Request(input, init)) })
  const store = memoryStore()
  const planEntries = (entries: readonly string[]): Promise<Plan> => plan(parseOpnsense(['resources:', ...entries.map((entry) => `  - { ${entry} }`), ...(entries.length === 0 ? ['  []'] : [])].join('\n')), { provider, store, clock, mode: 'sync', allowEmpty: true })
  let seen = 0
  return {
    firewall,
    clock,
    provider,
    store,
    plan: (...entries) => planEntries(entries),
    sync: async (...entries) => apply(await planEntries(entries), { provider, store, clock }).result,
    asked: () => {
      const fresh = firewall.requests.slice(seen)
      seen = firewall.requests.length
      return fresh.map(({ method, path }) => `${method} ${path.replace('/api/', '/').replace(/\/[0-9a-f-]{36}$/, '/{id}')}`)
    },
  }
}

/** Each action that failed, with its error. */
export function failuresOf({ actions }: RunResult): readonly { readonly address: string; readonly error: unknown }[] {
  return actions.filter(({ outcome }) => outcome === 'failed' || outcome === 'interrupted').map(({ address, error }) => ({ address, error }))
}
