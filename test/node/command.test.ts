import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { runCommand, type CommandResult, type CommandOptions } from '../../src/node/command.ts'
import { CommandError } from '../../src/node/command-error.ts'
import { groupOf, listGroup, until } from './group.ts'

let dir = ''
beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'convergent-command-')))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function run(options: CommandOptions, signal = new AbortController().signal): Promise<CommandResult & { readonly printed: string }> {
  let printed = ''
  const result = await runCommand(options, { signal, print: (text) => void (printed += text) })
  return { ...result, printed }
}

const shell = (command: string, more: Partial<CommandOptions> = {}): CommandOptions => ({ command, shell: true, ...more })
const node = (code: string, ...args: readonly string[]): CommandOptions => ({ command: process.execPath, args: ['-e', code, ...args] })
const faultOf = async (options: CommandOptions): Promise<CommandError> => {
  const error: unknown = await run(options).catch((fault: unknown) => fault)
  expect(error).toBeInstanceOf(CommandError)
  return error as CommandError
}

describe('a command', () => {
  it('gets its arguments as they are', async () => {
    const args = ['', 'two words', '$HOME', '`id`', "it's", '*', '-n', 'ä😀', 'a\nb']
    expect(JSON.parse((await run(node('console.log(JSON.stringify(process.argv.slice(1)))', ...args.map((arg) => `=${arg}`)))).stdout)).toEqual(args.map((arg) => `=${arg}`))
  })
  it('is read by a shell only where that is asked for', async () => {
    expect((await run({ command: 'echo', args: ['a; echo b'] })).stdout).toBe('a; echo b\n')
    expect((await run(shell('echo a; echo "$1"', { args: ['b c'] }))).stdout).toBe('a\nb c\n')
    expect((await run(shell('x=(a b); echo ${x[1]}', { shell: '/bin/bash' }))).stdout).toBe('b\n')
  })
  it('is the program, and not what the shell above it can do itself', async () => {
    for (const [name, says] of [['exit', 'a program'], ['cd', 'another program']] as const) {
      await writeFile(join(dir, name), `#!/bin/sh\necho ${says}\n`)
      await chmod(join(dir, name), 0o755)
      expect((await run({ command: name, env: { PATH: `${dir}:/usr/bin:/bin` } })).stdout).toBe(`${says}\n`)
    }
  })
  it('has the environment of this process, and what is added', async () => {
    const script = 'console.log(JSON.stringify([process.env.PATH, process.env.ADDED, process.env.HOME]))'
    expect(JSON.parse((await run({ ...node(script), env: { ADDED: 'a b', HOME: undefined } })).stdout)).toEqual([process.env['PATH'], 'a b', null])
  })
  it('runs in its folder, and is found from there', async () => {
    await mkdir(join(dir, 'bin'))
    await writeFile(join(dir, 'bin/here'), '#!/bin/sh\npwd\n')
    await chmod(join(dir, 'bin/here'), 0o755)
    expect((await run({ command: 'bin/here', cwd: dir })).stdout).toBe(`${dir}\n`)
  })
  it('has nothing to read', async () => {
    expect((await run({ command: 'cat' })).stdout).toBe('')
  })
  it('prints as it goes on, from both streams', async () => {
    let printed = ''
    const seen = join(dir, 'seen')
    const running = runCommand(shell('echo one; echo two >&2; while ! test -e "$1"; do sleep 0.01; done; echo three', { args: [seen] }), { signal: new AbortController().signal, print: (text) => void (printed += text) })
    await until(() => printed.includes('one') && printed.includes('two'))
    expect(printed).not.toContain('three')
    await writeFile(seen, '')
    expect(await running).toEqual({ code: 0, stdout: 'one\nthree\n', stderr: 'two\n' })
  })
  it('prints whole characters, however they come', async () => {
    const pieces: string[] = []
    const text = 'ä😀€'
    // Each byte for itself, and none before the last one was read: a pause is not needed to tear a character.
    const script = `const bytes = Buffer.from(${JSON.stringify(text)}.repeat(50)); let at = 0; const next = () => at < bytes.length && process.stdout.write(bytes.subarray(at, ++at), () => setImmediate(next)); next()`
    await runCommand(node(script), { signal: new AbortController().signal, print: (piece) => void pieces.push(piece) })
    expect(pieces.length).toBeGreaterThan(1)
    expect(pieces.join('')).toBe(text.repeat(50))
    for (const piece of pieces) expect([...piece].every((character) => text.includes(character))).toBe(true)
  })
  it('may print more than a pipe holds, of which the end is kept', async () => {
    const { printed, stdout } = await run(node('process.stdout.write("x".repeat(5_000_000) + "end")'))
    expect([printed.length, stdout.length, stdout.slice(-4)]).toEqual([5_000_003, 65_536, 'xend'])
  })
})

