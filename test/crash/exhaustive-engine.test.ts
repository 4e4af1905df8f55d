import { describe, expect, it } from 'vitest'
import { layOutFlow } from '../../src/core/run/flow.ts'
import { runWhole } from '../../src/core/portion.ts'
import { parseAddress } from '../../src/core/address.ts'
import type { FakeFault } from '../../src/testing/fault.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import type { FakeBackend } from '../../src/testing/fake-backend.ts'
import { createMortalProcess } from '../../src/testing/mortal-process.ts'
import { describeHost, describeThings, goOn, goOnOrBack } from './host.ts'
import { backendWith, createScenario, providerOf, storeWith, type Kind, type Scenario } from './scenario.ts'
import { listShapes, type Shape } from './shapes.ts'
import { oneKind, pairUp } from './exhaust.ts'

/** One way of dying: after which operations of the first, the second … process. */
interface Trial {
  readonly scenario: Scenario
  readonly onFailure: 'stop' | 'continue'
  readonly fault?: FakeFault
  readonly deaths: readonly number[]
}

/** Lets the processes die one after the other, and the last one go on to the end. Says what it came to, and which of them died. */
async function attempt({ scenario, onFailure, fault, deaths }: Trial): Promise<{ readonly end: string; readonly died: readonly boolean[] }> {
  const backend = backendWith(scenario)
  if (fault !== undefined) backend.fault(fault)
  const store = await storeWith(scenario.state)
  const died: boolean[] = []
  let process = createMortalProcess({ provider: providerOf(backend, scenario.replaceOrder), store, clock: manualClock() })
  for (const operation of deaths) {
    process.crash({ at: 'after', operation })
    await goOn(scenario.plan, process, { onFailure })
    died.push(process.isDead)
    process = process.restart()
  }
  await goOn(scenario.plan, process, { onFailure })
  // The failure may have waited for the last of them.
  if (fault !== undefined) await goOn(scenario.plan, process, { onFailure })
  return { end: await describeHost(backend, store, scenario.state), died }
}

/** A run that is killed once at each operation, and (`twice`) its resume at each twelfth of its own. Gives the number of tries. */
async function exhaust(scenario: Scenario, options: { readonly twice: boolean; readonly onFailure?: 'stop' | 'continue'; readonly fault?: FakeFault }): Promise<number> {
  const base = { scenario, onFailure: options.onFailure ?? 'stop', ...(options.fault && { fault: options.fault }) } as const
  const { end: expected } = await attempt({ ...base, deaths: options.fault === undefined ? [] : [Number.MAX_SAFE_INTEGER] })
  let tries = 0
  const check = async (deaths: readonly number[]): Promise<readonly boolean[]> => {
    tries++
    const { end, died } = await attempt({ ...base, deaths })
    // A call that failed for good may be made again: once more at the most.
    const isSame = end === expected || (options.fault !== undefined && end === withoutRepetition(expected))
    if (!isSame) throw new Error(`${scenario.name}; ${base.onFailure}; ${JSON.stringify(options.fault)}; died after ${deaths.join(' and ')}\n${end}\nexpected:\n${expected}`)
    return died
  }
  for (let first = 1; (await check([first]))[0] === true; first++) if (options.twice) for (let second = 1 + (first % 12); (await check([first, second]))[1] === true; second += 12);
  return tries
}

/** A run whose failing call takes it back, killed at each operation of either. Afterwards all is as before, or (it died in time to try again) as desired. */
async function exhaustRollback(scenario: Scenario, fault: FakeFault): Promise<number> {
  const before = describeThings(scenario.objects as ReturnType<FakeBackend['objects']>, scenario.state.resources)
  const run = async (deaths: readonly number[], faults: readonly FakeFault[]): Promise<{ readonly end: string; readonly hasDied: boolean; readonly operations: readonly string[] }> => {
    const backend = backendWith(scenario)
    for (const each of faults) backend.fault(each)
    const store = await storeWith(scenario.state)
    let process = createMortalProcess({ provider: providerOf(backend, scenario.replaceOrder), store, clock: manualClock() })
    const { operations } = process
    for (const operation of deaths) {
      process.crash({ at: 'after', operation })
      await goOnOrBack(scenario.plan, process, {})
      if (process.isDead) process = process.restart()
    }
    const hasDied = process.operations !== operations
    await goOnOrBack(scenario.plan, process, {})
    return { end: describeThings(backend.objects(), (await store.load('default'))?.resources ?? new Map()), hasDied, operations }
  }
  const desired = (await run([], [])).end
  let tries = 0
  for (let operation = 1, isOver = false; !isOver; operation++) {
    const { end, hasDied, operations } = await run([operation], [fault])
    tries++
    isOver = !hasDied
    if (end !== before && (isOver || end !== desired)) throw new Error(`${scenario.name}; taken back; ${JSON.stringify(fault)}; died after ${operation}, ${String(operations.at(-1))}\n${end}\nbefore:\n${before}\ndesired:\n${desired}`)
  }
  return tries
}

