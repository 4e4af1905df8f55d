import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import * as z from 'zod'
import { apply } from '../../src/engine/apply.ts'
import { readJournal } from '../../src/engine/history.ts'
import type { Hook, HookContext } from '../../src/engine/operation/hook.ts'
import { planOperations } from '../../src/engine/operation/plan-operations.ts'
import { resume } from '../../src/engine/resume.ts'
import { commandHook } from '../../src/node/command-hook.ts'
import { runCommand } from '../../src/node/command.ts'
import { declareOperations } from '../../src/provider/declare-operations.ts'
import { defineOperations } from '../../src/provider/define-operations.ts'
import { defineProvider } from '../../src/provider/define.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { groupOf, listGroup, until } from './group.ts'
import { HANG, setUpHost } from './hooking-process.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'convergent-hook-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

/** Three processes of one group, as they wrote themselves down. */
function readFamily(file: string): readonly number[] | undefined {
  const pids = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : []
  return pids.length === 3 ? pids : undefined
}

async function tell(hook: Hook, context: Partial<HookContext>): Promise<string> {
  let printed = ''
  await hook.run({ on: 'onError', stack: 'prod', signal: new AbortController().signal, print: (text) => void (printed += text), ...context })
  return printed
}

describe('a command hook', () => {
  it('is a hook as any other', () => {
    expect(commandHook({ name: 'a', command: 'true' })).toEqual({ name: 'a', run: expect.any(Function) as unknown })
    expect(commandHook({ name: 'a', command: 'true', on: ['onError'], timeoutMs: 5, continueOnError: true })).toMatchObject({ name: 'a', on: ['onError'], timeoutMs: 5, continueOnError: true })
  })
  it('tells the command what it is about, and nothing of a run around this one', async () => {
    const outside = process.env['CONVERGENT_PHASE']
    process.env['CONVERGENT_PHASE'] = 'of another run'
    try {
      const hook = commandHook({ name: 'env', command: 'env', env: { CONVERGENT_RUN: 'overwritten', MORE: 'more' } })
      const read = async (context: Partial<HookContext>) => Object.fromEntries((await tell(hook, context)).split('\n').filter((line) => /^(CONVERGENT|MORE)/.test(line)).map((line) => line.split(/=(.*)/).slice(0, 2))) as unknown
      expect(await read({ operation: 'release 2', phase: 'one', action: 'release/a', planId: 'p', planPath: '/a/plan', runId: 'r', error: 'a "fault"\0' })).toEqual({
        CONVERGENT_EVENT: 'onError', CONVERGENT_STACK: 'prod', CONVERGENT_OPERATION: 'release 2', CONVERGENT_PHASE: 'one', CONVERGENT_ACTION: 'release/a',
        CONVERGENT_PLAN: 'p', CONVERGENT_PLAN_PATH: '/a/plan', CONVERGENT_RUN: 'r', CONVERGENT_ERROR: 'a "fault"', MORE: 'more',
      })
      expect(await read({ on: 'beforePlan' })).toEqual({ CONVERGENT_EVENT: 'beforePlan', CONVERGENT_STACK: 'prod', MORE: 'more' })
      expect((await tell(hook, { error: 'x'.repeat(1_000_000) })).length).toBeLessThan(200_000)
    } finally {
      if (outside === undefined) delete process.env['CONVERGENT_PHASE']
      else process.env['CONVERGENT_PHASE'] = outside
    }
  })
})

/** One operation that runs a command, between hooks. */
async function runWith(hooks: readonly Hook[], command = 'echo deployed') {
  const operations = defineOperations({ deploy: { schema: z.strictObject({}), run: async (_params, context) => ({ value: (await runCommand({ shell: true, command, graceMs: 50 }, context)).stdout }) } })
  const options = { provider: defineProvider({ name: 'commands', types: {}, operations }), store: memoryStore(), hooks, retry: { attempts: 1 } }
  const result = await apply(await planOperations([{ name: 'one', operations: [declareOperations(operations).deploy('all', {})] }], options), options).result
  return { result, entries: await readJournal(result.runId, options), hooks: (await readJournal(result.runId, options)).flatMap((entry) => (entry.kind === 'hook' ? [entry.result] : [])), options }
}

