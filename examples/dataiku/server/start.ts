import { listen, type Listener } from '../../parts/listen.ts'
import { createDataiku } from './app.ts'
import type { DataikuApp, DataikuOptions } from './dataiku-app.ts'

/** A local Dataiku on a port of this machine. */
export type DataikuServer = DataikuApp & Listener

/** Starts a local Dataiku. Port 0 takes any that is free. */
export async function startDataiku({ port = 0, ...options }: DataikuOptions & { readonly port?: number } = {}): Promise<DataikuServer> {
  const app = createDataiku(options)
  return { ...app, ...(await listen(app.fetch, port)) }
}
