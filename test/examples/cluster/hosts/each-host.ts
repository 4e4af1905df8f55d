import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest'
import type { Host, HostSpec } from '../../../../examples/cluster/hosts/host.ts'
import { openHosts } from '../../../../examples/cluster/hosts/hosts.ts'
import { SSHD, startSshd, type Sshd } from '../sshd.ts'

/** What a case has. */
export interface HostFixture {
  host(): Host
  spec(): HostSpec
  /** A folder of its own. */
  dir(): string
}

/** Tests what holds on this machine and over SSH alike. */
export function describeEachHost(name: string, cases: (fixture: HostFixture) => void): void {
  if (SSHD === undefined) console.log('skipped: there is no sshd on this machine')
  for (const kind of ['this machine', 'a host over SSH'] as const)
    describe.skipIf(kind === 'a host over SSH' && SSHD === undefined)(`${name} on ${kind}`, { timeout: 60_000 }, () => {
      const hosts = openHosts()
      let sshd: Sshd | undefined
      let dir = ''
      beforeAll(async () => {
        if (kind === 'a host over SSH') sshd = await startSshd()
      })
      afterAll(async () => {
        await hosts.close()
        await sshd?.stop()
      })
      beforeEach(async () => {
        dir = await mkdtemp(join(tmpdir(), 'convergent-host-'))
      })
      afterEach(() => rm(dir, { recursive: true, force: true }))
      const spec = (): HostSpec => sshd?.spec ?? { name: 'here', address: '127.0.0.1' }
      cases({ spec, host: () => hosts.of(spec()), dir: () => dir })
    })
}

/** For what is never aborted. */
export const signal = new AbortController().signal
