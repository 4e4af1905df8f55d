import type { Cluster } from '../cluster.ts'
import type { Access, Answer } from './engine.ts'
import { engineOf } from './engines.ts'

/** What each instance says; those that do not answer are left out. */
export async function askAll({ engine, instances }: Cluster, access: Access): Promise<ReadonlyMap<string, Answer>> {
  const answers = await Promise.all(instances.map(async (instance) => [instance.name, await engineOf(engine).ask(instance, access).catch(() => undefined)] as const))
  return new Map(answers.flatMap(([name, answer]) => (answer === undefined ? [] : [[name, answer] as const])))
}
