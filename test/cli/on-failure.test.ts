import { describe, expect, it } from 'vitest'
import { createBench, named } from './bench.ts'
import { createTopologyHost } from './topology-host.ts'
import { memoryIo } from './memory-io.ts'

/** A host that takes back what failed; the last of what it declares cannot be made. */
function createHost(options: Parameters<typeof createBench>[0] = {}) {
  const bench = createBench({ onFailure: 'rollback', ...options })
  bench.declare(named('a'), { ...named('bad'), dependsOn: ['named/a'] })
  bench.backend.fault({ call: 'create', fault: 'error', object: 'bad', times: 99 })
  return { ...bench, names: () => bench.backend.objects().map(({ fields }) => fields['name']) }
}

describe('a host that takes back what failed', () => {
  it('does so unless --no-rollback says otherwise', async () => {
    const { run, names } = createHost()
    const { code, out } = await run('apply -f FILE')
    expect([code, out(), names()]).toEqual([3, expect.stringContaining('Rolled back:'), []])
    expect((await run('apply -f FILE --no-rollback')).code).toBe(3)
    expect(names()).toEqual(['a'])
  })
  it('does so on resume and restore too', async () => {
    const { run, names } = createHost()
    await run('apply -f FILE --no-rollback')
    expect((await run('resume --no-rollback')).code).toBe(3)
    expect(names()).toEqual(['a'])
    expect((await run('resume')).code).toBe(3)
    expect(names()).toEqual([])
    expect((await run('restore --help')).out()).toContain('--no-rollback')
  })
  it('takes flags that say more for more', async () => {
    for (const flags of ['--continue-on-error', '--on-failure abort', '--on-failure skip --on-unknown pause']) {
      const { run, names } = createHost()
      await run(`apply -f FILE ${flags}`)
      expect([flags, names()]).toEqual([flags, ['a']])
    }
    // What no flag answers is taken back all the same.
    const { run, names } = createHost()
    await run('apply -f FILE --on-unknown pause')
    expect(names()).toEqual([])
  })
  it('has --no-rollback where the others have --rollback-on-failure, and rollback has neither', async () => {
    const { run } = createHost()
    const plain = createBench()
    for (const command of ['apply', 'sync', 'destroy', 'resume', 'restore']) {
      expect((await run(`${command} --help`)).out()).toMatch(/^(?=[^]*--no-rollback)(?![^]*--rollback-on-failure)/)
      expect((await plain.run(`${command} --help`)).out()).toMatch(/^(?=[^]*--rollback-on-failure)(?![^]*--no-rollback)/)
    }
    expect((await run('rollback --help')).out()).not.toMatch(/--no-rollback|--rollback-on-failure/)
    expect((await run('apply -f FILE --rollback-on-failure')).err()).toContain("unknown option '--rollback-on-failure'")
  })
  it('may take back only what was made', async () => {
    const { run, backend, declare } = createBench({ onFailure: 'rollback', rollbackScope: 'creates' })
    declare(named('old', { note: '1' }))
    await run('apply -f FILE')
    declare(named('old', { note: '2' }), { ...named('new'), dependsOn: ['named/old'] }, { ...named('bad'), dependsOn: ['named/new'] })
    backend.fault({ call: 'create', fault: 'error', object: 'bad', times: 99 })
    expect((await run('apply -f FILE --auto-approve')).code).toBe(3)
    expect(backend.objects().map(({ fields }) => [fields['name'], fields['note']])).toEqual([['old', '2']])
  })
  it('asks nobody what is to be done', async () => {
    const { run, failNext, files } = createTopologyHost({ onFailure: 'rollback' })
    failNext('deploy', 1)
    const { code, questions, out } = await run('deploy -f FILE', { isTTY: true, answers: ['y', 'skip'] })
    expect([code, questions.length, files(), out.includes('Rolled back:')]).toEqual([3, 1, [], true])
  })
})

