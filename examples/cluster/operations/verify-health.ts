import { setTimeout as sleep } from 'node:timers/promises'
import type { OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { clusterSchema } from '../cluster.ts'
import { askAll } from '../engines/ask-all.ts'
import { engineOf } from '../engines/engines.ts'

const POLL_MS = 200

const schema = z.strictObject({
  cluster: clusterSchema,
  password: z.string().exactOptional(),
})

/** Asks every instance of a cluster, until all of them are what they should be. */
export const verifyHealth = {
  schema,
  idempotent: true,
  describe: ({ cluster }) => `ask all ${cluster.instances.length} instances, until the cluster is healthy`,
  estimate: () => ({ durationMs: 1_000 }),
  run: async ({ cluster, password }, { signal, print, progress }) => {
    const untilMs = performance.now() + cluster.waitMs
    for (let attempts = 1; ; attempts++) {
      const answers = await askAll(cluster, { password, signal })
      const problems = engineOf(cluster.engine).judge(cluster, answers)
      if (problems.length === 0) {
        for (const [name, { role, version, about }] of answers) print(`${name}: ${role} ${version}, ${about}\n`)
        return
      }
      signal.throwIfAborted()
      if (performance.now() >= untilMs) throw new Error(`not healthy within ${cluster.waitMs / 1_000} s: ${problems.join('; ')}`)
      if (attempts % 5 === 0) progress(problems.join('; '))
      await sleep(POLL_MS, undefined, { signal })
    }
  },
  undo: async () => undefined,
} satisfies OperationDefinition<typeof schema>
