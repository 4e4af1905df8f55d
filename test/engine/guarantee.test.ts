import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Resource } from '../../src/core/resource.ts'
import { apply } from '../../src/engine/apply.ts'
import { plan } from '../../src/engine/plan.ts'
import { resume } from '../../src/engine/resume.ts'
import { declare } from '../../src/provider/declare.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { createMortalProcess } from '../../src/testing/mortal-process.ts'

/** What stands in the documentation, cell by cell: the type that shows it, the call, and what it comes to. */
const TABLE = [
  ['take a chosen id or an idempotency key (`idempotent: true`)', 'keyed', ['exactly once', 'same end', 'same end']],
  ['be found by its natural key (`find`)', 'named', ['exactly once', 'same end', 'same end']],
  ['only be read by the id that it returned', 'thing', ['`interrupted`', 'same end', 'same end']],
] as const
const CALLS = ['create', 'update', 'delete'] as const
const ACCIDENTS = ['before-call', 'after-effect', 'after-record', 'lost-reply'] as const

/** One accident during one call, and what is there once it has been gone on with. */
async function suffer(type: 'keyed' | 'named' | 'thing', call: (typeof CALLS)[number], accident: (typeof ACCIDENTS)[number]) {
  const backend = createFakeBackend({ strict: true })
  const first = createMortalProcess({ provider: backend.provider, store: memoryStore(), clock: manualClock({ auto: true }) })
  const make = declare(first.provider)[type]
  const before: Resource[] = call === 'create' ? [] : [make('a', { name: 'a', size: 1 })]
  const after: Resource[] = call === 'delete' ? [] : [make('a', { name: 'a', size: 2 })]
  const options = { mode: 'sync', allowEmpty: true } as const
  if (before.length > 0) await apply(await plan(before, { ...first, ...options }), first).result
  const changes = await plan(after, { ...first, ...options })
  const writesBefore = backend.calls.filter((each) => each.call === call).length
  const point = { call, address: `${type}/a` } as const
  if (accident === 'lost-reply') first.loseReply(point)
  else first.crash({ ...point, at: accident })
  const ended = await first.outlive(apply(changes, first).result)
  expect(ended === undefined).toBe(accident !== 'lost-reply')
  const next = first.restart()
  const isOpen = (await next.store.runs('default')).some((run) => !run.ended)
  const result = isOpen ? await resume(undefined, next).result : ended
  return { result, objects: backend.objects().map(({ fields }) => fields['size']), writes: backend.calls.filter((each) => each.call === call).length - writesBefore, wanted: call === 'delete' ? [] : [2] }
}

describe.each(TABLE)('a type that can %s', (_, type, promises) => {
  it.each(CALLS.flatMap((call, at) => ACCIDENTS.map((accident) => [promises[at] as string, call, accident] as const)))('%s: %s, %s', async (promise, call, accident) => {
    const { result, objects, writes, wanted } = await suffer(type, call, accident)
    if (promise === '`interrupted`' && accident !== 'after-record') {
      expect(result).toMatchObject({ outcome: 'interrupted', open: true })
      // Nothing is made a second time on a guess.
      expect(writes).toBe(accident === 'before-call' ? 0 : 1)
      return
    }
    expect(result?.outcome).toBe('succeeded')
    expect(objects).toEqual(wanted)
    if (type === 'named') expect(writes).toBe(1)
  })
})

it('the documentation has this table', () => {
  const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8')
  for (const [can, , promises] of TABLE) expect(readme).toContain(`| ${can} | ${promises.join(' | ')} |`)
})
