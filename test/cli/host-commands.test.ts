import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CliCommand } from '../../src/cli/cli-command.ts'
import type { Loaded } from '../../src/cli/loaded.ts'
import { memoryIo } from './memory-io.ts'
import { createTopologyHost } from './topology-host.ts'

const DEPLOYED = ['a.release 2', 'a.running', 'b.release 2', 'b.running']

describe('a command of the host that loads', () => {
  it('plans, asks with what it will do, applies, and concludes', async () => {
    const { run, files, asked, contexts, file, folder } = createTopologyHost()
    const { code, out, err, questions } = await run('deploy -f FILE --slowly', { answers: ['y'] })
    expect([code, questions]).toEqual([0, ['Do you want to apply this deploy plan to stack shop? [y/N] ']])
    expect(err).toBe(
      [
        'This will:',
        '  write 2 files: a.release, b.release',
        '  start 2 processes on a',
        '  start 2 processes on b',
        '  use ports 8000 to 8002 on a',
        '  use ports 8000 to 8002 on b',
        '  take up to 6 MiB on disk and 128 MiB of memory, download 3.1 MiB',
        '  run hook drain before phase deploy',
        '  run hook refill after phase deploy',
        '  and run 1 more operation, which does not say what it changes',
        '',
      ].join('\n'),
    )
    expect(out).toMatch(/phase prepare finished in [\d.]+ m?s; checkpoint \S{36}\n/)
    expect(out.endsWith('deploy ran 5\\u{7}\nConnect with: nothing\n')).toBe(true)
    expect(files()).toEqual(DEPLOYED)
    expect(asked).toEqual(['stack', 'deploy 1', 'hooks of shop shop'])
    expect(contexts).toEqual([expect.objectContaining({ command: 'deploy', stack: 'shop', files: [file], stateDir: join(folder, 'state'), flags: expect.objectContaining({ slowly: true }) as object })])
  })
  it('asks nothing and says nothing of it with --auto-approve, and does nothing when it is declined', async () => {
    const { run, files } = createTopologyHost()
    expect(await run('deploy -f FILE', { answers: ['n'] })).toMatchObject({ code: 0, err: expect.stringContaining('Declined; nothing was changed.') as string })
    expect((await run('deploy -f FILE')).err).toContain('there is no terminal to confirm it on; nothing was changed. Review it with --plan-only, then')
    expect(files()).toEqual([])
    expect(await run('deploy -f FILE --auto-approve')).toMatchObject({ code: 0, err: '' })
    expect(files()).toEqual(DEPLOYED)
  })
  it('takes a plan from where --plan-only has put it', async () => {
    const { run, files, folder } = createTopologyHost()
    expect((await run('deploy -f FILE --plan-only')).code).toBe(2)
    const planned = await run('deploy -f FILE --plan-only --plan-file DIR/my_plan.json --phase prepare')
    const id = /Plan (\S{36}) is in /.exec(planned.err)?.[1] ?? ''
    const place = `-f '${folder}/top ology.json' --state-dir ${folder}/state`
    expect(planned.err).toBe(`Plan ${id} is in ${folder}/my_plan.json; apply it with --plan-file ${folder}/my_plan.json ${place} or --plan-file ${id} ${place}.\n`)
    expect([planned.code, files()]).toEqual([2, []])
    expect(await run(`deploy -f FILE --plan-file ${id} --auto-approve`)).toMatchObject({ code: 0 })
    expect(files()).toEqual(['a.release 2', 'b.release 2'])
    expect((await run('deploy -f FILE --plan-file DIR/my_plan.json --auto-approve')).err).toContain('was applied already')
  })
  it('refuses flags that contradict each other, and a plan of another command', async () => {
    const { run, files } = createTopologyHost()
    expect((await run('deploy -f FILE --plan-only --plan x')).err).toContain('leave out --plan-only')
    expect((await run('deploy -f FILE --plan-file x --plan y')).err).toContain('leave out --plan-file')
    expect((await run('deploy -f FILE --plan-file DIR/none.json')).err).toContain('there is no plan ')
    expect((await run('deploy')).err).toContain('no file')
    await run('destroy -f FILE --plan-only --plan-file DIR/destroy.json')
    expect((await run('deploy -f FILE --plan-file DIR/destroy.json --auto-approve')).err).toMatch(/plan \S+ is for destroy, not for deploy; apply it with cluster destroy --plan-file, or cluster apply --plan/)
    expect(files()).toEqual([])
  })
  it('gives advice that works as it is, and no conclusion, after a failure', async () => {
    const { run, failNext, folder, cli, files } = createTopologyHost()
    failNext('deploy', 1)
    const { code, out } = await run('deploy -f FILE --auto-approve')
    expect([code, out.includes('Connect with')]).toEqual([3, false])
    const id = /run (\S{36}) started/.exec(out)?.[1] ?? ''
    expect(out).toContain(`To go on with the same plan:\n  cluster resume ${id} -f '${folder}/top ology.json' --state-dir ${folder}/state\n`)
    expect(await cli.run(['resume', id, '-f', `${folder}/top ology.json`, '--state-dir', `${folder}/state`], memoryIo())).toBe(0)
    expect(files()).toEqual(DEPLOYED)
  })
  it('has its conclusion neither in JSON nor in a rehearsal, and one that fails changes nothing', async () => {
    let calls = 0
    const { run } = createTopologyHost({ conclude: ({ counts }, { command, stack }) => `${command} of ${stack} ran ${counts.succeeded}, call ${++calls}` })
    expect((await run('deploy -f FILE --dry-run')).out).not.toContain('deploy of shop')
    expect((await run('deploy -f FILE --auto-approve --json')).out).not.toContain('deploy of shop')
    expect((await run('rollback -f FILE --auto-approve')).out).toContain('\nrollback of shop ran 4, call 1\n')
    const unlucky = createTopologyHost({ conclude: () => Promise.reject(new Error('no database')) })
    expect(await unlucky.run('deploy -f FILE --auto-approve')).toMatchObject({ code: 0, err: expect.stringContaining('Warning: the run succeeded, and what there is to say at its end could not be found out: no database') as string })
  })
})

