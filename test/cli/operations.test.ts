import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CHOICES } from '../../src/engine/decision.ts'
import { createDeployHost } from './deploy-host.ts'
import { memoryIo } from './memory-io.ts'
import { normalise } from './normalise.ts'

/** A host whose commands are told as a transcript. */
function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'convergent-deploy-'))
  const host = createDeployHost(folder)
  const told: string[] = []
  const run = async (line: string, how: Parameters<typeof memoryIo>[0] = {}) => {
    const io = memoryIo(how)
    const code = await host.run(line, io)
    const text = `${io.out()}${io.err()}`.trimEnd()
    told.push(`$ mini ${line}`, line.includes('--auto-approve') ? text.slice(text.indexOf('\n> run\n') + 1) : text, `exit ${code}; there is: ${host.files().join(', ') || 'nothing'}`, '')
    return { code, out: io.out(), err: io.err(), questions: io.questions }
  }
  return { ...host, folder, run, told: () => normalise(told.join('\n'), folder) }
}

describe('a deployment by the command line', () => {
  it('is planned, rehearsed, applied, shown and taken back', async () => {
    const { run, told } = setUp()
    await run('plan')
    await run('validate')
    await run('apply --dry-run --concurrency 1')
    await run('apply --concurrency 1 --auto-approve')
    const id = /\S{36}/.exec((await run('runs')).out)?.[0] ?? ''
    await run(`runs ${id}`)
    await run(`runs ${id} --verbose`)
    await run('rollback --auto-approve --concurrency 1')
    await expect(told()).toMatchFileSnapshot('golden/deploy.txt')
  })
  it.each(['prepare', 'deploy', 'verify'] as const)('that fails in phase %s is decided about by a flag', async (phase) => {
    const transcripts: string[] = []
    for (const choice of CHOICES) {
      const { run, failNext, told } = setUp()
      failNext(phase, 4)
      await run(`apply --concurrency 1 --auto-approve --on-failure ${choice}`)
      failNext(phase, 0)
      if (choice === 'pause') await run('resume --concurrency 1')
      if (choice === 'retry') {
        const id = /\S{36}/.exec((await run('runs')).out)?.[0] ?? ''
        await run(`runs ${id}`)
      }
      transcripts.push(told())
    }
    await expect(transcripts.join('\n')).toMatchFileSnapshot(`golden/deploy-flag-${phase}.txt`)
  })
  it('is cut down to chosen phases', async () => {
    const { run, files } = setUp()
    expect((await run('apply --auto-approve --phase prepare')).code).toBe(0)
    expect(files()).toEqual(['a.release 2', 'b.release 2'])
    expect((await run('apply --auto-approve --phase prepair')).err).toContain('has no phase "prepair"; did you mean "prepare"?')
    expect((await run('apply --auto-approve --only start/a')).code).toBe(0)
    expect(files()).toEqual(['a.release 2', 'a.running', 'b.release 2'])
  })
  it('whose check says no is decided about by a flag of its own', async () => {
    for (const choice of CHOICES) {
      const { run, denyNext, files } = setUp()
      denyNext(1)
      const { out } = await run(`apply --auto-approve --on-failed-check ${choice} --on-failure abort`)
      expect(out).toContain(`start/b: ${choice}, decided by --on-failed-check`)
      expect(files()).toEqual(choice === 'rollback' ? [] : ['a.release 2', 'a.running', 'b.release 2', ...(choice === 'retry' ? ['b.running'] : [])])
    }
  })
  it('whose hook fails says where, and goes on from there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'convergent-deploy-'))
    let fails = true
    const host = createDeployHost(folder, { hooks: [{ name: 'drain', run: () => undefined }, { name: 'refill', run: () => (fails ? Promise.reject(new Error('no balancer')) : undefined) }] })
    const io = memoryIo()
    expect(await host.run('apply --auto-approve', io)).toBe(3)
    expect(io.out()).toContain('hook refill (afterPhase deploy) failed in ')
    expect(io.out()).toContain('It stopped: the hook refill (afterPhase deploy) failed: Error: no balancer.')
    expect(io.out()).toMatch(/Run \S+ stopped in phase deploy\.\nTo go on with the same plan:\n  mini resume /)
    fails = false
    const again = memoryIo()
    expect(await host.run('resume', again)).toBe(0)
    expect(again.out()).toMatch(/resumed: 5 actions[^]*hook refill \(afterPhase deploy\) succeeded[^]*phase verify started/)
    expect(again.out()).not.toContain('hook drain')
  })
  it('that is not begun, since a check says no, has changed nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'convergent-deploy-'))
    const { phases, provider } = createDeployHost(folder)
    const denied = { ...provider, operations: { ...provider.operations, copy: { ...provider.operations?.['copy'], run: async () => undefined, checks: [{ name: 'disk', at: 'run' as const, run: () => 'too full' }] } } }
    const io = memoryIo()
    expect(await createDeployHost(folder, { provider: denied, load: async () => ({ desired: [], phases }) }).run('apply --auto-approve', io)).toBe(1)
    expect(io.out()).toContain('failed operation copy/b: disk: too full')
  })
  it('that prints more than a journal holds has all of it in a document', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'convergent-deploy-'))
    const { phases, provider } = createDeployHost(folder)
    const lines = Array.from({ length: 2_000 }, (_, line) => `line ${line} \u001B[2J\n`).join('')
    const talkative = { ...provider, operations: { ...provider.operations, verify: { run: async (_: object, { print }: { readonly print: (text: string) => void }) => print(lines) } } }
    const host = createDeployHost(folder, { provider: talkative, load: async () => ({ desired: [], phases }) })
    const run = async (argv: string | readonly string[], how: Parameters<typeof memoryIo>[0] = {}) => {
      const io = memoryIo(how)
      return { code: await (typeof argv === 'string' ? host.run(argv, io) : host.runWords(argv, io)), out: io.out(), err: io.err() }
    }
    const id = /run (\S{36}) started/.exec((await run('apply --auto-approve')).out)?.[1] ?? ''
    const { out } = await run(`runs ${id}`)
    expect(out).toMatch(new RegExp(`      \\| line 1999 \\\\u\\{1B\\}\\[2J\n      the end of ${lines.length} characters, all of it: document `))
    const document = /all of it: document (.*)/.exec(out)?.[1] ?? ''
    expect(await run(['runs', '--output', document])).toEqual({ code: 0, out: lines, err: '' })
    expect((await run(['runs', '--output', document], { isTTY: true })).out).not.toContain('\u001B')
    expect(await run(['runs', '--output', 'nothing'])).toMatchObject({ code: 1, err: expect.stringContaining('stack default has no output "nothing"') as string })
  })
  it('is kept as a plan, and applied from it', async () => {
    const { run, folder, files } = setUp()
    expect((await run(`plan --out ${folder}/plan.json`)).code).toBe(2)
    expect((await run(`show --plan ${folder}/plan.json`)).out).toContain('Phase 2 of 3, deploy')
    expect((await run(`apply --plan ${folder}/plan.json --auto-approve`)).code).toBe(0)
    expect(files()).toHaveLength(4)
    expect((await run(`apply --plan ${folder}/plan.json --auto-approve`)).err).toContain('was applied already')
  })
  it('asks before it runs operations, and does nothing without a terminal', async () => {
    const { run, files } = setUp()
    expect((await run('apply')).err).toContain('this plan runs 5 operations, and there is no terminal to confirm it on')
    expect((await run('apply', { answers: ['no'] })).questions[0]).toContain('Do you want to apply this deploy plan')
    expect(files()).toEqual([])
  })
  it('is not run when it is not valid', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'convergent-deploy-'))
    const { phases } = createDeployHost(folder)
    const host = createDeployHost(folder, { load: async () => ({ desired: [], phases, checks: [{ name: 'disk', run: () => ({ status: 'failed', message: 'too full', details: { free: 1, required: 9 } }) }] }) })
    const io = memoryIo()
    expect(await host.run('apply --auto-approve', io)).toBe(1)
    expect(io.out()).toContain('Error: disk: too full')
    expect(io.out()).toContain('failed disk in ')
    expect(io.out()).toContain('(free: 1, required: 9)')
    expect(io.err()).toContain('is not valid: 1 error above')
    expect(host.files()).toEqual([])
    expect(await host.run('plan', memoryIo())).toBe(1)
  })
})

