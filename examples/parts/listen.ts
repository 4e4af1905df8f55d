import { serve, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { AddressInfo } from 'node:net'

/** A server on a port of this machine. */
export interface Listener {
  readonly url: string
  /** Ends it, and every connection with it. */
  readonly close: () => Promise<void>
}

/** Serves on a port of this machine; 0 takes any that is free. Where `answer` rejects, no reply arrives: the connection is cut. */
export async function listen(answer: (request: Request) => Response | Promise<Response>, port: number): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const handle = async (request: Request, { outgoing }: HttpBindings): Promise<Response> => {
      try {
        return await answer(request)
      } catch {
        outgoing.destroy()
        return RESPONSE_ALREADY_SENT
      }
    }
    const server = serve({ fetch: (request, env) => handle(request, env as HttpBindings), port, hostname: '127.0.0.1' }, (address: AddressInfo) =>
      resolve({
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