describe('a command that cannot be undone', () => {
  it('wants the name of the stack, and nothing else', async () => {
    for (const [answer, done] of [['y', false], ['', false], [undefined, false], ['shop ', true]] as const) {
      const { run, files } = createTopologyHost()
      const { code, err, questions } = await run('destroy -f FILE', { isTTY: true, answers: [answer] })
      expect([code, questions]).toEqual([0, ['Type the name of the stack, shop, to go on: ']])
      expect(err).toContain('This will:\n  write 2 files: a.release, b.release')
      expect(err).toContain('\u001B[31mThis cannot be undone: destroy of stack shop.\u001B[39m\n')
      expect(files()).toHaveLength(done ? 2 : 0)
      if (answer === 'y') expect(err).toContain('Declined, since that is not shop; nothing was changed.')
    }
  })
  it('wants it too where apply takes its plan; --auto-approve skips it', async () => {
    const { run, files } = createTopologyHost()
    await run('destroy -f FILE --plan-only --plan-file DIR/destroy.json')
    expect((await run('apply -f FILE --plan DIR/destroy.json', { answers: ['y'] })).questions).toEqual(['Type the name of the stack, shop, to go on: '])
    expect(files()).toEqual([])
    expect((await run('destroy -f FILE --plan-file DIR/destroy.json --auto-approve')).code).toBe(0)
    expect(files()).toHaveLength(2)
    expect((await run('rollback -f FILE', { answers: ['y'] })).questions[0]).toContain('[y/N]')
    expect(files()).toEqual([])
  })
})

describe('a command of the host that runs', () => {
  it('gives its exit code, and prints what it likes', async () => {
    const { run, asked } = createTopologyHost()
    expect(await run('status -f FILE --json')).toMatchObject({ code: 7, out: 'shop: 1 file\n', err: 'beside it\n' })
    expect(await run('status --stack other')).toMatchObject({ code: 7, out: 'other: 0 file\n' })
    expect(asked).toEqual(['stack'])
    expect((await run('status --plan x')).err).toContain("unknown option '--plan'")
  })
  it('is given up on at an interrupt, and told so', async () => {
    const io = memoryIo()
    let signal: AbortSignal | undefined
    const { cli } = createTopologyHost({
      stack: 'shop',
      commands: {
        wait: {
          description: 'wait for ever',
          run: (_, context) => {
            signal = context.signal
            io.interrupt()
            return new Promise(() => undefined)
          },
        },
      },
    })
    expect(await cli.run(['wait'], io)).toBe(130)
    expect([signal?.aborted, io.err()]).toEqual([true, 'Interrupted.\n'])
  })
})

