import { expect, test } from 'vitest'
import { createBench, named } from './bench.ts'

test('resume goes on with a run that failed, with the same plan', async () => {
  const { backend, declare, run } = createBench()
  declare(named('a'), named('b'), named('c'))
  backend.fault({ call: 'create', fault: 'error', object: 'b' })
  const failed = await run('apply -f FILE')
  expect([failed.code, failed.out()]).toEqual([3, expect.stringContaining('failed create named/b')])
  // The declaration has changed since; the plan has not.
  declare(named('z'))
  const resumed = await run('resume')
  expect([resumed.code, resumed.out()]).toEqual([0, expect.stringMatching(/run \S+ resumed: 3 actions on stack default[^]*Done: 3 succeeded/)])
  expect(backend.objects('named').map(({ fields }) => fields['name']).sort()).toEqual(['a', 'b', 'c'])
})

test('resume says what it cannot go on with', async () => {
  const { declare, run } = createBench()
  const nothing = await run('resume')
  expect([nothing.code, nothing.err()]).toEqual([1, expect.stringContaining('stack default has no run; there is nothing to resume')])
  declare(named('a'))
  await run('apply -f FILE')
  const done = await run('resume')
  expect([done.code, done.err()]).toEqual([1, expect.stringMatching(/run \S+ of stack default is succeeded; there is nothing to resume/)])
  const unknown = await run('resume no-such-run')
  expect([unknown.code, unknown.err()]).toEqual([1, expect.stringContaining('stack default has no run no-such-run; it has ')])
})
