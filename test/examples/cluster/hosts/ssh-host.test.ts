import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeFile } from '../../../../examples/cluster/hosts/file.ts'
import type { HostError } from '../../../../examples/cluster/hosts/host-error.ts'
import type { Host, SshSpec } from '../../../../examples/cluster/hosts/host.ts'
import { sshHost } from '../../../../examples/cluster/hosts/ssh-host.ts'
import { until } from '../../../node/group.ts'
import { SSHD, startSshd, type Sshd } from '../sshd.ts'
import { signal } from './each-host.ts'

describe.skipIf(SSHD === undefined)('a host over SSH', { timeout: 60_000 }, () => {
  let sshd: Sshd
  let dir = ''
  const opened: Host[] = []
  const open = (change: Partial<SshSpec> = {}): Host => {
    const host = sshHost({ ...sshd.spec, ssh: { ...sshd.spec.ssh, ...change } })
    opened.push(host)
    return host
  }
  const faultOf = (host: Host): Promise<HostError> => host.run(['true'], { signal }).then(() => expect.unreachable(), (error: HostError) => error)
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'convergent-ssh-'))
    sshd = await startSshd()
  })
  afterAll(async () => {
    await Promise.all(opened.map((host) => host.close()))
    await sshd.stop()
    await rm(dir, { recursive: true, force: true })
  })

  it('says what is wrong when it cannot be reached', async () => {
    const { port, keyFile, user, hostKey } = sshd.spec.ssh
    expect((await faultOf(open({ port: 1 }))).message).toMatch(/^host far: 127\.0\.0\.1:1 cannot be reached by SSH: .*ECONNREFUSED.*; check address and port/)
    expect((await faultOf(open({ keyFile: `${dir}/none` }))).message).toBe(`host far: the private key ${dir}/none is not there; give keyFile the file of the key of ${user}`)
    writeFileSync(join(dir, 'text'), 'no key')
    expect((await faultOf(open({ keyFile: join(dir, 'text') }))).message).toContain(`the private key ${dir}/text cannot be used`)
    expect((await faultOf(open({ keyFile: keyFile.replace(/user$/, 'host') }))).message).toBe(`host far: 127.0.0.1:${port} refused the key ${keyFile.replace(/user$/, 'host')} for the user ${user}; put its public half into the authorized_keys of ${user} there, or give another user or keyFile`)
    expect((await faultOf(open({ hostKey: 'SHA256:other' }))).message).toContain(`127.0.0.1:${port} shows another host key: found ${hostKey}, expected SHA256:other;`)
  })
  it('takes no arguments that no shell would take', async () => {
    await expect(open().run(['echo', 'x'.repeat(130_000)], { signal })).rejects.toThrow('pass what is long by stdin')
    await expect(open().run(['echo', 'a\0b'], { signal })).rejects.toThrow('NUL')
  })
  it('is connected to anew after the connection dropped, at the next call', async () => {
    const host = open()
    const file = join(dir, 'pid')
    const running = host.run(['sh', '-c', 'echo $$ >"$1"; while :; do sleep 1000; done', 'sh', file], { signal }).catch((error: HostError) => error)
    const pid = await until(() => existsSync(file) && readPid(file))
    sshd.dropConnections()
    expect(await running).toMatchObject({ code: 'host', isAmbiguous: true, exitCode: undefined, message: expect.stringMatching(/^host far: the connection dropped while sh ran.*; the next call connects anew$/) as string })
    await until(() => !existsSync(`/proc/${pid}`))
    expect((await host.run(['echo', 'again'], { signal })).stdout).toBe('again\n')
  })
  it('has nothing of an upload that was cut off', async () => {
    const host = open()
    await host.run(['true'], { signal })
    const stdin = new PassThrough()
    const target = join(dir, 'uploaded')
    // It would be out of reach, had it begun.
    const running = host.run(['sh', '-c', `setsid -f sh -c 'cat >"$0.part"; mv "$0.part" "$0"' "$1"; while ! test -e "$1"; do sleep 0.01; done`, 'sh', target], { signal, stdin }).catch((error: HostError) => error)
    for (let sent = 0; sent < 40; sent++) if (!stdin.write(Buffer.alloc(100_000))) await new Promise((resolve) => stdin.once('drain', resolve))
    sshd.dropConnections()
    expect(await running).toMatchObject({ isAmbiguous: true })
    await writeFile(host, join(dir, 'after'), 'works', { mode: '600', signal })
    expect([existsSync(target), existsSync(`${target}.part`), existsSync(join(dir, 'after'))]).toEqual([false, false, true])
  })
  it('may be opened again after it was closed', async () => {
    const host = open()
    await host.run(['true'], { signal })
    await host.close()
    expect((await host.run(['echo', 'again'], { signal })).stdout).toBe('again\n')
  })
})

function readPid(file: string): number | undefined {
  return Number(readFileSync(file, 'utf8')) || undefined
}
