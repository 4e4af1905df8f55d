import { expect, it } from 'vitest'
import { ProviderError } from '../../../src/core/errors.ts'
import { apply } from '../../../src/engine/apply.ts'
import { planOperations } from '../../../src/engine/operation/plan-operations.ts'
import { rollback } from '../../../src/engine/rollback.ts'
import { declareOperations } from '../../../src/provider/declare-operations.ts'
import { defineOperations } from '../../../src/provider/define-operations.ts'
import { defineProvider } from '../../../src/provider/define.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'

it('an operation that saved what there was before is asked to finish, not whether it is done: it is taken back to that', async () => {
  let value = 'old'
  const handles: (string | undefined)[] = []
  const operations = defineOperations({
    write: {
      isDone: async () => value === 'new',
      run: async (_, { savedHandle, saveHandle }) => {
        handles.push(savedHandle)
        const before = savedHandle ?? value
        if (savedHandle === undefined) await saveHandle(before)
        value = 'new'
        // It has happened, and nobody hears of it.
        if (savedHandle === undefined) throw new ProviderError('ambiguous', 'the reply was lost')
        return { value: before }
      },
      undo: async (_, { result }) => void (value = result.value as string),
    },
  })
  const options = { provider: defineProvider({ name: 'values', types: {}, operations }), store: memoryStore(), clock: manualClock({ auto: true }) }
  const plan = await planOperations([{ name: 'write', operations: [declareOperations(operations).write('it', {})] }], options)
  const result = await apply(plan, options).result
  expect([result.outcome, value, handles]).toEqual(['succeeded', 'new', [undefined, 'old']])
  expect([(await rollback(result.runId, options).result).outcome, value]).toEqual(['succeeded', 'old'])
})

it('a rehearsal asks what may rest on what it does not do; who cannot answer would be run', async () => {
  const running = new Set<string>()
  const operations = defineOperations({
    start: { isDone: async () => running.has('server'), run: async () => void running.add('server') },
    fill: {
      isDone: async () => {
        if (!running.has('server')) throw new ProviderError('retryable', 'nobody answers')
        return false
      },
      run: async () => {},
    },
  })
  const options = { provider: defineProvider({ name: 'values', types: {}, operations }), store: memoryStore(), clock: manualClock({ auto: true }) }
  const { start, fill } = declareOperations(operations)
  const plan = await planOperations([{ name: 'all', operations: [start('server', {}), fill('it', {}, { dependsOn: ['start/server'] })] }], options)
  expect(await apply(plan, { ...options, dryRun: true }).result).toMatchObject({ outcome: 'succeeded', dryRun: true, counts: { succeeded: 2 } })
  expect((await apply(plan, options).result).outcome).toBe('succeeded')
})
