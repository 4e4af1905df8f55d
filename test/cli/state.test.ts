import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fileStore } from '../../src/node/file-store.ts'
import { createBench, named } from './bench.ts'
import { memoryIo } from './memory-io.ts'

/** Two resources that were applied: `top` depends on `base`. */
async function applied(options: Parameters<typeof createBench>[0] = {}) {
  const bench = createBench(options)
  bench.declare(named('base'), { ...named('top'), dependsOn: ['named/base'] })
  expect((await bench.run('apply -f FILE')).code).toBe(0)
  return { ...bench, listed: async () => (await bench.run('state')).out() }
}

const BOTH = 'named/base (id named-1)\nnamed/top (id named-2)\n'

describe('state', () => {
  it('lists what is recorded, and shows one', async () => {
    const { run, listed } = await applied()
    expect([await listed(), (await run('state list')).out()]).toEqual([BOTH, BOTH])
    const all = JSON.parse((await run('state --json')).out()) as object
    expect(all).toEqual({ stack: 'default', serial: 1, lineage: expect.any(String) as string, resources: [expect.objectContaining({ address: 'named/base', id: 'named-1', dependsOn: [] }), expect.objectContaining({ address: 'named/top', dependsOn: ['named/base'] })] })
    expect(JSON.parse((await run('state show named/top')).out())).toMatchObject({ address: 'named/top', id: 'named-2', inputs: { name: 'top' } })
    expect(await run('state show named/tpo')).toMatchObject({ code: 1 })
    expect((await run('state show named/tpo')).err()).toContain('stack default has recorded nothing of named/tpo; did you mean "named/top"?')
    expect((await run('state --stack other')).out()).toBe('Nothing is recorded of stack other.\n')
  })
  it('refuses what it does not know, or what is missing', async () => {
    const { run } = await applied()
    for (const [line, message] of [
      ['state lst', 'state is asked to "lst", expected list, show, rm, reset; did you mean "list"?'],
      ['state show', 'state show needs the address of one resource'],
      ['state show named/top named/base', 'state show needs the address of one resource'],
      ['state list named/top', 'Did you mean state show?'],
      ['state reset named/top', 'Did you mean state rm?'],
      ['state rm', 'state rm needs the addresses'],
      ['state rm named/top', 'there is no terminal to confirm this on; nothing was changed'],
    ] as const) {
      const { code, err } = await run(line)
      expect([line, code, err()]).toEqual([line, 1, expect.stringContaining(message)])
    }
    expect((await run('state')).out()).toBe(BOTH)
  })
  it('rm asks, says what stays, and forgets', async () => {
    const { run, listed, backend } = await applied()
    const declined = await run('state rm named/top', memoryIo({ answers: ['n'] }))
    expect([declined.code, declined.questions, await listed()]).toEqual([0, ['Do you want to forget them? [y/N] '], BOTH])
    expect(declined.err()).toBe('This takes 1 resource out of the state of stack default. On the backend nothing changes; what stays there, and is not managed from here any more:\n  named/top (id named-2)\nDeclined; nothing was changed.\n')
    expect((await run('state rm named/top --dry-run')).code).toBe(2)
    // What is refused is refused before anybody is asked.
    const needed = await run('state rm named/base', memoryIo({ answers: ['y'] }))
    expect([needed.code, needed.questions, needed.err()]).toEqual([1, [], expect.stringContaining('named/top depends on named/base')])
    expect(await listed()).toBe(BOTH)
    const done = await run('state rm named/base --force --auto-approve --json')
    expect([done.code, JSON.parse(done.out())]).toEqual([0, { stack: 'default', serial: 2, forgotten: [{ address: 'named/base', id: 'named-1' }] }])
    expect((await run('state rm named/top', memoryIo({ answers: ['y'] }))).out()).toBe('1 resource is recorded no longer. Plans that were made before are refused now; plan again.\n')
    expect([await listed(), backend.objects().length]).toEqual(['Nothing is recorded of stack default.\n', 2])
  })
  it('reset wants the name of the stack', async () => {
    const { run, listed, backend } = await applied()
    const declined = await run('state reset', memoryIo({ answers: ['y'] }))
    expect([declined.code, declined.questions, await listed()]).toEqual([0, ['Type the name of the stack, default, to go on: '], BOTH])
    expect((await run('state reset', memoryIo({ answers: ['default'] }))).code).toBe(0)
    expect([await listed(), backend.objects().length]).toEqual(['Nothing is recorded of stack default.\n', 2])
    expect((await run('state reset')).out()).toBe('Nothing is recorded of stack default.\n')
  })
  it('is refused with 4 while somebody holds the stack', async () => {
    const { run, folder, listed } = await applied()
    await fileStore(join(folder, 'state')).claim('default', 'ann')
    const { code, err } = await run('state rm named/top --auto-approve')
    expect([code, err()]).toEqual([4, expect.stringContaining('ann')])
    expect(await listed()).toBe(BOTH)
  })
  it('counts what an open run did, and forgets nothing then', async () => {
    const { run, declare, backend } = await applied()
    declare(named('base'), named('fresh'), named('gone'))
    backend.fault({ call: 'create', fault: 'error', object: 'gone', times: 9 })
    expect((await run('apply -f FILE --auto-approve --on-failure pause --concurrency 1')).code).toBe(3)
    const { out, err } = await run('state')
    expect([out(), err()]).toEqual([expect.stringContaining('named/fresh (id '), expect.stringContaining('has not ended; what it did is counted as recorded')])
    expect((await run('state reset --auto-approve')).err()).toMatch(/run \S+ of stack default has not ended; that comes first/)
  })
})

