import { spawn } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Order } from '../../../../examples/director/server/order.ts'
import { root } from '../../../architecture/sources.ts'
import { banks, openNewcomer, SECRET, type Newcomer } from './bench.ts'

const file = join(banks, 'bank-b.yaml')
const AT_ONCE = 4

let person: Newcomer
beforeEach(async () => void (person = await openNewcomer({ orderMs: 20, lagMs: 100 })))
afterEach(() => person.close())

function isAskedFor({ id }: Order, since = 0): boolean {
  return person.server.requests.slice(since).some(({ path, status }) => path.endsWith(id) && status === 200)
}

/** Starts a sync in a process of its own, and kills it when repos are there and four more orders are under way. Gives these. */
async function killInTheMiddle(): Promise<readonly Order[]> {
  const { server, folder, env } = person
  // The first of them takes its time, and the others wait for it.
  server.fault({ fault: 'late', method: 'POST', path: /NormalizationPolicy/, afterMs: 5_000 })
  const open = (): readonly Order[] => server.orders().filter(({ outcome }) => outcome === undefined)
  const words = ['sync', '-f', file, '--concurrency', String(AT_ONCE), '--poll-every', '0.05', '--state-dir', join(folder, '.convergent')]
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'examples/director/main.ts'), ...words], { cwd: root, env: { PATH: process.env['PATH'], ...env }, stdio: 'ignore' })
  const ended = new Promise<NodeJS.Signals | null>((resolve) => void child.once('exit', (_, signal) => resolve(signal)))
  const look = setInterval(() => {
    const now = open()
    if (server.orders().length > now.length && now.length === AT_ONCE && now.every((order) => isAskedFor(order))) child.kill('SIGKILL')
  }, 20)
  expect(await ended).toBe('SIGKILL')
  clearInterval(look)
  return server.orders().slice(-AT_ONCE)
}

it('killed while orders are under way: everything says so, and a resume asks for these and gives none of them twice', async () => {
  person.server.fault({ fault: 'expire', method: 'POST', path: /NormalizationPolicy/ })
  const left = await killInTheMiddle()
  expect(left.map(({ errand }) => errand.does)).toEqual(Array(AT_ONCE).fill('create'))
  expect(person.server.orders().length).toBeLessThan(20)

  // Nothing else begins before the run has ended.
  const refused = await person.run(['sync', '-f', file])
  expect(refused.code).toBe(1)
  expect(refused.err).toMatch(/run <id> of stack default has not ended; .*resume it/)
  const doctor = await person.run(['doctor'])
  expect(doctor.code).toBe(2)
  expect(doctor.out).toContain('it never ended; whether these happened is unknown: create:NormalizationPolicy/stockholm/bank-b-windows')

  const since = person.server.requests.length
  expect(await person.run(['resume'])).toMatchObject({ code: 0, err: '' })
  expect(left.filter((order) => isAskedFor(order, since))).toEqual(left)
  expect(person.server.orders().map(({ outcome }) => outcome?.isSuccess)).toEqual(Array(20).fill(true))
  expect(person.names().length).toBe(20)
  expect(await person.run(['plan', '-f', file, '--mode', 'sync'])).toMatchObject({ code: 0 })
  expect(await person.run(['doctor'])).toMatchObject({ code: 0 })
})

it('killed after the token was renewed: who goes on has the new one, though the environment has the old', async () => {
  person.server.fault({ fault: 'expire', method: 'POST', path: /NormalizationPolicy/ })
  await killInTheMiddle()
  const path = join(person.folder, '.convergent/director-token.json')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readFileSync(path, 'utf8')).not.toContain(SECRET)
  expect(await person.run(['resume'])).toMatchObject({ code: 0, err: '' })
  expect(person.server.requests.filter(({ path: asked }) => asked === '/refreshToken').length).toBe(1)
})

it('killed, and taken back: what was under way is waited for, and goes with the rest', async () => {
  await killInTheMiddle()
  const { code, err } = await person.run(['rollback', '--auto-approve'])
  expect({ code, names: person.names() }).toEqual({ code: 0, names: [] })
  expect(err).not.toContain('director: ')
  expect(await person.run(['doctor'])).toMatchObject({ code: 0 })
})
