import { setTimeout as sleep } from 'node:timers/promises'
import type { OperationContext, OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { clusterSchema } from '../cluster.ts'
import { askAll } from '../engines/ask-all.ts'
import { filesOf } from '../engines/engine.ts'
import { engineOf } from '../engines/engines.ts'

const POLL_MS = 200

const schema = z.strictObject({
  cluster: clusterSchema,
  password: z.string().exactOptional(),
  /** True: it stands between instances that take turns, also when that is taken back. */
  isBetween: z.boolean().exactOptional(),
})

type Params = z.infer<typeof schema>

/** Asks every instance of a cluster, until all of them are what they should be. */
export const verifyHealth = {
  schema,
  idempotent: true,
  // Its own limit is the cluster's.
  timeoutMs: 86_400_000,
  describe: ({ cluster }) => `ask ${cluster.instances.length === 1 ? 'the one instance' : `all ${cluster.instances.length} instances`}, until the cluster is healthy`,
  estimate: () => ({ durationMs: 1_000 }),
  run: waitForHealth,
  undo: async (params, context) => (params.isBetween === true ? waitForHealth(params, context) : undefined),
} satisfies OperationDefinition<typeof schema>

async function waitForHealth({ cluster, password }: Params, { signal, print, progress }: OperationContext): Promise<undefined> {
  const untilMs = performance.now() + cluster.waitMs
  for (let attempts = 1; ; attempts++) {
    const answers = await askAll(cluster, { password, signal })
    const problems = engineOf(cluster.engine).judge(cluster, answers)
    if (problems.length === 0) {
      for (const [name, { role, version, about }] of answers) print(`${name}: ${role} ${version}, ${about}\n`)
      return undefined
    }
    signal.throwIfAborted()
    if (performance.now() >= untilMs) throw new Error(`not healthy within ${cluster.waitMs / 1_000} s: ${problems.join('; ')}; look into ${describeLogs(cluster, problems)}`)
    if (attempts % 5 === 0) progress(problems.join('; '))
    await sleep(POLL_MS, undefined, { signal })
  }
}

/** Of the instances that something is wrong with. */
function describeLogs({ instances }: Params['cluster'], problems: readonly string[]): string {
  const named = instances.filter(({ name }) => problems.some((problem) => problem.split(/[^a-z0-9-]+/).includes(name)))
  return (named.length > 0 ? named : instances).map((instance) => `${filesOf(instance).logFile} on ${instance.host.name}`).join(', ')
}