describe('a readable copy of the state', () => {
  interface Copy {
    readonly serial: number
    readonly openRun?: string
    readonly resources: readonly { readonly address: string }[]
  }
  const read = (path: string): Copy => JSON.parse(readFileSync(path, 'utf8')) as Copy
  it('is kept in a file, whatever the run comes to, and after a reset', async () => {
    const { run, declare, folder, backend } = await applied()
    const path = join(folder, 'copies/state.json')
    declare(named('base'), named('bad'), named('later'))
    backend.fault({ call: 'create', fault: 'error', object: 'bad', times: 9 })
    expect((await run(`apply -f FILE --state-file ${path} --auto-approve --on-failure pause --concurrency 1`)).code).toBe(3)
    expect(read(path)).toMatchObject({ stack: 'default', serial: 1, openRun: expect.any(String) as string })
    expect(readFileSync(path, 'utf8')).not.toContain('salt')
    expect((await run(`resume --state-file ${path} --continue-on-error`)).code).toBe(3)
    expect(read(path).resources.map(({ address }) => address)).toEqual(['named/base', 'named/later', 'named/top'])
    expect(read(path).openRun).toBeUndefined()
    expect((await run(`state reset --auto-approve --state-file ${path}`)).code).toBe(0)
    expect(read(path)).toMatchObject({ serial: 3, resources: [] })
    expect(readdirSync(join(folder, 'copies'))).toEqual(['state.json'])
  })
  it('is not written by a dry run, and never makes a run fail', async () => {
    const { run, declare, folder, backend } = await applied({ stateFile: ({ stateDir, stack }) => `${stateDir}/${stack}.json` })
    const path = join(folder, 'state/default.json')
    expect(read(path).resources).toHaveLength(2)
    declare(named('more'))
    expect((await run(`apply -f FILE --dry-run --state-file ${folder}/dry.json`)).code).toBe(0)
    expect(existsSync(join(folder, 'dry.json'))).toBe(false)
    const { code, err } = await run(`apply -f FILE --state-file ${folder}`)
    expect([code, backend.objects().length]).toEqual([0, 3])
    expect(err().match(/Warning: the copy of the state in \S+ could not be written, and may be an older one: \S+/g)).toHaveLength(1)
    const lost = await applied({
      stateFile: () => {
        throw new Error('no home')
      },
    })
    expect((await lost.run('destroy --auto-approve')).err()).toContain('Warning: no copy of the state is kept, since nobody can say in which file: no home\n')
  })
})
