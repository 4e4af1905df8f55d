import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/store/memory.ts'
import { createBench, named } from './bench.ts'
import { memoryIo } from './memory-io.ts'

describe('showing what would change', () => {
  test('plan, apply, plan: pending, done, nothing to do', async () => {
    const { backend, declare, run } = createBench()
    declare(named('a'), named('b', { note: 'x' }))
    const first = await run('plan -f FILE')
    expect([first.code, first.out()]).toEqual([2, expect.stringContaining('Plan: 2 to create; 0 unchanged.')])
    expect(backend.objects()).toEqual([])
    const applied = await run('apply -f FILE')
    expect([applied.code, applied.err()]).toEqual([0, ''])
    expect(applied.out()).toContain('named/a: creating…')
    expect(applied.out()).toContain('Done: 2 succeeded')
    expect(applied.out()).not.toContain('\u001B')
    const second = await run('apply -f FILE')
    expect([second.code, second.out()]).toEqual([0, expect.stringContaining('Nothing to do: 2 resources are as declared.')])
    expect((await run('plan -f FILE')).code).toBe(0)
  })
  test('diff shows what is no longer declared', async () => {
    const { declare, run } = createBench()
    declare(named('a'), named('b'))
    await run('apply -f FILE')
    declare(named('a'))
    const diff = await run('diff -f FILE')
    expect([diff.code, diff.out()]).toEqual([2, expect.stringContaining('1 to delete')])
    expect((await run('plan -f FILE')).code).toBe(0)
  })
  test('drift: none, then what somebody changed', async () => {
    const { backend, declare, run } = createBench()
    declare(named('a', { note: 'x' }))
    await run('apply -f FILE')
    expect((await run('drift')).code).toBe(0)
    backend.edit('named-1', { note: 'y' })
    const drift = await run('drift')
    expect([drift.code, drift.out()]).toEqual([2, expect.stringContaining('note: "x" → "y"')])
    expect(JSON.parse((await run('drift --json')).out())).toMatchObject({ checked: 1, resources: [{ address: 'named/a', kind: 'changed' }] })
  })
  test('validate asks no backend', async () => {
    const contexts: boolean[] = []
    const { backend, declare, run } = createBench({
      provider: (context) => {
        contexts.push(context.offline)
        return backend.provider
      },
    })
    declare(named('a'))
    const valid = await run('validate -f FILE')
    expect([valid.code, valid.out()]).toEqual([0, 'Valid: 1 resource.\n'])
    expect([contexts, backend.calls]).toEqual([[true], []])
    declare({ type: 'nmaed', name: 'a', inputs: {} })
    const invalid = await run('validate -f FILE')
    expect([invalid.code, invalid.err()]).toEqual([1, expect.stringContaining('named')])
  })
})

