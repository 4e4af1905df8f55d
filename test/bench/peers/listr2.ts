import { loadPackage, makeThing, type Peer } from './peer.ts'

interface Listr2 {
  readonly Listr: new (tasks: readonly { readonly title: string; readonly task: () => Promise<unknown> }[], options: object) => { run(): Promise<unknown> }
}

/** Tasks in memory. */
export const listr2: Peer = async ({ size, concurrency }) => {
  const { Listr } = await loadPackage<Listr2>('listr2')
  const tasks = Array.from({ length: size }, (_, at) => ({ title: `r${at}`, task: async () => void (await makeThing(`r${at}`)) }))
  return { run: () => new Listr(tasks, { concurrent: concurrency, renderer: 'silent' }).run() }
}