describe('a command that fails', () => {
  it('says its code and the last thing that it wrote', async () => {
    const error = await faultOf(shell('echo out; echo first >&2; echo "last one" >&2; echo >&2; exit 3'))
    expect(error).toMatchObject({ code: 'command', exitCode: 3, message: expect.stringMatching(/ended with code 3; it said last: last one$/) as string })
  })
  it('tells nothing of its arguments', async () => {
    expect((await faultOf(shell('exit 1', { args: ['--password=canary'] }))).message).toBe('the command "exit 1" ended with code 1')
  })
  it('is none where its code is one of those that were named', async () => {
    expect(await run({ command: 'sh', args: ['-c', 'exit 3'], codes: [0, 3] })).toMatchObject({ code: 3 })
    expect((await faultOf({ command: 'true', codes: [1] })).exitCode).toBe(0)
  })
  it('says which signal ended it', async () => {
    expect((await faultOf(node('process.kill(process.pid, "SIGSEGV")'))).message).toContain('ended with code 139, which stands for SIGSEGV')
    expect((await faultOf(node('process.kill(0, "SIGKILL")'))).message).toContain('was ended by SIGKILL, with all that it had started')
  })
  it('is named where it is not there', async () => {
    expect((await faultOf({ command: 'no-such-program', env: { PATH: '/bin' } })).message).toBe('the command "no-such-program" was not found in any folder of PATH (/bin); install it, or give its path')
    expect((await faultOf({ command: 'echo hello' })).message).toContain('; what follows the name belongs into args, or set shell')
    expect((await faultOf({ command: './none', cwd: dir })).message).toBe(`the command "./none" cannot be run: ${dir}/none is not there`)
    expect((await faultOf({ command: '' })).message).toContain('the command "" was not found')
    await writeFile(join(dir, 'text'), '')
    expect((await faultOf({ command: './text', cwd: dir })).message).toContain('is not executable')
    await writeFile(join(dir, 'lost'), '#!/no/such/interpreter\n')
    await chmod(join(dir, 'lost'), 0o755)
    expect(await faultOf({ command: './lost', cwd: dir })).toMatchObject({ exitCode: 127, message: expect.stringContaining('it said last: ') as string })
  })
  it('says that its folder is not there', async () => {
    expect((await faultOf({ command: 'true', cwd: join(dir, 'none') })).message).toContain(`there is no folder ${dir}/none`)
  })
  it('says that it cannot be started with such arguments', async () => {
    for (const arg of ['a\0b', 'x'.repeat(5_000_000)]) expect((await faultOf({ command: 'echo', args: [arg] })).message).toContain('could not be started')
  })
})

/** A command line that writes its own process id, that of a child and that of a grandchild, none of which ends by itself. */
const family = (head = ''): string => `${head} (sh -c '${head} echo $$ >> "$0"; while :; do sleep 1000; done' "$1" & while :; do sleep 1000; done) & echo $! >> "$1"; echo $$ >> "$1"; while :; do sleep 1000; done`
const pidsOf = (file: string): readonly number[] | undefined => {
  const pids = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : []
  return pids.length === 3 ? pids : undefined
}