describe('plans that are kept', () => {
  test('apply from a file and by id; never twice', async () => {
    const { backend, declare, folder, run } = createBench()
    declare(named('a'))
    expect((await run('plan -f FILE -o DIR/p.json')).code).toBe(2)
    const { id } = JSON.parse(readFileSync(join(folder, 'p.json'), 'utf8')) as { id: string }
    expect((await run(`show ${id}`)).out()).toContain('named/a')
    expect((await run('show --plan DIR/p.json')).out()).toContain('named/a')
    expect((await run(`apply --plan ${id}`)).code).toBe(0)
    expect(backend.objects().length).toBe(1)
    const again = await run('apply --plan DIR/p.json')
    expect([again.code, again.err()]).toEqual([1, expect.stringContaining('applied already')])
  })
  test('apply refuses deletes or leaves them out; sync makes them; sync warns of an apply plan', async () => {
    const { backend, declare, run } = createBench()
    declare(named('a'), named('b'))
    await run('apply -f FILE')
    declare(named('a'))
    await run('plan -f FILE --mode sync -o DIR/p.json')
    const refused = await run('apply --plan DIR/p.json --auto-approve')
    expect([refused.code, refused.err()]).toEqual([1, expect.stringContaining('delete named/b')])
    expect((await run('apply --plan DIR/p.json --skip-deletes')).code).toBe(0)
    expect(backend.objects().length).toBe(2)
    await run('plan -f FILE --mode sync -o DIR/q.json')
    expect((await run('sync --plan DIR/q.json --auto-approve')).code).toBe(0)
    expect(backend.objects().length).toBe(1)
    declare(named('a'), named('c'))
    await run('plan -f FILE -o DIR/r.json')
    expect((await run('sync --plan DIR/r.json')).err()).toContain('was made in mode apply')
  })
  test('altered, of another stack, unknown, expired: refused, nothing changed', async () => {
    const { backend, declare, folder, run } = createBench()
    declare(named('a'))
    await run('plan -f FILE --stack one -o DIR/p.json')
    expect((await run('apply --plan DIR/p.json')).err()).toContain('stack one')
    writeFileSync(join(folder, 'q.json'), readFileSync(join(folder, 'p.json'), 'utf8').replace('named/a', 'named/z'))
    for (const line of ['apply --plan DIR/p.json', 'apply --plan DIR/q.json', 'apply --plan nowhere', 'apply --plan nowhere.json', 'plan -f FILE --expires-in soon', 'plan', 'apply -f FILE --concurrency 0'])
      expect([line, (await run(line)).code]).toEqual([line, 1])
    expect(backend.objects()).toEqual([])
  })
  test('two plans compare', async () => {
    const { declare, run } = createBench()
    declare(named('a'))
    await run('plan -f FILE -o DIR/p.json')
    declare(named('a'), named('b'))
    await run('plan -f FILE -o DIR/q.json')
    const diff = await run('diff --plan DIR/p.json --against DIR/q.json')
    expect([diff.code, diff.out()]).toEqual([2, expect.stringContaining('1 added')])
  })
})

describe('agreeing', () => {
  test('apply asks before it updates, sync and destroy before they delete; no is no', async () => {
    const { backend, declare, run } = createBench()
    declare(named('a', { note: 'x' }), named('b'))
    await run('apply -f FILE')
    declare(named('a', { note: 'y' }))
    const unasked = await run('apply -f FILE')
    expect([unasked.code, unasked.err()]).toEqual([1, expect.stringContaining('--auto-approve')])
    const declined = await run('apply -f FILE', memoryIo({ answers: ['no'] }))
    expect([declined.code, declined.err()]).toEqual([0, expect.stringContaining('Declined')])
    expect(backend.objects()[0]?.fields).toMatchObject({ note: 'x' })
    expect((await run('apply -f FILE', memoryIo({ answers: ['yes'] }))).code).toBe(0)
    expect(backend.objects()[0]?.fields).toMatchObject({ note: 'y' })
    const ended = await run('sync -f FILE', memoryIo({ answers: [undefined] }))
    expect([ended.code, ended.err()]).toEqual([0, expect.stringContaining('delete named/b')])
    expect(backend.objects().length).toBe(2)
    expect((await run('destroy', memoryIo({ answers: ['y'] }))).code).toBe(0)
    expect(backend.objects().length).toBe(0)
  })
  test('what comes from the standard input cannot be confirmed there', async () => {
    const { run } = createBench()
    const stdin = (note: string): string => JSON.stringify([named('a', { note })])
    expect((await run('apply -f -', memoryIo({ stdin: stdin('x') }))).code).toBe(0)
    expect((await run('apply -f -', memoryIo({ stdin: stdin('y'), answers: ['yes'] }))).code).toBe(1)
  })
})

