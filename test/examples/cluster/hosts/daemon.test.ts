import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { daemonPid, readLog, startDaemon, stopDaemon, type Daemon } from '../../../../examples/cluster/hosts/daemon.ts'
import { groupOf, listGroup, until } from '../../../node/group.ts'
import { describeEachHost, signal } from './each-host.ts'

describeEachHost('a daemon', ({ host, dir }) => {
  const daemon = (script: string, ...args: readonly string[]): Daemon => ({ argv: ['sh', '-c', script, 'sh', ...args], lockFile: join(dir(), 'lock'), pidFile: join(dir(), 'pid'), logFile: join(dir(), 'log') })
  const sleeper = (): Daemon => daemon('echo "$$" >>"$1"; exec sleep 1000', join(dir(), 'started'))
  const startedPids = (): readonly number[] => readFileSync(join(dir(), 'started'), 'utf8').trim().split('\n').map(Number)
  const start = async (what: Daemon) => {
    const started = await startDaemon(host(), what, signal)
    onTestFinished(() => { for (const pid of listGroup(started.pid)) process.kill(pid, 'SIGKILL') })
    return started
  }

  it('outlives who started it, in a session of its own, until it is stopped', async () => {
    const what = sleeper()
    expect(await daemonPid(host(), what, signal)).toBeUndefined()
    const { pid, alreadyRan } = await start(what)
    expect([alreadyRan, groupOf(pid), await daemonPid(host(), what, signal), Number(readFileSync(what.pidFile, 'utf8'))]).toEqual([false, pid, pid, pid])
    expect(await start(what)).toEqual({ pid, alreadyRan: true })
    expect(startedPids()).toEqual([pid])
    expect(await stopDaemon(host(), what, { stopSignal: 'SIGTERM', graceMs: 20_000 }, signal)).toEqual({ killed: false })
    expect([groupOf(pid), await daemonPid(host(), what, signal)]).toEqual([undefined, undefined])
    expect(await stopDaemon(host(), what, { stopSignal: 'SIGTERM', graceMs: 20_000 }, signal)).toEqual({ killed: false })
    expect((await start(what)).alreadyRan).toBe(false)
  })
  it('is started once, however many start it', async () => {
    const what = sleeper()
    for (let round = 0; round < 3; round++) {
      // As after a crash: the files are there, the process is not.
      if (round > 0) for (const pid of listGroup(startedPids().at(-1) as number)) process.kill(pid, 'SIGKILL')
      const started = await Promise.all(Array.from({ length: 5 }, () => start(what)))
      expect(new Set(started.map(({ pid }) => pid)).size).toBe(1)
      expect(started.filter(({ alreadyRan }) => !alreadyRan)).toHaveLength(1)
      expect(startedPids()).toHaveLength(round + 1)
    }
  })
  it('is not another process that has its number now', async () => {
    const what = sleeper()
    const { pid } = await start({ ...what, lockFile: join(dir(), 'other lock'), pidFile: join(dir(), 'other pid') })
    writeFileSync(what.lockFile, '')
    writeFileSync(what.pidFile, `${pid}\n`)
    expect(await daemonPid(host(), what, signal)).toBeUndefined()
    await stopDaemon(host(), what, { stopSignal: 'SIGTERM', graceMs: 0 }, signal)
    expect(groupOf(pid)).toBe(pid)
    const mine = await start(what)
    expect([mine.alreadyRan, mine.pid === pid]).toEqual([false, false])
    writeFileSync(what.pidFile, `${pid}\n`)
    expect(await daemonPid(host(), what, signal)).toBe(mine.pid)
    await stopDaemon(host(), what, { stopSignal: 'SIGTERM', graceMs: 20_000 }, signal)
    expect([groupOf(pid), groupOf(mine.pid)]).toEqual([pid, undefined])
  })
  it('is killed with its group where it does not end', async () => {
    const ready = join(dir(), 'ready')
    const what = daemon(`trap '' TERM; (while :; do sleep 1000; done) & touch "$1"; while :; do sleep 1000; done`, ready)
    const { pid } = await start(what)
    await until(() => existsSync(ready))
    expect(await stopDaemon(host(), what, { stopSignal: 'SIGTERM', graceMs: 300 }, signal)).toEqual({ killed: true })
    await until(() => listGroup(pid).length === 0)
  })
  it('runs as long as any of its children does', async () => {
    const ready = join(dir(), 'ready')
    const what = daemon('(echo "$$" >"$1"; while :; do sleep 1000; done) & while :; do sleep 1000; done', ready)
    const { pid } = await start(what)
    await until(() => existsSync(ready))
    process.kill(pid, 'SIGKILL')
    await until(() => groupOf(pid) === undefined)
    expect(listGroup(pid)).toContain(await daemonPid(host(), what, signal))
    await stopDaemon(host(), what, { stopSignal: 'SIGTERM', graceMs: 300 }, signal)
    expect(await daemonPid(host(), what, signal)).toBeUndefined()
    await until(() => listGroup(pid).length === 0)
  })
  it('that dies at once is told with what it wrote', async () => {
    const what = daemon('echo "the port is taken" >&2; exit 3')
    await expect(startDaemon(host(), what, signal)).rejects.toThrow(`host ${host().name}: sh ended right after its start; its log ${what.logFile} ends with:\nthe port is taken`)
    await expect(startDaemon(host(), { ...what, argv: ['no-such-program'] }, signal)).rejects.toThrow(/no-such-program ended right after its start;[^]*not found/)
    await expect(startDaemon(host(), { ...what, lockFile: '/no/such/folder/lock' }, signal)).rejects.toThrow('/no/such/folder/lock')
    expect([await readLog(host(), what.logFile, 2, signal).then((log) => log.split('\n').length), await readLog(host(), join(dir(), 'none'), 2, signal)]).toEqual([2, ''])
    expect(await daemonPid(host(), what, signal)).toBeUndefined()
  })
  it.skipIf(process.getuid?.() !== 0)('runs as another user', async () => {
    chmodSync(dir(), 0o755)
    const what = { ...daemon('id -un; exec sleep 1000'), user: 'nobody' }
    const { pid } = await start(what)
    expect(await daemonPid(host(), what, signal)).toBe(pid)
    await until(() => readFileSync(what.logFile, 'utf8') === 'nobody\n')
    await expect(startDaemon(host(), { ...what, lockFile: join(dir(), 'lock2'), user: 'no-such-user' }, signal)).rejects.toThrow('no-such-user')
    await stopDaemon(host(), what, { stopSignal: 'SIGTERM', graceMs: 20_000 }, signal)
    expect(groupOf(pid)).toBeUndefined()
    expect(readdirSync(dir())).not.toContain('pid.part')
  })
})
