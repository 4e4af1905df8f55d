import { loadPackage, makeThing, type Peer } from './peer.ts'

interface DbosPackage {
  readonly DBOS: {
    setConfig(config: object): void
    launch(): Promise<void>
    shutdown(): Promise<void>
    registerWorkflow<T>(workflow: T, options: { readonly name: string }): T
    runStep<T>(step: () => Promise<T>, options: { readonly name: string }): Promise<T>
  }
}

/** One workflow with a step for each action, on PostgreSQL. */
export const dbos: Peer = async ({ size, concurrency, database }) => {
  const { DBOS } = await loadPackage<DbosPackage>('@dbos-inc/dbos-sdk')
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl: database, logLevel: 'error' })
  const all = DBOS.registerWorkflow(
    async (): Promise<void> => {
      for (let from = 0; from < size; from += concurrency)
        await Promise.all(Array.from({ length: Math.min(concurrency, size - from) }, (_, at) => DBOS.runStep(() => makeThing(`r${from + at}`), { name: `r${from + at}` })))
    },
    { name: 'all' },
  )
  await DBOS.launch()
  // Called as a method it would look for the object that it belongs to.
  return { run: () => all(), close: () => DBOS.shutdown() }
}
