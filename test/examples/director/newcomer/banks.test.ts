import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadDirector } from '../../../../examples/director/input/load.ts'
import { banks, openNewcomer, type Newcomer } from './bench.ts'

const files = { a: join(banks, 'bank-a.yaml'), b: join(banks, 'bank-b.yaml') } as const
const offline = { DIRECTOR_URL: undefined, DIRECTOR_TOKEN: undefined, DIRECTOR_SECRET: undefined }

let person: Newcomer
beforeEach(async () => void (person = await openNewcomer()))
afterEach(() => person.close())

describe('two banks', () => {
  it('have 20 resources each, of every type, and each on LogPoints of its own', () => {
    const nodesOf = Object.values(files).map((file) => {
      const declared = loadDirector([file])
      const ours = declared.filter(({ type }) => type !== 'Node')
      expect(ours.length).toBe(20)
      expect(new Set(ours.map(({ type }) => type)).size).toBe(5)
      return declared.filter(({ type }) => type === 'Node').map(({ inputs }) => String(inputs['id']))
    })
    expect(nodesOf.map((nodes) => nodes.length)).toEqual([2, 1])
    // Three pools.
    expect(new Set(nodesOf.flat().map((node) => node.split('/')[0])).size).toBe(3)
  })

  it('are valid, without a Director and without a way to one', async () => {
    expect(await person.run(['validate', '-f', banks], { env: offline })).toMatchObject({ code: 0, out: 'Valid: 43 resources.', err: '' })
    expect(person.server.requests).toEqual([])
  })

  it('may be two stacks: neither knows of the other', async () => {
    for (const [stack, file] of Object.entries(files)) expect((await person.run(['sync', '-f', file, '--stack', stack])).code).toBe(0)
    expect(person.names().length).toBe(40)
    expect((await person.run(['destroy', '-f', files.b, '--stack', 'b', '--auto-approve'])).code).toBe(0)
    expect(person.names().filter((name) => name.includes('bank-b'))).toEqual([])
    expect((await person.run(['plan', '-f', files.a, '--stack', 'a', '--mode', 'sync'])).code).toBe(0)
    expect(person.names().length).toBe(20)
  })
})

it('a bank needs no state where its names say what is its own, and leaves the other one alone', async () => {
  expect((await person.run(['sync', '-f', files.b])).code).toBe(0)
  const env = { DIRECTOR_OWNED: 'bank-a-*' }
  // Protection is known to the state alone.
  const bank = readFileSync(files.a, 'utf8').replace(', protected: true', '')
  person.write('bank.yaml', bank)
  const forget = (): void => rmSync(join(person.folder, '.convergent'), { recursive: true })
  forget()
  expect((await person.run(['sync', '-f', 'bank.yaml'], { env })).code).toBe(0)
  forget()
  expect(await person.run(['plan', '-f', 'bank.yaml', '--mode', 'sync'], { env })).toMatchObject({ code: 0 })
  person.write('less.yaml', bank.replace(/ {2}- \{ type: ProcessingPolicy, name: bank-a-swift.*\n/, ''))
  expect((await person.run(['sync', '-f', 'less.yaml', '--auto-approve'], { env })).code).toBe(0)
  expect(person.names().filter((name) => name.includes('bank-a')).length).toBe(19)
  expect(person.names().filter((name) => name.includes('bank-b')).length).toBe(20)
})

describe('exit codes for continuous integration', () => {
  it('2 with something to do and 0 with nothing, for a plan and for drift', async () => {
    const plan = ['plan', '-f', banks, '--mode', 'sync']
    expect((await person.run(plan)).code).toBe(2)
    expect((await person.run(['sync', '-f', banks])).code).toBe(0)
    expect((await person.run(plan)).code).toBe(0)
    expect((await person.run(['drift'])).code).toBe(0)
    const [stockholm = ''] = loadDirector([files.b]).map(({ inputs }) => String(inputs['id']))
    person.server.edit({ node: stockholm, table: 'RoutingPolicies', name: 'bank-b-swift', changes: { catch_all: 'bank-b-general' } })
    expect((await person.run(['drift'])).code).toBe(2)
    expect((await person.run(plan)).code).toBe(2)
    expect((await person.run(['sync', '-f', banks])).code).toBe(0)
    expect((await person.run(plan)).code).toBe(0)
  })

  it('a plan as JSON, which is the plan that is applied', async () => {
    const { code, out, err } = await person.run(['plan', '-f', banks, '--mode', 'sync', '--json', '-o', 'plan.json'])
    expect({ code, err: err.replace(/Plan <id>.*/, '') }).toEqual({ code: 2, err: '' })
    const plan = JSON.parse(out) as { readonly summary: object; readonly actions: readonly { readonly address: string; readonly kind: string }[] }
    expect(plan.summary).toMatchObject({ create: 40 })
    expect(plan.actions.length).toBe(40)
    expect(plan.actions).toContainEqual(expect.objectContaining({ kind: 'create', address: 'Repo/luxembourg/bank-a-clients' }))
    expect(readFileSync(join(person.folder, 'plan.json'), 'utf8')).toContain('"Repo/luxembourg/bank-a-clients"')
    expect((await person.run(['sync', '--plan', 'plan.json'])).code).toBe(0)
    expect(person.names().length).toBe(40)
  })

  it('1 for what failed and changed nothing, 3 for what is done in part, told as JSON too', async () => {
    const sync = async (): Promise<{ readonly code: number; readonly outcome: unknown }> => {
      const { code, out } = await person.run(['sync', '-f', files.b, '--json', '--concurrency', '1'])
      return { code, outcome: (JSON.parse(out) as { readonly result?: { readonly outcome?: string }; readonly outcome?: string }).outcome }
    }
    person.server.fault({ fault: 'fail', method: 'POST', path: /Repos$/ })
    expect(await sync()).toEqual({ code: 1, outcome: 'failed' })
    person.server.fault({ fault: 'fail', method: 'POST', path: /Repos$/, skip: 1 })
    expect(await sync()).toEqual({ code: 3, outcome: 'partial' })
    expect(await sync()).toEqual({ code: 0, outcome: 'succeeded' })
  })
})