describe('what a host says after a run', () => {
  it('is asked for at the end of every run that began something', async () => {
    const told: string[] = []
    const { run, backend, declare } = createBench({
      afterRun: ({ outcome, mode, rollback }, { command, stack }) => {
        told.push(`${command} ${stack}: ${mode} ${outcome}${rollback === undefined ? '' : ', taken back'}`)
        return 'look at the guide\u0007'
      },
      conclude: () => 'the last word',
    })
    declare(named('a'), { ...named('bad'), dependsOn: ['named/a'] })
    backend.fault({ call: 'create', fault: 'error', object: 'bad', times: 2 })
    await run('apply -f FILE --dry-run')
    await run('plan -f FILE')
    expect(told).toEqual([])
    const failed = await run('apply -f FILE')
    expect(failed.out().endsWith('look at the guide\\u{7}\n')).toBe(true)
    const json = await run('resume --json')
    expect([JSON.parse(json.out()), json.err()]).toEqual([expect.any(Object), 'look at the guide\\u{7}\n'])
    expect((await run('resume')).out().endsWith('look at the guide\\u{7}\nthe last word\n')).toBe(true)
    await run('rollback --auto-approve')
    // A plan with nothing in it begins nothing.
    declare()
    await run('plan -f FILE --out DIR/idle.json')
    expect((await run('apply --plan DIR/idle.json')).code).toBe(0)
    expect(told).toEqual(['apply default: apply partial', 'resume default: apply partial', 'resume default: apply succeeded', 'rollback default: rollback succeeded'])
  })
  it('changes nothing when it fails', async () => {
    const { run, declare } = createBench({ afterRun: () => Promise.reject(new Error('no paper')) })
    declare(named('a'))
    const { code, err } = await run('apply -f FILE')
    expect([code, err()]).toEqual([0, 'Warning: the run has ended, and what there is to say at its end could not be found out: no paper\n'])
  })
})

describe('--resume', () => {
  /** A run that has paused. */
  async function paused(line = 'apply -f FILE --auto-approve') {
    const bench = createBench()
    bench.declare(named('a'), { ...named('b'), dependsOn: ['named/a'] })
    bench.backend.fault({ call: 'create', fault: 'error', object: 'b' })
    expect((await bench.run(`${line} --on-failure pause`)).code).toBe(3)
    return { ...bench, names: () => bench.backend.objects().map(({ fields }) => fields['name']) }
  }
  it('goes on with the run that has not ended, and does nothing else', async () => {
    const { run, declare, names } = await paused()
    declare(named('a'), named('b'), named('c'))
    expect((await run('apply -f FILE --auto-approve')).err()).toContain('has not ended; that comes first')
    const { code, err } = await run('apply -f FILE --resume')
    expect([code, err(), names()]).toEqual([0, expect.stringMatching(/^Run \S+ of stack default has not ended; going on with it\.\n$/), ['a', 'b']])
    // Where there is none, it is as if it had not been said.
    expect((await run('apply -f FILE --resume')).code).toBe(0)
    expect(names()).toEqual(['a', 'b', 'c'])
  })
  it('has the exit code of what it goes on with', async () => {
    const { run, backend } = await paused()
    backend.fault({ call: 'create', fault: 'error', object: 'b' })
    expect((await run('apply -f FILE --resume --on-failure pause')).code).toBe(3)
    expect((await run('sync -f FILE --resume')).code).toBe(0)
  })
  it('goes on with no destroy where an apply was asked for', async () => {
    const { run, declare, names, backend } = createHost({ onFailure: 'stop' })
    declare(named('a'), named('b'))
    await run('apply -f FILE')
    backend.fault({ call: 'delete', fault: 'error' })
    await run('destroy --auto-approve --on-failure pause --concurrency 1')
    const before = names()
    const { code, err } = await run('apply -f FILE --resume')
    expect([code, names()]).toEqual([1, before])
    expect(err()).toMatch(/run \S+ of stack default has not ended, and is a destroy, which apply does not go on with; nothing was changed\. Go on with it by demo resume \S+ --state-dir/)
    expect((await run('destroy --resume', memoryIo())).code).toBe(0)
    expect(names()).toEqual([])
  })
  it('contradicts a plan and a rehearsal', async () => {
    const { run } = await paused()
    for (const flag of ['--dry-run', '--plan x']) expect((await run(`apply -f FILE --resume ${flag}`)).err()).toContain(`--resume goes on with the plan of a run that has not ended, ${flag.split(' ')[0]} says otherwise; leave out one of them`)
    const host = createTopologyHost()
    for (const flag of ['--plan-only', '--plan-file x']) expect((await host.run(`deploy -f FILE --resume ${flag}`)).err).toContain('leave out one of them')
  })
  it('goes on with nothing of another command of the host', async () => {
    const { run, failNext, files } = createTopologyHost()
    failNext('deploy', 1)
    expect((await run('deploy -f FILE --auto-approve --on-failure pause')).code).toBe(3)
    expect((await run('destroy -f FILE --resume --auto-approve')).err).toMatch(/has not ended, and is a deploy, which destroy does not go on with/)
    expect((await run('deploy -f FILE --resume')).code).toBe(0)
    expect(files()).toHaveLength(4)
  })
})
