import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { declare, FLEET, openNewcomer, type Newcomer } from '../newcomer/bench.ts'

let person: Newcomer
beforeEach(async () => {
  person = await openNewcomer()
  person.write('fleet.yaml', declare(...FLEET))
})
afterEach(() => person.close())

const prod = ['-e', 'prod'] as const
const sync = ['sync', '-c', 'fleet.yaml', ...prod, '--auto-approve'] as const
const loseState = (): void => rmSync(join(person.folder, '.convergent'), { recursive: true })
const planned = async (): Promise<string | undefined> => (await person.run(['plan', '-c', 'fleet.yaml', '--mode', 'sync', ...prod])).out.split('\n').at(-1)
const show = async (address: string): Promise<unknown> => JSON.parse((await person.run(['state', 'show', address, ...prod])).out)

it('of what files declare: a recipe keeps its address, whatever the server calls it, and what no file declares stays the server\'s', async () => {
  person.server.fault({ fault: 'renames' })
  await person.run(sync)
  expect(person.names()).toContain('FLEET.tidy_1')
  person.server.edit({ project: 'FLEET', part: 'dataset', name: 'theirs', changes: { type: 'S3' } })
  person.server.edit({ project: 'FLEET', part: 'metadata', changes: { description: 'theirs' } })
  const before = person.look()
  loseState()
  expect(await planned()).toBe('Plan: 4 blocked; 0 unchanged.')
  expect(await person.run(['rebuild', '-c', 'fleet.yaml', ...prod])).toEqual({ code: 0, err: '', out: 'the state of prod has 4 objects of FLEET now, it had 0; nothing was changed on the server, and a copy of the old state is kept' })
  expect(JSON.parse(person.read('.convergent/prod.state.json'))).toMatchObject({ resources: [{}, {}, {}, { address: 'Recipe/FLEET.tidy', id: 'FLEET.tidy_1' }] })
  expect(await show('Recipe/FLEET.tidy')).toMatchObject({ id: 'FLEET.tidy_1' })
  expect(await show('Project/FLEET')).toMatchObject({ inputs: { projectKey: 'FLEET', label: 'Vehicle fleet', tags: ['bronze'] } })
  expect((await show('Project/FLEET')) as { readonly inputs: object }).not.toHaveProperty('inputs.description')
  expect(await planned()).toBe('Nothing to do: 4 resources are as declared.')
  expect(person.look()).toEqual(before)
  // Who stops declaring something does what was meant before the state was lost.
  person.write('fleet.yaml', declare(...FLEET.slice(0, 2)))
  expect((await person.run(sync)).code).toBe(0)
  expect(person.names()).toEqual(['FLEET', 'FLEET.raw', 'FLEET.theirs'])
})

it('of what files declare: what is not as declared is shown by the next plan, and what is not there is told', async () => {
  person.write('fleet.yaml', declare(FLEET[0], FLEET[1], FLEET[2].replace(' }', ', dropData: true }'), FLEET[3]))
  await person.run(sync)
  const { edit } = person.server
  edit({ project: 'FLEET', part: 'recipe', name: 'tidy', changes: null })
  edit({ project: 'FLEET', part: 'metadata', changes: { label: 'another' } })
  loseState()
  expect(await person.run(['rebuild', '-c', 'fleet.yaml', ...prod])).toMatchObject({ code: 0, err: 'not there: Recipe/FLEET.tidy; the next plan creates it', out: expect.stringContaining('has 3 objects of FLEET now, it had 0') as string })
  expect(await show('Dataset/FLEET.clean')).toMatchObject({ inputs: { dropData: true } })
  expect(await planned()).toBe('Plan: 1 to create, 1 to update; 2 unchanged.')
})

it('of projects by their keys: everything in them is ours', async () => {
  await person.run(sync)
  person.server.edit({ project: 'FLEET', part: 'dataset', name: 'theirs', changes: { type: 'S3' } })
  person.server.edit({ project: 'FLEET', part: 'recipe', name: 'nowhere', changes: {} })
  loseState()
  expect(await person.run(['rebuild', 'FLEET', ...prod])).toMatchObject({ code: 0, err: 'left out: Recipe/FLEET.nowhere: it writes no dataset', out: expect.stringContaining('has 5 objects of FLEET now, it had 0') as string })
  expect(await show('Project/FLEET')).toMatchObject({ inputs: { owner: 'admin' } })
  // Files that do not know it would delete it now.
  expect((await person.run(['plan', '-c', 'fleet.yaml', '--mode', 'sync', ...prod])).out).toContain('- Dataset/FLEET.theirs (id FLEET.theirs) delete')
})

it('leaves the other environments alone, and keeps a copy of what it takes away', async () => {
  await person.run(sync)
  await person.run(['state', 'rm', 'Recipe/FLEET.tidy', ...prod, '--auto-approve'])
  await person.run(['rebuild', 'FLEET', '-e', 'dev'])
  expect((await person.run(['state', ...prod])).out.split('\n').length).toBe(3)
  expect((await person.run(['state', '-e', 'dev'])).out.split('\n').length).toBe(4)
  expect((await person.run(['rebuild', '-c', 'fleet.yaml', ...prod])).out).toContain('has 4 objects of FLEET now, it had 3')
  expect(person.list('.convergent/stacks/prod').some((name) => name.startsWith('backup'))).toBe(true)
})
