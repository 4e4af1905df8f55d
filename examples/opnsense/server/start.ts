import { serve, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { AddressInfo } from 'node:net'
import { createFirewall } from './app.ts'
import type { FirewallApp, FirewallOptions } from './firewall.ts'

/** A local firewall on a port of this machine. */
export interface FirewallServer extends FirewallApp {
  readonly url: string
  readonly key: string
  readonly secret: string
  readonly close: () => Promise<void>
}

/** Starts a local firewall. Port 0 takes any that is free; key and secret are `local` unless they are given. */
export async function startFirewall(options: Partial<FirewallOptions> & { readonly port?: number } = {}): Promise<FirewallServer> {
  const { port = 0, key = 'local', secret = 'local', ...others } = options
  const app = createFirewall({ key, secret, ...others })
  return new Promise((resolve, reject) => {
    const handle = async (request: Request, { outgoing }: HttpBindings): Promise<Response> => {
      try {
        return await app.fetch(request)
      } catch {
        outgoing.destroy()
        return RESPONSE_ALREADY_SENT
      }
    }
    const server = serve({ fetch: (request, env) => handle(request, env as HttpBindings), port, hostname: '127.0.0.1' }, (address: AddressInfo) =>
      resolve({
        ...app,
        url: `http://127.0.0.1:${address.port}`,
        key,
        secret,
        close: () =>
          new Promise<void>((done) => {
            server.close(() => done())
            if ('closeAllConnections' in server) server.closeAllConnections()
          }),
      }),
    )
    server.on('error', reject)
  })
}
