import { listen, type Listener } from '../../parts/listen.ts'
import { createDirector } from './app.ts'
import type { DirectorApp, DirectorOptions } from './director-app.ts'

/** A local Director on a port of this machine. */
export type DirectorServer = DirectorApp & Listener

/** Starts a local Director. Port 0 takes any that is free. */
export async function startDirector({ port = 0, ...options }: DirectorOptions & { readonly port?: number } = {}): Promise<DirectorServer> {
  const app = createDirector(options)
  return { ...app, ...(await listen(app.fetch, port)) }
}
