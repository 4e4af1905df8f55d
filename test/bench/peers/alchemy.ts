import { chdir } from 'node:process'
import { loadPackage, makeThing, type Peer } from './peer.ts'

interface Context {
  readonly phase: string
  create(attributes: object): unknown
  destroy(): unknown
}

interface AlchemyPackage {
  readonly default: (name: string, options: object) => Promise<{ finalize(): Promise<void> }>
  readonly Resource: (type: string, handler: (this: Context, id: string, props: { readonly size: number }) => Promise<unknown>) => (id: string, props: { readonly size: number }) => Promise<unknown>
}

/** Resources with alchemy's file store, which lies in the working folder. */
export const alchemy: Peer = async ({ size, concurrency, folder }) => {
  chdir(folder)
  process.env.DO_NOT_TRACK = '1'
  const { default: open, Resource } = await loadPackage<AlchemyPackage>('alchemy')
  const Thing = Resource('bench::Thing', async function (id) {
    return this.phase === 'delete' ? this.destroy() : this.create(await makeThing(id))
  })
  return {
    async run() {
      const app = await open('bench', { stage: 'bench', phase: 'up', quiet: true, noTrack: true })
      let next = 0
      const work = async (): Promise<void> => {
        while (next < size) await Thing(`r${next++}`, { size: 1 })
      }
      // The scope is that of the call, so all workers begin in it.
      await Promise.all(Array.from({ length: concurrency }, work))
      await app.finalize()
    },
  }
}