/** A refusal of each step's call, by the step. */
function refusals({ plan }: Scenario): readonly FakeFault[] {
  const flow = runWhole(layOutFlow(plan.actions))
  return flow.steps.map(({ call }, index): FakeFault => {
    const { address, id } = flow.actions[flow.actionOf[index] as number] as (typeof flow.actions)[number]
    return { call: call as 'create' | 'update' | 'delete', object: call === 'create' ? parseAddress(address).name.replace('r', 'n') : (id as string), fault: 'error' }
  })
}

/** Every twelfth one, or what `every` says, in turns; all of them with EXHAUST=all. */
function thinOut<T>(all: readonly T[], turn: number, every = 12): readonly T[] {
  return process.env['EXHAUST'] === 'all' ? all : all.filter((_, index) => (index + turn) % every === 0)
}

/** The end of a run whose failing call was not reached before it died. */
function withoutRepetition(end: string): string {
  return end.split('\n').filter((line, index, lines) => !/^(create|update|delete) /.test(line) || lines[index - 1] !== line).join('\n')
}

async function exhaustAll(name: string, cases: Iterable<readonly [Shape, readonly Kind[]]>, tryOne: (scenario: Scenario) => Promise<number>): Promise<number> {
  let [plans, tries] = [0, 0]
  for (const [shape, kinds] of cases)
    for (const order of kinds.includes('replace') ? (['create-first', 'delete-first'] as const) : (['create-first'] as const)) {
      plans++
      tries += await tryOne(await createScenario(shape, kinds, order))
    }
  console.log(`${name}: ${plans} plans, ${tries} runs that died`)
  return tries
}

describe('the engine, killed after any of its operations and resumed, comes to the same end with the same calls', () => {
  it('once, for each shape of up to 3 nodes, one kind of action in each', async () => {
    const tries = await exhaustAll('once', thinOut([...pairUp([1, 2, 3].flatMap(listShapes), oneKind)], 0, 3), (scenario) => exhaust(scenario, { twice: false }))
    expect(tries).toBeGreaterThan(300)
  }, 600_000)
  it('twice, for each shape of up to 2 nodes, one kind of action in each', async () => {
    const tries = await exhaustAll('twice', thinOut([...pairUp([1, 2].flatMap(listShapes), oneKind)], 0, 2), (scenario) => exhaust(scenario, { twice: true }))
    expect(tries).toBeGreaterThan(300)
  }, 600_000)
  it('with a refusal of each step, whatever the policy, for each shape of up to 3 nodes', async () => {
    const tries = await exhaustAll('with a refusal', pairUp([1, 2, 3].flatMap(listShapes), oneKind), async (scenario) => {
      let sum = 0
      for (const [index, fault] of thinOut(refusals(scenario), scenario.name.length).entries()) sum += await exhaust(scenario, { twice: false, onFailure: (index + scenario.plan.actions.length) % 2 === 0 ? 'stop' : 'continue', fault })
      return sum
    })
    expect(tries).toBeGreaterThan(150)
  }, 600_000)
  it('taken back after a refusal of each step, for each shape of up to 3 nodes', async () => {
    const tries = await exhaustAll('taken back', pairUp([1, 2, 3].flatMap(listShapes), oneKind), async (scenario) => {
      let sum = 0
      for (const fault of thinOut(refusals(scenario), scenario.name.length + 1)) sum += await exhaustRollback(scenario, fault)
      return sum
    })
    expect(tries).toBeGreaterThan(120)
  }, 600_000)
})
