import { listen, type Listener } from '../../parts/listen.ts'
import { createKonnect, type KonnectApp, type KonnectServerOptions } from './app.ts'

/** A local Konnect on a port of this machine. */
export interface KonnectServer extends KonnectApp, Listener {}

/** Starts a local Konnect. Port 0 takes any that is free. */
export async function startKonnect({ port = 0, ...options }: KonnectServerOptions & { readonly port?: number }): Promise<KonnectServer> {
  const app = createKonnect(options)
  return { ...app, ...(await listen(app.fetch, port)) }
}
