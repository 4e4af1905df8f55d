/** Somebody else's tool, made ready for so many actions that do nothing. */
export interface Prepared {
  /** Does them all. */
  run(): Promise<unknown>
  close?(): Promise<void>
}

/** What a tool needs: as many actions, a folder of its own, and a database where it keeps things in one. */
export interface PeerOptions {
  readonly size: number
  readonly concurrency: number
  readonly folder: string
  readonly database: string | undefined
}

/** How a tool is made ready. */
export type Peer = (options: PeerOptions) => Promise<Prepared>

/** Loads a package that need not be there, so that its types are not either. */
export async function loadPackage<T>(name: string): Promise<T> {
  return (await import(name)) as T
}

/** The least an action can do: to say what it made. */
export async function makeThing(name: string): Promise<{ readonly id: string; readonly size: number }> {
  return { id: name, size: 1 }
}
