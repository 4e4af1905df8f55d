import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { HostError } from '../../../../examples/cluster/hosts/host-error.ts'
import { groupOf, listGroup, until } from '../../../node/group.ts'
import { describeEachHost, signal } from './each-host.ts'

/** Writes its own process id down, that of a child and that of a grandchild, none of which ends by itself. */
const FAMILY = `echo begun >&2; (sh -c 'echo $$ >> "$0"; while :; do sleep 1000; done' "$1" & while :; do sleep 1000; done) & echo $! >> "$1"; echo $$ >> "$1"; while :; do sleep 1000; done`

async function untilFamily(file: string): Promise<number> {
  const pids = await until(() => {
    const found = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : []
    return found.length === 3 && found
  })
  const group = groupOf(pids[0] as number) as number
  onTestFinished(() => { for (const pid of listGroup(group)) process.kill(pid, 'SIGKILL') })
  expect(pids.map(groupOf)).toEqual([group, group, group])
  return group
}

const faultOf = async (running: Promise<unknown>): Promise<HostError> => {
  const error: unknown = await running.catch((fault: unknown) => fault)
  expect(error).toBeInstanceOf(HostError)
  return error as HostError
}

const BYTES = Buffer.from(Array.from({ length: 700_000 }, (_, index) => (index * 7 + (index >> 8)) % 256))

function collect(): Writable & { bytes(): Buffer } {
  const pieces: Buffer[] = []
  const target = new Writable({ highWaterMark: 1, write: (piece: Buffer, _encoding, done) => { pieces.push(piece); setImmediate(done) } })
  return Object.assign(target, { bytes: () => Buffer.concat(pieces) })
}

