import { listen, type Listener } from '../../parts/listen.ts'
import { createFirewall } from './app.ts'
import type { FirewallApp, FirewallOptions } from './firewall.ts'

/** A local firewall on a port of this machine. */
export interface FirewallServer extends FirewallApp, Listener {
  readonly key: string
  readonly secret: string
}

/** Starts a local firewall. Port 0 takes any that is free; key and secret are `local` unless they are given. */
export async function startFirewall(options: Partial<FirewallOptions> & { readonly port?: number } = {}): Promise<FirewallServer> {
  const { port = 0, key = 'local', secret = 'local', ...others } = options
  const app = createFirewall({ key, secret, ...others })
  return { ...app, key, secret, ...(await listen(app.fetch, port)) }
}