describe('a command that is aborted', () => {
  it.each([['asked to end', '', 60_000], ['killed where it does not listen', "trap '' TERM;", 50]])('is %s, with all that it started', { timeout: 30_000 }, async (_name, head, graceMs) => {
    const controller = new AbortController()
    const file = join(dir, 'pids')
    const running = faultOfAborted(shell(family(head), { args: [file], graceMs }), controller.signal)
    const pids = await until(() => pidsOf(file))
    const [group] = pids.map(groupOf)
    // A shell that is just about to start its sleep when it is asked to end starts it all the same: the three, their sleeps, the leader and its watcher.
    await until(() => listGroup(group as number).length === 8)
    expect(pids.map(groupOf)).toEqual([group, group, group])
    expect(groupOf(process.pid)).not.toBe(group)
    onTestFinished(() => { for (const pid of listGroup(group as number)) process.kill(pid, 'SIGKILL') })
    controller.abort()
    expect((await running).message).toContain('was aborted, and ended with all that it had started')
    expect(listGroup(group as number)).toEqual([])
  })
  it('may end in its own way', async () => {
    const controller = new AbortController()
    let printed = ''
    const ready = join(dir, 'ready')
    const script = `process.on('SIGTERM', () => { console.log('cleaned up'); process.exit() }); require('fs').writeFileSync(process.argv[1], ''); setInterval(() => 0, 1000)`
    const running = runCommand({ ...node(script, ready), graceMs: 60_000 }, { signal: controller.signal, print: (text) => void (printed += text) })
    await until(() => existsSync(ready))
    controller.abort()
    await expect(running).rejects.toThrow('was aborted')
    expect(printed).toBe('cleaned up\n')
  })
  it('before it begins is not started', async () => {
    await expect(run({ command: 'touch', args: [join(dir, 'made')] }, AbortSignal.abort())).rejects.toThrow('was not started')
    expect(existsSync(join(dir, 'made'))).toBe(false)
  })
})

async function faultOfAborted(options: CommandOptions, signal: AbortSignal): Promise<Error> {
  return run(options, signal).then(() => new Error('it went through'), (error: Error) => error)
}

describe('what a command leaves running', () => {
  /** The process that wrote itself down there, until the test ends. */
  const readPid = (file: string): number => {
    const pid = Number(readFileSync(file, 'utf8'))
    onTestFinished(() => { if (groupOf(pid) !== undefined) process.kill(pid, 'SIGKILL') })
    return pid
  }
  it('is ended with it, though it holds its pipes', { timeout: 30_000 }, async () => {
    const file = join(dir, 'pid')
    expect((await run(shell('sleep 1000 & echo $! > "$1"; echo done', { args: [file] }))).stdout).toBe('done\n')
    expect(groupOf(readPid(file))).toBeUndefined()
  })
  it('is killed where it does not listen', { timeout: 30_000 }, async () => {
    const file = join(dir, 'pid')
    await run(shell(`(trap '' TERM; touch "$1.ready"; while :; do sleep 1000; done) & echo $! > "$1"; while ! test -e "$1.ready"; do sleep 0.01; done`, { args: [file], graceMs: 50 }))
    expect(groupOf(readPid(file))).toBeUndefined()
  })
  it('goes on where it has a session of its own, and the command ends all the same', { timeout: 30_000 }, async () => {
    const file = join(dir, 'pid')
    expect((await run(shell('setsid sh -c \'echo $$ > "$0"; exec sleep 1000\' "$1" & while ! test -s "$1"; do sleep 0.01; done; echo done', { args: [file] }))).stdout).toBe('done\n')
    const pid = readPid(file)
    expect(listGroup(pid)).toEqual([pid])
  })
})
