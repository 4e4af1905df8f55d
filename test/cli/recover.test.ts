import { describe, expect, test } from 'vitest'
import { createBench, named } from './bench.ts'
import { memoryIo } from './memory-io.ts'

/** Two runs: the second one fails half way. */
async function fail() {
  const bench = createBench()
  const { backend, declare, run } = bench
  declare(named('kept', { note: '1' }), named('leaving'))
  await run('apply -f FILE')
  declare(named('kept', { note: '2' }), named('fresh'), named('bad'))
  backend.fault({ call: 'create', fault: 'error', object: 'bad', times: 2 })
  const failed = await run('sync -f FILE --auto-approve --continue-on-error')
  return { ...bench, failed, names: () => backend.objects('named').map(({ fields }) => fields['name']).sort() }
}

describe('after a failure', () => {
  test('the exact commands to go on with are named', async () => {
    const { run, failed } = await fail()
    await run('checkpoints --create half-way')
    const runId = /run (\S+) started/.exec(failed.out())?.[1] as string
    expect(failed.code).toBe(3)
    expect(failed.out()).toContain('failed create named/bad')
    expect(failed.out()).toMatch(new RegExp(`To go on with the same plan:\\n  demo resume ${runId} --state-dir \\S+\n`))
    expect(failed.out()).toMatch(new RegExp(`To take back what it did:\\n  demo rollback ${runId} --state-dir \\S+`))
    const again = await run('resume --continue-on-error')
    expect(again.out()).toMatch(/The last checkpoint \(half-way, [^)]+\):\n {2}demo restore \S+ --state-dir/)
    expect((await run('resume')).code).toBe(0)
  })
  test('rollback shows its plan, asks, and takes back what was done', async () => {
    const { backend, run, names } = await fail()
    expect(names()).toEqual(['fresh', 'kept'])
    const shown = await run('rollback --dry-run')
    expect([shown.code, shown.out()]).toEqual([2, expect.stringMatching(/create named\/leaving|named\/leaving create/)])
    expect(names()).toEqual(['fresh', 'kept'])
    const declined = await run('rollback', memoryIo({ answers: ['n'] }))
    expect([declined.code, names()]).toEqual([0, ['fresh', 'kept']])
    const done = await run('rollback --auto-approve')
    expect([done.code, done.err(), names()]).toEqual([0, '', ['kept', 'leaving']])
    expect(backend.objects('named').find(({ fields }) => fields['name'] === 'kept')?.fields['note']).toBe('1')
  })
  test('--rollback-on-failure does so at once, and the error stays', async () => {
    const { backend, declare, run } = createBench()
    declare(named('a'), named('bad'))
    backend.fault({ call: 'create', fault: 'error', object: 'bad' })
    const { code, out } = await run('apply -f FILE --rollback-on-failure --concurrency 1')
    expect([code, out()]).toEqual([3, expect.stringContaining('scripted error')])
    expect(out()).toContain('Rolled back:')
    expect(backend.objects()).toEqual([])
  })
  test('a rollback that failed itself is what there is to go on with', async () => {
    const { backend, declare, run } = createBench()
    declare(named('a'), { ...named('bad'), dependsOn: ['named/a'] })
    backend.fault({ call: 'create', fault: 'error', object: 'bad' })
    backend.fault({ call: 'delete', fault: 'error', object: 'named-1' })
    const failed = await run('apply -f FILE --rollback-on-failure')
    const [applied, undoing] = (JSON.parse((await run('runs --json')).out()) as readonly { readonly id: string; readonly outcome: string }[]).toSorted((one, other) => Number(failed.out().includes(`resume ${one.id}`)) - Number(failed.out().includes(`resume ${other.id}`)))
    expect(failed.out()).toMatch(new RegExp(`To go on with taking it back:\\n  demo resume ${undoing?.id} --state-dir \\S+\n`))
    expect(failed.out()).not.toMatch(/To go on with the same plan|To take back what it did/)
    expect(failed.out()).not.toContain(`resume ${applied?.id}`)
    expect([failed.code, backend.objects().length]).toEqual([3, 1])
    expect([(await run(`resume ${undoing?.id}`)).code, backend.objects()]).toEqual([0, []])
  })
})

describe('checkpoints, runs and the doctor', () => {
  test('a checkpoint is kept, listed, restored and deleted', async () => {
    const { declare, run, backend } = createBench()
    declare(named('a', { note: '1' }))
    await run('apply -f FILE')
    const id = /Checkpoint (\S+) is kept/.exec((await run('checkpoints --create good')).out())?.[1] as string
    declare(named('a', { note: '2' }), named('b'))
    await run('apply -f FILE --auto-approve')
    expect((await run('checkpoints')).out()).toMatch(/1 resource: good/)
    expect(JSON.parse((await run(`checkpoints ${id} --json`)).out())).toMatchObject({ id, description: 'good', resources: 1 })
    expect((await run(`restore ${id} --auto-approve`)).code).toBe(0)
    expect(backend.objects().map(({ fields }) => [fields['name'], fields['note']])).toEqual([['a', '1']])
    expect((await run(`checkpoints --delete ${id}`)).code).toBe(0)
    expect((await run('checkpoints')).out()).toContain('No checkpoints.')
    const missing = await run('restore nothing')
    expect([missing.code, missing.err()]).toEqual([1, expect.stringContaining('has no checkpoint nothing')])
  })
  test('runs tells the story, and the log', async () => {
    const { run } = await fail()
    const list = await run('runs')
    expect(list.out()).toMatch(/sync {2}partial\n.*apply {2}succeeded/)
    const [{ id }] = JSON.parse((await run('runs --json')).out()) as [{ id: string }]
    const story = await run(`runs ${id}`)
    expect(story.out()).toMatch(/succeeded create:named\/kept \(id named-1\)/)
    expect((await run(`runs ${id} --log`)).out().split('\n').filter((line) => line !== '').map((line) => (JSON.parse(line) as { kind: string }).kind)[0]).toBe('run-started')
  })
  test('doctor and unlock', async () => {
    const { run, declare } = createBench()
    declare(named('a'))
    await run('apply -f FILE')
    expect(await run('doctor')).toMatchObject({ code: 0 })
    const free = await run('unlock')
    expect([free.code, free.out()]).toEqual([0, 'Stack default is free.\n'])
  })
})