describe('a person', () => {
  const terminal = { isTTY: true, env: { TERM: 'dumb' } } as const
  it('is asked again after nonsense, and one failure at a time', async () => {
    const { run, failNext } = setUp()
    failNext('deploy', 1)
    const { code, questions, err } = await run('apply', { ...terminal, answers: ['yes', 'r', 'nonsense', 'RETRY '] })
    expect([code, questions.slice(1)]).toEqual([0, new Array(3).fill('What is to be done? [retry/skip/abort/pause/rollback] ')])
    expect(err).toContain('start/b (start the service on b), phase deploy, failed:')
    expect(err).toContain('Answer with one of retry, skip, abort, pause, rollback')
  })
  it('sees what a check found', async () => {
    const { run, denyNext, files } = setUp()
    denyNext(1)
    const { err } = await run('apply', { ...terminal, answers: ['yes', 'pause'] })
    expect(err).toContain('was not begun, since a check says no:\n  port: port 8000 is taken\n  check failed port in ')
    expect(err).toContain('(port: 8000, by: "nginx")')
    expect(files()).not.toContain('b.running')
  })
  it('who goes away aborts, as nobody', async () => {
    const { run, failNext } = setUp()
    failNext('deploy', 1)
    const { code, out } = await run('apply', { ...terminal, answers: ['yes', undefined] })
    expect([code, out]).toEqual([3, expect.stringContaining('start/b: abort, decided by nobody: the input ended')])
    expect(out).toContain('stopped in phase deploy, at start/b.')
  })
  it('is not asked where a flag says it already, or nobody is there', async () => {
    for (const [line, how] of [['apply --auto-approve', terminal], ['apply --auto-approve --on-failure skip', { ...terminal, answers: [] }], ['apply --auto-approve --continue-on-error', { ...terminal, answers: [] }]] as const) {
      const { run, failNext } = setUp()
      failNext('deploy', 1)
      expect((await run(line, how)).questions).toEqual([])
    }
  })
})

it('flags that contradict each other, or say nothing, are refused', async () => {
  const { run, files } = setUp()
  expect((await run('apply --auto-approve --on-failure retyr')).err).toContain('--on-failure is "retyr", expected retry, skip, abort, pause, rollback; did you mean "retry"?')
  expect((await run('apply --auto-approve --on-failure skip --continue-on-error')).err).toContain('--continue-on-error says already what is done after a failure; leave out --on-failure')
  expect((await run('destroy --auto-approve')).err).toContain('what is declared are operations')
  expect(files()).toEqual([])
})
