import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openNewcomer, type Newcomer } from './bench.ts'

const main = fileURLToPath(new URL('../../../../examples/opnsense/main.ts', import.meta.url))
const firewall = `resources:
  - { type: alias, name: net_office, alias_type: network, content: [192.0.2.0/25] }
  - { type: rule, name: http, protocol: TCP, source_net: [net_office], destination_port: 80, description: Office may browse }
`

let person: Newcomer
beforeEach(async () => void (person = await openNewcomer()))
afterEach(() => person.close())

/** Starts an apply, and kills it when the firewall gets this request, which it never answers. */
async function killAt(path: RegExp): Promise<void> {
  const { server, folder, env } = person
  server.fault({ fault: 'hang', path })
  const child = spawn(process.execPath, ['--import', 'tsx', main, 'sync', '-f', join(folder, 'firewall.yaml'), '--state-dir', join(folder, '.convergent')], { env: { PATH: process.env['PATH'], ...env }, stdio: 'ignore' })
  const ended = new Promise<NodeJS.Signals | null>((resolve) => void child.once('exit', (_, signal) => resolve(signal)))
  await vi.waitFor(() => expect(server.state().saved.rule.length).toBe(1), { timeout: 20_000 })
  await vi.waitFor(async () => expect((await person.run(['doctor'])).out).toContain('settle/filter'), { timeout: 20_000 })
  child.kill('SIGKILL')
  expect(await ended).toBe('SIGKILL')
  server.heal()
}

it('killed between saving and loading: nothing is live, everything says so, and the advice that is printed works', async () => {
  person.write('firewall.yaml', firewall)
  await killAt(/filter\/apply/)
  expect([person.server.saved().rule.length, person.server.live().rule.length]).toEqual([1, 0])

  // A plan shows what is left to do: no write, and a rule that is not live.
  const planned = await person.run(['plan', '-f', 'firewall.yaml', '--mode', 'sync'])
  expect(planned.code).toBe(2)
  expect(planned.out).toContain('settle/filter: load the rules into the packet filter: something was written before that is not effective yet')
  expect(planned.out).not.toMatch(/^ {2}[+~-] /m)
  // Nothing else begins before the run has ended.
  const refused = await person.run(['sync', '-f', 'firewall.yaml'])
  expect(refused.code).toBe(1)
  expect(refused.err).toMatch(/run <id> of stack default has not ended; .*resume it/)
  expect((await person.run(['doctor'])).code).toBe(2)

  const resumed = await person.run(['resume'])
  expect(resumed).toMatchObject({ code: 0, err: '' })
  expect(person.server.live()).toEqual(person.server.saved())
  expect(person.server.live().rule.length).toBe(1)
  expect(await person.run(['plan', '-f', 'firewall.yaml', '--mode', 'sync'])).toMatchObject({ code: 0 })
  expect(await person.run(['doctor'])).toMatchObject({ code: 0 })
})

it('a firewall that loads nothing: the run fails and says so, and the next sync has only that to do', async () => {
  person.write('firewall.yaml', firewall)
  person.server.fault({ fault: 'error', path: /filter\/apply/, times: 50 })
  const failed = await person.run(['sync', '-f', 'firewall.yaml'])
  expect(failed.code).toBe(3)
  expect(failed.out).toContain('failed settle settle/filter, after 4 calls: POST /firewall/filter/apply: 500 ')
  expect([person.server.saved().rule.length, person.server.live().rule.length]).toEqual([1, 0])
  person.server.heal()
  const again = await person.run(['sync', '-f', 'firewall.yaml'])
  expect(again).toMatchObject({ code: 0, err: '' })
  expect(again.out).toContain('Plan: 1 to settle; 2 unchanged.')
  expect(person.server.live().rule.length).toBe(1)
})
