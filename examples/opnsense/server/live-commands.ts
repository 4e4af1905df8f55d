import type { Config, Row } from './config.ts'
import type { Commands, Desk } from './desk.ts'
import { listTables, tableOf } from './tables.ts'

/** What shows what is live, as opposed to what is saved. */
export function liveCommands({ live, site }: Desk): Commands {
  return {
    'firewall/alias_util/aliases': { paramCount: 0, run: () => listTables(live.look('alias').config, site) },
    'firewall/alias_util/list': {
      paramCount: 1,
      run: ({ params: [name = ''], post }) => {
        const entries = tableOf(name, live.look('alias').config)
        const [rowCount, current] = [Number(post['rowCount'] ?? 9999), Math.max(1, Number(post['current'] ?? 1))]
        const page = rowCount > 0 ? entries.slice((current - 1) * rowCount, current * rowCount) : entries
        return { total: entries.length, rowCount, current, rows: page.map((ip) => ({ ip })) }
      },
    },
    'firewall/filter_util/ruleStats': { paramCount: 0, run: () => ({ status: 'ok', stats: countRules(live.look('filter').config) }) },
    'diagnostics/interface/getInterfaceConfig': {
      paramCount: 0,
      run: () => ({ ...Object.fromEntries(site.devices.map((device) => [device, describeDevice()])), ...describeVlans(live.look('vlan').config) }),
    },
    'haproxy/service/status': { paramCount: 0, run: () => ({ status: live.look('haproxy').isReady ? 'running' : 'stopped' }) },
    'haproxy/statistics/counters': { paramCount: 0, run: () => listCounters(live.look('haproxy').config) },
  }
}

/** By the rule's UUID; a rule that is off is not loaded. */
function countRules({ rule }: Config): Record<string, unknown> {
  const loaded = [...rule].filter(([, { enabled }]) => enabled === '1')
  const counts = (row: Row): unknown => ({ pf_rules: (row['interface'] ?? '').split(',').length, evaluations: 0, packets: 0, bytes: 0, states: 0 })
  return Object.fromEntries(loaded.map(([uuid, row]) => [uuid, counts(row)]))
}

function describeDevice(): Record<string, unknown> {
  return { flags: ['up', 'broadcast', 'running', 'simplex', 'multicast'], macaddr: '02:00:00:00:00:01', mtu: '1500', status: 'active', ipv4: [], ipv6: [] }
}

function describeVlans({ vlan }: Config): Record<string, unknown> {
  return Object.fromEntries(
    [...vlan.values()].map(({ vlanif, tag, pcp, proto, if: parent }) => {
      const spoken = proto || (parent?.includes('vlan') === true ? '802.1ad' : '802.1q')
      return [vlanif, { ...describeDevice(), vlan: { tag, proto: spoken, pcp, parent } }]
    }),
  )
}

/** Every backend that runs, with its servers, in HAProxy's own words. */
function listCounters({ backend, server }: Config): Record<string, string>[] {
  const rows: Record<string, string>[] = []
  for (const { name = '', linkedServers = '', enabled, mode = '', algorithm = '' } of backend.values()) {
    if (enabled !== '1') continue
    for (const uuid of linkedServers.split(',')) {
      const row = server.get(uuid)
      if (row === undefined || row['enabled'] !== '1') continue
      const svname = String(row['name'])
      const status = row['mode'] === 'disabled' ? 'MAINT' : 'UP'
      const bck = row['mode'] === 'backup' ? '1' : '0'
      rows.push({ id: `${name}/${svname}`, pxname: name, svname, status, bck, weight: row['weight'] || '1', addr: `${row['address']}:${row['port']}`, mode })
    }
    rows.push({ id: `${name}/BACKEND`, pxname: name, svname: 'BACKEND', status: 'UP', mode, algo: algorithm })
  }
  return rows
}
