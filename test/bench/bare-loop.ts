import type { Bed } from './phase.ts'
import { dependenciesOf, nameOf, type Shape } from './shape.ts'

/**
 * The least that gives the same guarantees: calls in dependency order, with a line before and one after each, in memory. No
 * limits, no retries, no events, no checks.
 */
export async function openBareLoop(shape: Shape, size: number): Promise<Bed> {
  const dependents: number[][] = Array.from({ length: size }, () => [])
  const counts = new Int32Array(size)
  for (let position = 0; position < size; position++)
    for (const before of dependenciesOf(shape, position, size)) {
      dependents[before]?.push(position)
      counts[position] = (counts[position] as number) + 1
    }
  return {
    async round() {
      const objects = new Map<string, object>()
      const lines: string[] = []
      const create = async (id: string, outputs: object): Promise<object> => {
        objects.set(id, outputs)
        return outputs
      }
      return {
        async run() {
          const waiting = counts.slice()
          const ready: number[] = []
          waiting.forEach((count, position) => count === 0 && ready.push(position))
          for (let position = ready.pop(); position !== undefined; position = ready.pop()) {
            const step = `create:thing/${nameOf(position)}`
            lines.push(`${JSON.stringify({ kind: 'started', step, attempt: 1, key: `run:${step}` })}\n`)
            const outputs = await create(nameOf(position), { size: 1 })
            lines.push(`${JSON.stringify({ kind: 'succeeded', step, outputs })}\n`)
            for (const next of dependents[position] as number[]) {
              waiting[next] = (waiting[next] as number) - 1
              if (waiting[next] === 0) ready.push(next)
            }
          }
        },
        tell: async () => ({ actions: objects.size, requests: objects.size, bytes: lines.reduce((sum, line) => sum + line.length, 0) }),
      }
    },
  }
}
