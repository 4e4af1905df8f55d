import * as fc from 'fast-check'
import { anyChaos, type Chaos } from './chaos.ts'
import { simulate } from './simulation.ts'

/** `npm run soak:sim -- --minutes 10 --seed 7`: random histories for that long. A failure ends it with a case to paste into a test. */
function readFlag(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`)
  const value = at < 0 ? otherwise : Number(process.argv[at + 1])
  if (!Number.isFinite(value)) throw new Error(`--${name} takes a number`)
  return value
}

const minutes = readFlag('minutes', 1)
const seed = readFlag('seed', Date.now() % 2 ** 31)
const until = Date.now() + minutes * 60_000
console.log(`seed ${seed}, for ${minutes} min`)

const sum = { histories: 0, actions: 0, processes: 0, deaths: 0, calls: 0 }
const property = fc.asyncProperty(anyChaos(60), async (chaos) => {
  const { actions, processes, deaths, calls } = await simulate(chaos)
  sum.histories++
  sum.actions += actions
  sum.processes += processes
  sum.deaths += deaths
  sum.calls += calls
})
for (let round = 0; Date.now() < until; round++) {
  const details: fc.RunDetails<[Chaos]> = await fc.check(property, { seed: seed + round, numRuns: 100, interruptAfterTimeLimit: Math.max(1, until - Date.now()) })
  if (!details.failed || details.counterexample === null) continue
  console.error(`${String((details.errorInstance as Error | null)?.message)}\nseed ${seed + round}, after ${details.numShrinks} shrinks. Paste into test/crash/random.test.ts:\nawait simulate(${JSON.stringify(details.counterexample[0])})`)
  process.exitCode = 1
  break
}
console.log(JSON.stringify(sum))
