import { afterEach, beforeEach, expect, it } from 'vitest'
import { declare, FLEET, openNewcomer, type Newcomer } from '../newcomer/bench.ts'

let person: Newcomer
beforeEach(async () => {
  person = await openNewcomer()
  person.write('fleet.yaml', declare(...FLEET))
  expect(await person.run(['sync', '-c', 'fleet.yaml', '-e', 'prod', '--auto-approve'])).toMatchObject({ code: 0, err: '' })
})
afterEach(() => person.close())

const rebuild = ['rebuild', '-c', 'fleet.yaml', '-e', 'prod']
const recorded = async (): Promise<readonly string[]> => (await person.run(['state', '-e', 'prod'])).out.split('\n')

it('of a recipe that is declared with an input that is not there yet: it is recorded with what it reads now', async () => {
  const extra = '{ type: dataset, name: FLEET.extra, datasetType: S3 }'
  person.write('fleet.yaml', declare(...FLEET.slice(0, 3), extra, FLEET[3].replace('{ ref: raw }', '{ ref: extra }')))
  expect(await person.run(rebuild)).toMatchObject({ code: 0, err: 'not there: Dataset/FLEET.extra; the next plan creates it', out: expect.stringContaining('has 4 objects of FLEET now, it had 4') as string })
  expect(JSON.parse((await person.run(['state', 'show', 'Recipe/FLEET.tidy', '-e', 'prod'])).out)).toMatchObject({ inputs: { inputs: { main: { items: [{ ref: 'FLEET.raw' }] } } }, dependsOn: ['Project/FLEET', 'Dataset/FLEET.raw', 'Dataset/FLEET.clean'] })
  expect((await person.run(['plan', '-c', 'fleet.yaml', '--mode', 'sync', '-e', 'prod'])).out).toContain('Plan: 1 to create, 1 to update; 3 unchanged.')
})

it('that cannot record what it has read leaves the state as it was', async () => {
  const before = await recorded()
  // The project is read first; by the time of the plan nobody may read it any more.
  person.server.fault({ fault: 'error', method: 'GET', path: /datasets$/, skip: 1, times: 50 })
  const { code, err } = await person.run(rebuild)
  person.server.heal()
  expect([code, err]).toEqual([1, expect.stringContaining('nothing was recorded')])
  expect(await recorded()).toEqual(before)
})
