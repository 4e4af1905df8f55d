import { ProviderError, type Provider } from 'convergent'
import type { HttpClient } from 'convergent/rest'
import { CONFIGURATION } from './kind.ts'

type Groups = NonNullable<Provider['settleGroups']>
type Group = Groups[string]
type CallContext = Parameters<Group['settle']>[0]
type ReadContext = Parameters<NonNullable<Group['isReady']>>[0]
type Row = Readonly<Record<string, unknown>>

/** Each subsystem has one call that makes effective what was saved, and tells in its own way what is effective. */
export function settleGroups(client: HttpClient): Groups {
  const get = (path: string, context: ReadContext): Promise<unknown> => client.request({ method: 'GET', path }, context)
  const search = async (path: string, context: ReadContext): Promise<readonly Row[]> => {
    const { rows } = (await client.request({ method: 'POST', path, body: { current: 1, rowCount: -1 }, isRead: true }, context)) as { readonly rows: readonly Row[] }
    return rows.filter(({ legacy }) => legacy !== true)
  }
  const call = async (path: string, context: CallContext): Promise<void> => {
    const { status } = (await client.request({ method: 'POST', path, body: {} }, context)) as { readonly status?: unknown }
    if (!/^ok\b/i.test(String(status).trim())) throw new ProviderError('fatal', `POST ${path}: the firewall says ${JSON.stringify(status)}, expected "ok"`)
  }
  return {
    alias: {
      description: 'load the aliases into the packet filter',
      serialKey: CONFIGURATION,
      settle: (context) => call('/firewall/alias/reconfigure', context),
      isReady: async (context) => {
        const tables = new Set((await get('/firewall/alias_util/aliases', context)) as readonly string[])
        // Ports are no table, and one that is kept elsewhere comes when it comes.
        const wanted = (await search('/firewall/alias/searchItem', context)).filter(({ enabled, type }) => enabled === '1' && !['port', 'internal', 'external'].includes(String(type)))
        return tellMissing('tables', wanted.map(({ name }) => String(name)), tables)
      },
    },
    vlan: {
      description: 'bring the VLAN devices up to date',
      serialKey: CONFIGURATION,
      settle: (context) => call('/interfaces/vlan_settings/reconfigure', context),
      isReady: async (context) => {
        const devices = new Set(Object.keys((await get('/diagnostics/interface/getInterfaceConfig', context)) as Row))
        // The name of a device that is assigned has the interface's name behind it.
        return tellMissing('devices', (await search('/interfaces/vlan_settings/searchItem', context)).map(({ vlanif }) => String(vlanif).split(' ')[0] as string), devices)
      },
    },
    filter: {
      description: 'load the rules into the packet filter',
      after: ['alias', 'vlan'],
      serialKey: CONFIGURATION,
      settle: (context) => call('/firewall/filter/apply', context),
      isReady: async (context) => {
        const { stats = {} } = (await get('/firewall/filter_util/rule_stats', context)) as { readonly stats?: Row }
        const rules = await search('/firewall/filter/searchRule', context)
        const on = new Set(rules.filter(({ enabled }) => enabled === '1').map(({ uuid }) => String(uuid)))
        const late = Object.keys(stats).find((uuid) => !on.has(uuid) && (CHOSEN_HERE.test(uuid) || rules.some((rule) => rule['uuid'] === uuid)))
        if (late !== undefined) return `the rule ${late}, which is gone or disabled, is still loaded`
        // A rule whose gateway is down, or whose time has not come, is not loaded.
        const wanted = rules.filter(({ enabled, gateway = '', sched = '' }) => enabled === '1' && gateway === '' && sched === '')
        return tellMissing('rules', wanted.map(({ uuid }) => String(uuid)), new Set(Object.keys(stats)))
      },
    },
    haproxy: {
      description: 'test the configuration of HAProxy, and load it',
      serialKey: CONFIGURATION,
      settle: async (context) => {
        const { result } = (await get('/haproxy/service/configtest', context)) as { readonly result?: unknown }
        if (/ALERT|\bfatal\b/i.test(String(result))) throw new ProviderError('fatal', `HAProxy refuses its configuration, nothing was loaded: ${String(result).trim()}`)
        await call('/haproxy/service/reconfigure', context)
      },
      isReady: async (context) => {
        const { status } = (await get('/haproxy/service/status', context)) as { readonly status?: unknown }
        return status === 'running' || status === 'disabled' || `HAProxy is ${String(status)}`
      },
    },
  }
}

/** The firewall's own ids are random; those of other rules than ours may be of things that no list shows. */
const CHOSEN_HERE = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

function tellMissing(what: string, wanted: readonly string[], there: ReadonlySet<string>): true | string {
  const missing = wanted.filter((each) => !there.has(each))
  const shown = missing.slice(0, 5).join(', ')
  return missing.length === 0 || `${missing.length} of ${wanted.length} ${what} are not loaded yet: ${shown}${missing.length > 5 ? ', …' : ''}`
}
