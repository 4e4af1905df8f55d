import { setTimeout as sleep } from 'node:timers/promises'
import type { OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { instanceSchema } from '../cluster.ts'
import { filesOf, type Answer } from '../engines/engine.ts'
import { engineOf } from '../engines/engines.ts'
import { daemonPid, readLog } from '../hosts/daemon.ts'
import { hostOf } from '../hosts/shared-hosts.ts'

const POLL_MS = 100

const schema = z.strictObject({
  engine: z.enum(['postgres', 'redis', 'mongodb']),
  instance: instanceSchema,
  waitMs: z.number(),
  startMs: z.number(),
  password: z.string().exactOptional(),
})

/** Waits until an instance answers. One whose process has died is not waited for: the end of its log says why. */
export const waitForProcess = {
  schema,
  idempotent: true,
  // Its own limit is `waitMs`.
  timeoutMs: 86_400_000,
  describe: ({ instance, waitMs }) => `wait until ${instance.name} answers, at most ${waitMs / 1_000} s`,
  estimate: ({ startMs }) => ({ durationMs: startMs }),
  run: async ({ engine, instance, waitMs, password }, { signal, print, progress }) => {
    const host = hostOf(instance.host)
    const untilMs = performance.now() + waitMs
    for (let attempts = 1; ; attempts++) {
      let problem: string
      try {
        const answer: Answer = await engineOf(engine).ask(instance, { password, signal })
        print(`${instance.name} answers: ${answer.role}, version ${answer.version}\n`)
        return
      } catch (error) {
        problem = (error as Error).message
      }
      signal.throwIfAborted()
      if ((await daemonPid(host, filesOf(instance), signal)) === undefined) throw new Error(`${instance.name} has died; its log ends with:\n${await readLog(host, filesOf(instance).logFile, 8, signal)}`)
      if (performance.now() >= untilMs) throw new Error(`${instance.name} did not answer within ${waitMs / 1_000} s: ${problem}; its log is ${filesOf(instance).logFile} on ${host.name}`)
      if (attempts % 10 === 0) progress(problem)
      await sleep(POLL_MS, undefined, { signal })
    }
  },
  undo: async () => undefined,
} satisfies OperationDefinition<typeof schema>
