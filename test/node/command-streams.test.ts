import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { CommandError } from '../../src/node/command-error.ts'
import { runCommand, type CommandOptions, type CommandResult } from '../../src/node/command.ts'
import { groupOf, listGroup, until } from './group.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'convergent-streams-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const BYTES = Buffer.from(Array.from({ length: 700_000 }, (_, index) => (index * 7 + (index >> 8)) % 256))

async function run(options: CommandOptions, signal = new AbortController().signal): Promise<CommandResult & { readonly printed: string }> {
  let printed = ''
  const result = await runCommand(options, { signal, print: (text) => void (printed += text) })
  return { ...result, printed }
}

async function faultOf(options: CommandOptions, signal?: AbortSignal): Promise<CommandError> {
  const error: unknown = await run(options, signal).catch((fault: unknown) => fault)
  expect(error).toBeInstanceOf(CommandError)
  return error as CommandError
}

const shell = (command: string, more: Partial<CommandOptions> = {}): CommandOptions => ({ command, shell: true, args: [join(dir, 'file')], ...more })

/** Takes what comes piece by piece, each a turn of the loop later. */
function collect(): Writable & { readonly pieces: readonly Buffer[]; mostWaiting(): number } {
  const pieces: Buffer[] = []
  let mostWaiting = 0
  const target: Writable = new Writable({
    highWaterMark: 1,
    write: (piece: Buffer, _encoding, done) => {
      pieces.push(piece)
      mostWaiting = Math.max(mostWaiting, target.writableLength)
      setTimeout(done)
    },
  })
  return Object.assign(target, { pieces, mostWaiting: () => mostWaiting })
}

describe('what a command reads', () => {
  it('is a text, or the bytes of a stream', async () => {
    expect((await run({ command: 'cat', stdin: 'ä\nno end' })).stdout).toBe('ä\nno end')
    expect((await run({ command: 'cat', stdin: '' })).stdout).toBe('')
    const stdout = collect()
    await run({ command: 'cat', stdin: Readable.from([BYTES.subarray(0, 3), BYTES.subarray(3)]), stdout })
    expect(Buffer.concat(stdout.pieces).equals(BYTES)).toBe(true)
  })
  it('comes as it goes on', async () => {
    const stdin = new PassThrough()
    const seen = join(dir, 'file')
    const running = run(shell('read -r one; echo "$one" >"$1"; cat', { stdin }))
    stdin.write('one\n')
    await until(() => existsSync(seen) && readFileSync(seen, 'utf8') === 'one\n')
    stdin.end('two')
    expect((await running).stdout).toBe('two')
  })
  it('need not be read, and is destroyed then', async () => {
    for (const command of ['exit 0', 'exec <&-; sleep 0.05', 'head -c 1 >/dev/null']) {
      expect((await run(shell(command, { stdin: BYTES.toString('latin1').repeat(3) }))).code).toBe(0)
      const stdin = new Readable({ read() { this.push(BYTES) } })
      expect((await run(shell(command, { stdin }))).code).toBe(0)
      expect(stdin.destroyed).toBe(true)
      // One of which nothing comes.
      expect((await run(shell(command === 'exit 0' ? command : 'true', { stdin: new PassThrough() }))).code).toBe(0)
    }
  })
  it('is destroyed where the command is not there', async () => {
    const stdin = new PassThrough()
    expect((await faultOf({ command: 'no-such-program', stdin })).message).toContain('was not found')
    expect(stdin.destroyed).toBe(true)
  })
  it('ends the command when it fails, which never sees half of it as the whole', async () => {
    const stdin = new PassThrough()
    const running = faultOf(shell(`trap '' TERM; head -c 4 >"$1"; cat >/dev/null; touch "$1.whole"; sleep 1000`, { stdin, graceMs: 300 }))
    stdin.write('half')
    await until(() => existsSync(join(dir, 'file')) && readFileSync(join(dir, 'file'), 'utf8') === 'half')
    stdin.destroy(new Error('the disk broke'))
    expect((await running).message).toContain('was ended with all that it had started, since what it reads failed: the disk broke')
    expect(existsSync(join(dir, 'file.whole'))).toBe(false)
  })
  it('may have failed, or ended too early, before', async () => {
    const broken = new Readable({ read() { this.destroy(new Error('broken')) } })
    expect((await faultOf({ command: 'cat', stdin: broken.resume() })).message).toContain('what it reads failed: broken')
    expect((await faultOf({ command: 'cat', stdin: new PassThrough().destroy() })).message).toContain('what it reads failed')
    const ended = Readable.from([]).resume()
    await until(() => ended.readableEnded)
    expect((await run({ command: 'cat', stdin: ended })).stdout).toBe('')
  })
  it('may still be on its way when the command is aborted', async () => {
    const controller = new AbortController()
    const stdin = new PassThrough()
    const running = faultOf(shell(`trap '' TERM; echo $$ >"$1.new"; mv "$1.new" "$1"; cat; touch "$1.whole"; sleep 1000`, { stdin, graceMs: 300 }), controller.signal)
    const group = groupOf(await until(() => existsSync(join(dir, 'file')) && Number(readFileSync(join(dir, 'file'), 'utf8')))) as number
    onTestFinished(() => { for (const pid of listGroup(group)) process.kill(pid, 'SIGKILL') })
    stdin.write('half')
    controller.abort()
    expect((await running).message).toContain('was aborted')
    expect([stdin.destroyed, existsSync(join(dir, 'file.whole')), listGroup(group)]).toEqual([true, false, []])
  })
})

