import { serve, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { AddressInfo } from 'node:net'
import { createKonnect, type KonnectApp, type KonnectServerOptions } from './app.ts'

/** A local Konnect on a port of this machine. */
export interface KonnectServer extends KonnectApp {
  readonly url: string
  readonly close: () => Promise<void>
}

/** Starts a local Konnect. Port 0 takes any that is free. */
export async function startKonnect({ port = 0, ...options }: KonnectServerOptions & { readonly port?: number }): Promise<KonnectServer> {
  const app = createKonnect(options)
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
