import { loadPackage, makeThing, type Peer } from './peer.ts'

interface PGraphPackage {
  readonly PGraph: new (nodes: ReadonlyMap<string, { readonly run: () => Promise<unknown> }>, dependencies: readonly (readonly [string, string])[]) => { run(options: { readonly concurrency: number }): Promise<void> }
}

/** A graph of promises in memory. */
export const pGraph: Peer = async ({ size, concurrency }) => {
  const { PGraph } = await loadPackage<PGraphPackage>('p-graph')
  const nodes = new Map(Array.from({ length: size }, (_, at) => [`r${at}`, { run: () => makeThing(`r${at}`) }]))
  return { run: () => new PGraph(nodes, []).run({ concurrency }) }
}
