import { afterAll, beforeAll, expect, it } from 'vitest'
import { declare, FLEET, openNewcomer, type Newcomer } from './bench.ts'

/** What a command asked: writes, questions for futures, and reads. */
interface Asked {
  readonly writes: number
  readonly futures: number
  readonly reads: number
}

let person: Newcomer
beforeAll(async () => {
  person = await openNewcomer()
  person.write('fleet.yaml', declare(...FLEET))
})
afterAll(() => person.close())

async function count(expected: number, ...command: readonly string[]): Promise<Asked> {
  const since = person.server.requests.length
  expect((await person.run(command)).code).toBe(expected)
  const asked = person.server.requests.slice(since)
  const futures = asked.filter(({ path }) => path.includes('/futures/')).length
  const writes = asked.filter(({ method }) => method !== 'GET').length
  return { writes, futures, reads: asked.length - writes - futures }
}

const sync = ['sync', '-c', 'fleet.yaml', '--auto-approve'] as const
const plan = ['plan', '-c', 'fleet.yaml', '--mode', 'sync'] as const
const RECIPES = 1
/** The list of projects; of each project itself, its four parts and two lists; and each recipe, which no list shows as a whole. */
const PLAN = 1 + (1 + 4 + 2) + RECIPES

it('a plan of what is not there yet reads the list of projects', async () => {
  expect(await count(2, ...plan)).toEqual({ writes: 0, futures: 0, reads: 1 })
})

it('a create is a look, a POST and a look; what a POST cannot say is a PUT and another look', async () => {
  // A project has four parts to look at. The table has columns, which are written afterwards.
  expect(await count(0, ...sync)).toEqual({ writes: 4 + 1, futures: 0, reads: 1 + (1 + 5) + 2 + (2 + 1) + 2 })
})

it('a plan and a look for drift read each list once, and what no list shows', async () => {
  for (const command of [plan, ['drift']]) expect(await count(0, ...command)).toEqual({ writes: 0, futures: 0, reads: PLAN })
  // Datasets are listed as a whole: ten more are no request more.
  const more = Array.from({ length: 10 }, (_, at) => `{ type: dataset, name: FLEET.more_${at}, datasetType: S3 }`)
  person.write('fleet.yaml', declare(...FLEET, ...more))
  expect((await person.run(sync)).code).toBe(0)
  expect(await count(0, ...plan)).toEqual({ writes: 0, futures: 0, reads: PLAN })
})

it('an update is a look, a PUT of the whole and a look; a delete a look, a DELETE, its future and a look', async () => {
  person.write('fleet.yaml', person.read('fleet.yaml').replace('trips', 'rides'))
  expect(await count(0, ...sync)).toEqual({ writes: 1, futures: 0, reads: PLAN + 2 })
  person.write('fleet.yaml', person.read('fleet.yaml').replace(/ {2}- .*more_9.*\n/, ''))
  expect(await count(0, ...sync)).toEqual({ writes: 1, futures: 1, reads: PLAN + 2 })
})