describe('when something goes wrong', () => {
  test('a part is 3, nothing at all is 1, a dry run changes nothing', async () => {
    const { backend, declare, run } = createBench()
    declare(named('a'), { ...named('b'), dependsOn: ['named/a'] })
    const dry = await run('apply -f FILE --dry-run')
    expect([dry.code, dry.out(), backend.objects()]).toEqual([0, expect.stringContaining('Dry run'), []])
    backend.fault({ call: 'create', object: 'b', fault: 'error' })
    const partly = await run('apply -f FILE')
    expect([partly.code, partly.out()]).toEqual([3, expect.stringContaining('Partly applied: 1 succeeded, 1 failed')])
    expect((await run('apply -f FILE')).code).toBe(0)
  })
  test('JSON for results and errors; NDJSON for events', async () => {
    const { declare, run } = createBench()
    declare(named('a'))
    const lines = (await run('apply -f FILE --ndjson')).out().trimEnd().split('\n').map((line) => (JSON.parse(line) as { event: string }).event)
    expect([lines[0], lines.at(-1)]).toEqual(['run:started', 'run:finished'])
    expect(JSON.parse((await run('apply -f FILE --json')).out())).toMatchObject({ outcome: 'succeeded', success: true, actions: [] })
    expect(JSON.parse((await run('plan -f FILE --json')).out())).toMatchObject({ format: 'convergent.plan' })
    const failed = await run('apply -f DIR/none.json --json')
    expect([failed.code, JSON.parse(failed.out())]).toEqual([1, { error: { code: 'unexpected', message: expect.stringContaining('none.json') } }])
    expect(failed.err().trimEnd().split('\n').length).toBe(1)
  })
  test('a misspelt command or flag is told the nearest name', async () => {
    const { run } = createBench()
    const command = await run('aply')
    expect([command.code, command.err()]).toEqual([1, expect.stringContaining('Did you mean apply?')])
    const flag = await run('plan --verbos')
    expect([flag.code, flag.err()]).toEqual([1, expect.stringContaining('--verbose')])
    const help = await run('--help')
    expect([help.code, help.out()]).toEqual([0, expect.stringContaining('abandon')])
    expect((await run('--version')).out()).toBe('1.2.3\n')
  })
  test('an interrupt before anything began changes nothing; one during a run lets it end', async () => {
    const io = memoryIo()
    const waiting = createBench({
      load: async () => {
        io.interrupt()
        return new Promise(() => undefined)
      },
    })
    expect([(await waiting.run('apply -f FILE', io)).code, io.err()]).toEqual([130, expect.stringContaining('nothing was changed')])
    const { backend, declare, run } = createBench()
    declare(named('a'), { ...named('b'), dependsOn: ['named/a'] })
    const base = memoryIo()
    const during = { ...base, stdout: (text: string) => (base.stdout(text), text.includes('named/a: creating') && base.interrupt()) as unknown as void }
    const ended = await run('apply -f FILE', during)
    expect([ended.code, ended.err()]).toEqual([130, expect.stringContaining('what is in flight ends')])
    expect(backend.objects().map(({ fields }) => fields['name'])).toEqual(['a'])
    expect((await run('apply -f FILE')).code).toBe(0)
  })
  test('a stack that somebody else changes is 4', async () => {
    const store = memoryStore()
    const { declare, run } = createBench({ store })
    await store.claim('default', 'Mary')
    declare(named('a'))
    const held = await run('apply -f FILE')
    expect([held.code, held.err()]).toEqual([4, expect.stringContaining('Mary')])
  })
  test('--verbose shows calls on the standard error', async () => {
    const { declare, run } = createBench()
    declare(named('a'))
    const spoken = await run('plan -f FILE --verbose')
    expect([spoken.code, spoken.err()]).toEqual([2, expect.stringContaining('named: 0 read')])
    expect(spoken.out()).toContain('create:named/a starts at once')
  })
  test('plan writes nothing', async () => {
    const { declare, folder, run } = createBench()
    declare(named('a'))
    await run('plan -f FILE')
    expect(existsSync(join(folder, 'state'))).toBe(false)
  })
  test('nothing to abandon is an error that says so', async () => {
    const abandoned = await createBench().run('abandon')
    expect([abandoned.code, abandoned.err()]).toEqual([1, expect.stringContaining('no open run')])
  })
})