describe('in a run', () => {
  it('hooks and operations have what they print in the journal', async () => {
    const { result, hooks, entries } = await runWith([commandHook({ name: 'say', on: 'beforePhase', shell: true, command: 'echo "ä for $CONVERGENT_PHASE"; echo and more >&2' })])
    expect(result.outcome).toBe('succeeded')
    expect(hooks).toMatchObject([{ hook: 'say', status: 'succeeded', output: { length: 19 } }])
    for (const line of ['ä for one\n', 'and more\n']) expect(hooks[0]?.output?.text).toContain(line)
    expect(entries.find(({ kind }) => kind === 'succeeded')).toMatchObject({ result: { output: { text: 'deployed\n', length: 9 }, value: 'deployed\n' } })
  })
  it('a long output is kept beside', async () => {
    const { hooks, options, result } = await runWith([commandHook({ name: 'long', on: 'beforePhase', command: process.execPath, args: ['-e', 'process.stdout.write("€".repeat(100_000) + "end")'] })])
    const [id] = await options.store.list('default', 'output')
    expect(hooks[0]?.output).toMatchObject({ length: 100_003, document: id })
    expect(id?.startsWith(`${result.runId} hook long`)).toBe(true)
    expect(await options.store.get('default', 'output', id as string)).toBe(`${'€'.repeat(100_000)}end`)
  })
  it('a hook that fails fails the run, unless it may', async () => {
    const failing = { name: 'no', on: 'beforePhase', shell: true, command: 'echo sorry >&2; exit 4' } as const
    const failed = await runWith([commandHook(failing)])
    expect(failed.result.success).toBe(false)
    expect(failed.hooks[0]).toMatchObject({ status: 'failed', message: expect.stringMatching(/ended with code 4; it said last: sorry$/) as string, output: { text: 'sorry\n' } })
    const ignored = await runWith([commandHook({ ...failing, continueOnError: true })])
    expect(ignored.result.outcome).toBe('succeeded')
    expect(ignored.hooks[0]).toMatchObject({ status: 'ignored' })
    const missing = await runWith([commandHook({ name: 'none', on: 'beforePhase', command: 'no-such-program' })])
    expect(missing.hooks[0]).toMatchObject({ status: 'failed', message: expect.stringContaining('the command "no-such-program" was not found in any folder of PATH') as string })
  })
  it('a hook that hangs is killed with its whole group', { timeout: 30_000 }, async () => {
    const file = join(dir, 'pids')
    const { result, hooks } = await runWith([commandHook({ name: 'hang', on: 'beforePhase', shell: true, command: HANG, env: { PIDS: file }, timeoutMs: 2_000, graceMs: 50 })])
    expect(result.success).toBe(false)
    expect(hooks).toMatchObject([{ hook: 'hang', status: 'failed', message: expect.stringContaining('no answer within 2000 ms') as string, output: { text: expect.stringContaining('begun') as string } }])
    expect(readFamily(file)?.map(groupOf)).toEqual([undefined, undefined, undefined])
  })
})

describe('when the host is killed', () => {
  it.each(['hook', 'hook that should have ended', 'operation'] as const)('nothing is left of its %s, and a resume runs it again', { timeout: 60_000 }, async (hanging) => {
    const file = join(dir, 'pids')
    const store = join(dir, 'store')
    const host = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('hooking-process.ts', import.meta.url)), store, file, hanging], { stdio: ['ignore', 'inherit', 'inherit'] })
    const ended = new Promise<void>((resolve) => host.once('exit', () => resolve()))
    const pids = await until(() => readFamily(file))
    const group = groupOf(pids[0] as number) as number
    onTestFinished(() => {
      host.kill('SIGKILL')
      for (const pid of listGroup(group)) process.kill(pid, 'SIGKILL')
    })
    expect(pids.map(groupOf)).toEqual([group, group, group])
    if (hanging === 'hook that should have ended') await until(() => existsSync(`${file}.asked`))
    host.kill('SIGKILL')
    await ended
    await until(() => listGroup(group).length === 0)

    const log = join(dir, 'log')
    const { options } = setUpHost(store, { hook: 'echo hook >> "$LOG"', operation: 'echo operation >> "$LOG"' }, { LOG: log })
    const result = await resume(undefined, options).result
    expect(result.outcome).toBe('succeeded')
    expect(readFileSync(log, 'utf8')).toContain('operation\n')
    if (hanging !== 'operation') expect(readFileSync(log, 'utf8')).toBe('hook\noperation\n')
  })
})
