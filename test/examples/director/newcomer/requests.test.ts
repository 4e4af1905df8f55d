import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { banks, bankNodes, openNewcomer, type Newcomer } from './bench.ts'

/** What a command asked: orders that it gave, questions for them, and reads. */
interface Asked {
  readonly orders: number
  readonly polls: number
  readonly reads: number
}

let person: Newcomer
beforeAll(async () => void (person = await openNewcomer()))
afterAll(() => person.close())

async function count(expected: number, ...command: readonly string[]): Promise<Asked> {
  const since = person.server.requests.length
  expect((await person.run(command)).code).toBe(expected)
  const asked = person.server.requests.slice(since)
  const polls = asked.filter(({ path }) => path.startsWith('/monitorapi/')).length
  const orders = asked.filter(({ method }) => method !== 'GET').length
  return { orders, polls, reads: asked.length - polls - orders }
}

const nodes = Object.keys(bankNodes).length
/** Of a node: itself, its five lists, the packages, and the two lists that a processing policy has ids of. */
const MOST_PER_NODE = 1 + 5 + 1 + 2

it('a plan of both banks reads each list once, however much is in it', async () => {
  expect(nodes).toBe(3)
  const { orders, polls, reads } = await count(2, 'plan', '-f', banks, '--mode', 'sync')
  expect({ orders, polls }).toEqual({ orders: 0, polls: 0 })
  expect(reads).toBeLessThanOrEqual(nodes * MOST_PER_NODE)
})

it('an apply gives an order for each object, asks once for what is done at once, and reads three times at most for each', async () => {
  const { orders, polls, reads } = await count(0, 'sync', '-f', banks)
  expect({ orders, polls }).toEqual({ orders: 40, polls: 40 })
  // Before it: there is none of this name. After it: it shows, and has this id. Names for ids are read now and then.
  expect(reads).toBeLessThanOrEqual(nodes * MOST_PER_NODE + 3 * orders)
})

it('a plan and a look for drift with nothing to do read each list once', async () => {
  for (const command of [['plan', '-f', banks, '--mode', 'sync'], ['drift']]) {
    const asked = await count(0, ...command)
    expect(asked).toEqual({ orders: 0, polls: 0, reads: nodes * MOST_PER_NODE })
  }
})

it('a change costs a plan, and two reads, an order and a question more', async () => {
  for (const bank of ['bank-a.yaml', 'bank-b.yaml']) person.write(`banks/${bank}`, readFileSync(join(banks, bank), 'utf8').replace('retention: 60 }]', 'retention: 61 }]'))
  expect(await count(0, 'sync', '-f', 'banks/')).toEqual({ orders: 1, polls: 1, reads: nodes * MOST_PER_NODE + 2 })
})