describeEachHost('a program', ({ host, spec, dir }) => {
  it('gets its arguments as they are', async () => {
    const args = ['', 'two words', '$HOME', '`id`', "it's", '"', '*', '-n', 'ä😀', 'a\nb', '\\', '!x']
    const { stdout } = await host().run(['sh', '-c', 'for arg; do printf "<%s>\\n" "$arg"; done', 'sh', ...args], { signal })
    expect(stdout).toBe(args.map((arg) => `<${arg}>\n`).join(''))
  })
  it('is a program, and not what a shell can do itself', async () => {
    expect(await faultOf(host().run(['cd', '/'], { signal }))).toMatchObject({ message: expect.stringContaining('not found') as string, isAmbiguous: false })
  })
  it('says how it ended, and what it wrote', async () => {
    expect(await host().run(['sh', '-c', 'echo out; echo err >&2; exit 3'], { signal, codes: [0, 3] })).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' })
    expect(await faultOf(host().run(['sh', '-c', 'echo secret; echo why >&2; exit 4', 'arg'], { signal }))).toMatchObject({ code: 'host', host: host().name, exitCode: 4, isAmbiguous: false, message: expect.stringMatching(/ended with code 4; it said last: why$/) as string })
    expect(await faultOf(host().run(['sh', '-c', 'kill -KILL $$'], { signal }))).toMatchObject({ exitCode: 137 })
    expect((await faultOf(host().run(['no-such-program'], { signal }))).message).toMatch(/no-such-program.*not found/)
  })
  it('reads nothing, a text, or a stream of any bytes', async () => {
    expect((await host().run(['cat'], { signal })).stdout).toBe('')
    expect((await host().run(['cat'], { signal, stdin: '' })).stdout).toBe('')
    expect((await host().run(['cat'], { signal, stdin: 'ä\nno end' })).stdout).toBe('ä\nno end')
    const stdout = collect()
    await host().run(['cat'], { signal, stdin: Readable.from([BYTES.subarray(0, 10), BYTES.subarray(10)]), stdout })
    expect(stdout.bytes().equals(BYTES)).toBe(true)
  })
  it('need not read what it is given', async () => {
    const stdin = new PassThrough()
    const running = host().run(['true'], { signal, stdin })
    stdin.end(BYTES)
    expect((await running).code).toBe(0)
    await until(() => stdin.destroyed)
    expect((await host().run(['sh', '-c', 'exec <&-; exit 0'], { signal, stdin: 'x'.repeat(3_000_000) })).code).toBe(0)
  })
  it('never sees half of what it reads', async () => {
    const stdin = new PassThrough()
    stdin.write('half')
    const running = faultOf(host().run(['sh', '-c', 'cat >"$1.new"; mv "$1.new" "$1"', 'sh', join(dir(), 'file')], { signal, stdin }))
    stdin.destroy(new Error('the disk broke'))
    expect((await running).message).toContain('what it reads failed: the disk broke')
    expect(existsSync(join(dir(), 'file'))).toBe(false)
  })
  it('may write a lot, of which the end is kept, or all handed on', async () => {
    const argv = ['sh', '-c', 'head -c 5000000 /dev/zero | tr "\\0" x; echo end']
    const { stdout } = await host().run(argv, { signal })
    expect([stdout.length, stdout.slice(-5)]).toEqual([65_536, 'xend\n'])
    const target = collect()
    expect((await host().run(argv, { signal, stdout: target })).stdout).toBe('')
    expect([target.bytes().length, target.bytes().subarray(-5).toString(), target.writableEnded]).toEqual([5_000_004, 'xend\n', false])
  })
  it('is ended where what takes its output fails', async () => {
    const target = new Writable({ write: (_piece, _encoding, done) => done(new Error('full')) })
    expect((await faultOf(host().run(['sh', '-c', 'yes'], { signal, stdout: target }))).message).toContain('what takes its output failed: full')
  })
  it('is ended with all that it started, when it is aborted', async () => {
    const controller = new AbortController()
    const file = join(dir(), 'pids')
    const running = faultOf(host().run(['sh', '-c', FAMILY, 'sh', file], { signal: controller.signal }))
    const group = await untilFamily(file)
    controller.abort()
    expect((await running).message).toMatch(/aborted, and ended with all that it had started; it said last: /)
    expect(listGroup(group)).toEqual([])
    expect((await faultOf(host().run(['true'], { signal: controller.signal }))).message).toContain('was not started')
  })
  it('is ended when it is aborted while it reads, writes, and nobody takes it', async () => {
    for (const call of [{ stdin: new PassThrough() }, { stdout: new Writable({ highWaterMark: 1, write: () => undefined }) }]) {
      const controller = new AbortController()
      const running = faultOf(host().run(['sh', '-c', 'cat; yes'], { signal: controller.signal, ...call }))
      if (call.stdin) call.stdin.write('some')
      else await until(() => call.stdout.writableLength > 0)
      controller.abort()
      expect((await running).message).toContain('aborted')
    }
  })
  it('leaves nothing when this program is killed', async () => {
    const file = join(dir(), 'pids')
    const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('running-process.ts', import.meta.url)), JSON.stringify(spec()), 'sh', '-c', FAMILY, 'sh', file], { stdio: ['ignore', 'inherit', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const group = await untilFamily(file)
    child.kill('SIGKILL')
    await until(() => listGroup(group).length === 0)
  })
  it('may leave what has a session of its own, and nothing else', async () => {
    const file = join(dir(), 'pid')
    await host().run(['sh', '-c', 'sleep 1000 & echo $! >"$1.left"; setsid -f sh -c \'echo $$ >"$0"; exec sleep 1000\' "$1" >/dev/null 2>&1 </dev/null; while ! test -s "$1"; do sleep 0.01; done', 'sh', file], { signal })
    const pid = Number(readFileSync(file, 'utf8'))
    onTestFinished(() => { process.kill(pid, 'SIGKILL') })
    expect([listGroup(pid), groupOf(Number(readFileSync(`${file}.left`, 'utf8')))]).toEqual([[pid], undefined])
  })
  it('runs beside many others', async () => {
    const numbers = Array.from({ length: 30 }, (_, index) => String(index))
    const replies = await Promise.all(numbers.map((number) => host().run(['sh', '-c', 'cat; echo "$1"', 'sh', number], { signal, stdin: `${number} ` })))
    expect(replies.map(({ stdout }) => stdout)).toEqual(numbers.map((number) => `${number} ${number}\n`))
  })
})
