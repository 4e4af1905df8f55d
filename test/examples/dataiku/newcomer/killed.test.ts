import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { root } from '../../../architecture/sources.ts'
import { declare, FLEET, openNewcomer, type Newcomer } from './bench.ts'

let person: Newcomer
beforeEach(async () => {
  person = await openNewcomer()
  person.write('fleet.yaml', declare(...FLEET))
})
afterEach(() => person.close())

const prod = ['-e', 'prod'] as const

/** Starts an apply in a process of its own, and kills it when its recipe is there and the reply on its way. Gives the state file as it was then. */
async function killInTheMiddle(): Promise<unknown> {
  const { server, folder, env } = person
  server.fault({ fault: 'slow', method: 'POST', path: /recipes$/, afterMs: 30_000 })
  const words = ['apply', '-c', 'fleet.yaml', ...prod, '--auto-approve']
  const child = spawn(process.execPath, ['--import', join(root, 'node_modules/tsx/dist/loader.mjs'), join(root, 'examples/dataiku/main.ts'), ...words], { cwd: folder, env: { PATH: process.env['PATH'], ...env }, stdio: 'ignore' })
  const ended = new Promise<NodeJS.Signals | null>((resolve) => void child.once('exit', (_, signal) => resolve(signal)))
  let state: unknown
  const look = setInterval(() => {
    // It has a second for each state but the first.
    if (!person.names().includes('FLEET.tidy') || !person.list('.convergent').includes('prod.state.json')) return
    state = JSON.parse(person.read('.convergent/prod.state.json'))
    child.kill('SIGKILL')
  }, 20)
  expect(await ended).toBe('SIGKILL')
  clearInterval(look)
  return state
}

it('killed while a recipe is made: its state can be read, nothing else begins, and --resume makes no second one', async () => {
  expect(await killInTheMiddle()).toMatchObject({ stack: 'prod', openRun: expect.stringMatching(/^[0-9a-f-]{36}$/) as string })
  person.server.heal()
  const refused = await person.run(['apply', '-c', 'fleet.yaml', ...prod, '--auto-approve'])
  expect({ code: refused.code, err: refused.err.split(';')[0] }).toEqual({ code: 1, err: expect.stringContaining('run <id> of stack prod has not ended') as string })
  expect((await person.run(['state', 'rm', 'Project/FLEET', ...prod, '--auto-approve'])).code).toBe(1)
  expect((await person.run(['doctor', ...prod])).out).toContain('create:Recipe/FLEET.tidy')

  const { code, err } = await person.run(['apply', '--resume', '-c', 'fleet.yaml', ...prod])
  expect({ code, err }).toEqual({ code: 0, err: 'Run <id> of stack prod has not ended; going on with it.' })
  expect(person.server.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/recipes')).length).toBe(1)
  expect(person.names()).toEqual(['FLEET', 'FLEET.clean', 'FLEET.raw', 'FLEET.tidy'])
  expect(await person.run(['plan', '-c', 'fleet.yaml', '--mode', 'sync', ...prod])).toMatchObject({ code: 0 })
  // With nothing that has not ended it is an apply as any other.
  expect(await person.run(['apply', '--resume', '-c', 'fleet.yaml', ...prod])).toMatchObject({ code: 0, err: '' })
})

it('killed, and taken back: what was under way goes with the rest', async () => {
  await killInTheMiddle()
  person.server.heal()
  expect(await person.run(['rollback', ...prod, '--auto-approve'])).toMatchObject({ code: 0 })
  expect(person.names()).toEqual([])
})