describe('the commands of such a host', () => {
  const listOf = (help: string): readonly string[] => [...help.matchAll(/^ {2}([a-z]+) .*$/gm)].map(([, name]) => name ?? '')
  it('are its own, and the built-in ones that need nothing to load', async () => {
    const { run, asked } = createTopologyHost()
    const help = await run('--help')
    expect(listOf(help.out)).toEqual(['deploy', 'destroy', 'status', 'apply', 'diff', 'show', 'plans', 'resume', 'rollback', 'restore', 'checkpoints', 'state', 'runs', 'doctor', 'unlock', 'abandon', 'help'])
    expect((await run('deploy --help')).out).toContain('--slowly')
    expect((await run('plan -f FILE')).err).toContain("unknown command 'plan'")
    expect((await run('apply -f FILE --stack s')).err).toContain('apply loads nothing; it takes a plan that was kept, with --plan')
    expect((await run('diff --stack s')).err).toContain('diff of two plans needs both --plan and --against')
    expect(asked).toEqual([])
  })
  it('replace built-in ones, which are there where the host loads', async () => {
    const load = async (): Promise<Loaded> => ({ desired: [] })
    const { run } = createTopologyHost({ load, stack: 'shop', hooks: [] })
    expect(listOf((await run('--help')).out).toSorted()).toEqual(['abandon', 'apply', 'checkpoints', 'deploy', 'destroy', 'diff', 'doctor', 'drift', 'help', 'plan', 'plans', 'restore', 'resume', 'rollback', 'runs', 'show', 'state', 'status', 'sync', 'unlock', 'validate'])
    expect((await run('destroy --help')).out).toContain('take it all away')
    expect((await run('plan -f FILE')).code).toBe(0)
  })
  it('ask for the stack only where it is needed, and for hooks only before a plan or run', async () => {
    const { run, asked, folder } = createTopologyHost()
    await run('deploy -f FILE --plan-only --plan-file DIR/plan.json')
    asked.length = 0
    expect((await run('show DIR/plan.json')).code).toBe(0)
    expect(asked).toEqual([])
    for (const line of ['runs', 'checkpoints', 'plans', 'doctor', 'unlock']) expect((await run(`${line} -f FILE`)).err).toBe('')
    expect(asked).toEqual(new Array(5).fill('stack'))
    expect((await run('runs --stack shop')).code).toBe(0)
    expect(asked).toHaveLength(5)
    expect(existsSync(join(folder, 'state'))).toBe(true)
  })
})

describe('the plans that are kept', () => {
  it('are listed, shown and deleted, but for what an open run needs', async () => {
    const { run, failNext, folder } = createTopologyHost()
    expect((await run('plans -f FILE')).out).toBe('No plans.\n')
    await run('deploy -f FILE --plan-only --plan-file DIR/one.json')
    await run('destroy -f FILE --plan-only --plan-file DIR/two.json --expires-in 1s')
    const ids = ['one', 'two'].map((name) => (JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as { readonly id: string }).id)
    const [one = '', two = ''] = ids
    const lines = (await run('plans -f FILE')).out.trimEnd().split('\n')
    expect(lines).toEqual([expect.stringMatching(new RegExp(`^\\S+Z  ${one}  deploy  5 actions$`)), expect.stringMatching(new RegExp(`^\\S+Z  ${two}  destroy  2 actions, expire[ds] \\S+Z$`))])
    const listed = JSON.parse((await run('plans -f FILE --json')).out) as readonly object[]
    expect(listed).toEqual([expect.objectContaining({ id: one, mode: 'apply', operation: 'deploy', actions: 5, expired: false }), expect.objectContaining({ id: two, actions: 2 })])
    expect((await run(`plans ${one} -f FILE`)).out).toContain('Phase 2 of 3, deploy')
    failNext('deploy', 1)
    expect((await run(`deploy -f FILE --plan-file ${one} --auto-approve --on-failure pause`)).code).toBe(3)
    expect((await run(`plans --delete ${one} -f FILE`)).err).toMatch(/run \S+ applies plan \S+ and has not ended: resume it/)
    expect((await run(`plans --delete ${two} -f FILE`)).out).toBe(`Plan ${two} is deleted.\n`)
    expect((await run(`plans --delete ${two} -f FILE`)).err).toContain(`stack shop has no plan ${two}`)
    expect((await run('plans -f FILE')).out).not.toContain(two)
  })
  it('are listed beside one that is damaged', async () => {
    const { run, folder } = createTopologyHost()
    await run('deploy -f FILE --plan-only --plan-file DIR/one.json')
    const { fileStore } = await import('../../src/node/file-store.ts')
    await fileStore(join(folder, 'state')).put('shop', 'plan', 'broken', '{"format":"convergent.plan","version":1,\n')
    const { code, out } = await run('plans -f FILE')
    expect(code).toBe(0)
    expect(out).toMatch(/deploy {2}5 actions\nbroken {2}cannot be read: /)
  })
})

it('a command that has both, or neither, does not compile', () => {
  const load = async (): Promise<Loaded> => ({ phases: [] })
  const run = async (): Promise<number> => 0
  // @ts-expect-error both
  const both: CliCommand = { description: '', load, run }
  // @ts-expect-error neither
  const neither: CliCommand = { description: '' }
  // @ts-expect-error nothing is destroyed by what runs alone, as far as anybody here knows
  const destructive: CliCommand = { description: '', run, isDestructive: true }
  // @ts-expect-error neither resources nor phases
  const nothing: Loaded = {}
  expect([both, neither, destructive, nothing]).toHaveLength(4)
})