describe('what takes the output of a command', () => {
  it('gets every byte, no faster than it takes it, and stays open', async () => {
    const stdout = collect()
    const result = await run({ command: process.execPath, args: ['-e', 'process.stdout.write(Buffer.alloc(3_000_000, 255)); console.error("said")'], stdout })
    expect(result).toEqual({ code: 0, stdout: '', stderr: 'said\n', printed: 'said\n' })
    const bytes = Buffer.concat(stdout.pieces)
    expect([bytes.length, bytes.every((byte) => byte === 255), stdout.writableEnded, stdout.destroyed]).toEqual([3_000_000, true, false, false])
    expect(stdout.mostWaiting()).toBeLessThan(200_000)
    await run({ command: 'echo', args: ['more'], stdout })
    await until(() => stdout.writableLength === 0)
    expect(stdout.pieces.at(-1)?.toString()).toBe('more\n')
    expect(['drain', 'error', 'close'].map((name) => stdout.listenerCount(name))).toEqual([0, 0, 0])
  })
  it('ends the command when it fails, or is closed', async () => {
    const full = new Writable({ write: (_piece, _encoding, done) => done(new Error('full')) })
    expect((await faultOf({ command: 'yes', stdout: full })).message).toContain('was ended with all that it had started, since what takes its output failed: full')
    const closed = new Writable({ highWaterMark: 1, write: () => undefined })
    const running = faultOf({ command: 'yes', stdout: closed })
    await until(() => closed.writableLength > 0)
    closed.destroy()
    expect((await running).message).toContain('what takes its output failed: it was closed')
    expect((await faultOf({ command: 'yes', stdout: closed })).message).toContain('what takes its output failed: it was closed')
    expect((await faultOf({ command: 'yes', stdout: new PassThrough().end() })).message).toContain('what takes its output failed: it was closed')
  })
  it('may never take the rest of it when the command is aborted', async () => {
    const controller = new AbortController()
    const stuck = new Writable({ highWaterMark: 1, write: () => undefined })
    for (const command of ['yes', 'echo ended']) {
      const before = stuck.writableLength
      const running = faultOf(shell(command, { stdout: stuck }), controller.signal)
      if (command === 'yes') await until(() => stuck.writableLength > before)
      controller.abort()
      expect((await running).message).toContain(command === 'yes' ? 'was aborted' : 'was not started')
    }
  })
  it('is waited for when the command has ended, until that is aborted', async () => {
    const controller = new AbortController()
    const stuck = new Writable({ highWaterMark: 1, write: () => undefined })
    const running = faultOf(shell('echo $$ >"$1.new"; mv "$1.new" "$1"; echo out', { stdout: stuck }), controller.signal)
    const pid = await until(() => existsSync(join(dir, 'file')) && Number(readFileSync(join(dir, 'file'), 'utf8')))
    await until(() => groupOf(pid) === undefined && stuck.writableLength > 0)
    controller.abort()
    expect((await running).message).toContain('was aborted')
  })
  it('may be what another command reads', async () => {
    const pipe = new PassThrough()
    const [, { stdout }] = await Promise.all([run({ command: 'head', args: ['-c', '2000000', '/dev/zero'], stdout: pipe }).then(() => pipe.end()), run({ command: 'wc', args: ['-c'], stdin: pipe })])
    expect(stdout.trim()).toBe('2000000')
  })
})
