import { listAlerts } from './haproxy-check.ts'
import type { Call, Commands, Desk } from './desk.ts'
import type { Subsystem } from './live-state.ts'

/** What makes the saved state effective, one command for each subsystem. Each says that it went well in its own words. */
export function settleCommands({ file, live }: Desk): Commands {
  const settle = (subsystem: Subsystem, { isVain }: Call): void => {
    live.count(subsystem)
    const saved = file.read()
    // HAProxy goes on with its old configuration when the new one is not valid, and nobody is told.
    const isValid = subsystem !== 'haproxy' || listAlerts(saved).length === 0
    if (!isVain && isValid) live.settle(subsystem, saved)
  }
  const settling = (subsystem: Subsystem, done: string, refused: string): Commands[string] => ({
    paramCount: 0,
    run: (call) => {
      if (!call.isPost) return { status: refused }
      settle(subsystem, call)
      return { status: done }
    },
  })
  return {
    'firewall/alias/reconfigure': settling('alias', 'ok', 'failed'),
    'firewall/filter/apply': settling('filter', 'OK\n\n', 'error'),
    'interfaces/vlan_settings/reconfigure': settling('vlan', 'ok', 'failed'),
    'haproxy/service/reconfigure': settling('haproxy', 'ok', 'failed'),
    'haproxy/service/configtest': {
      paramCount: 0,
      run: () => {
        const alerts = listAlerts(file.read())
        if (alerts.length === 0) return { result: 'Configuration file is valid\n\n' }
        return { result: [...alerts, 'Fatal errors found in configuration.\n'].map((alert) => `[ALERT] ${alert}\n`).join('') }
      },
    },
  }
}
