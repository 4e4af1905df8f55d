import { expect, it } from 'vitest'
import { endsPortion, runWhole, type Portions } from '../../src/core/portion.ts'
import { nextTurn, runInTurns } from '../../src/store/turn.ts'

function* sumUpTo(last: number): Portions<number> {
  let sum = 0
  for (let number = 1; number <= last; number++) {
    if (endsPortion(number)) yield
    sum += number
  }
  return sum
}

it('comes to the same at once and in turns', async () => {
  expect(runWhole(sumUpTo(5_000))).toBe(12_502_500)
  expect(await runInTurns(sumUpTo(5_000))).toBe(12_502_500)
})

it('lets others have their turn while a computation goes on', async () => {
  let hadTurn = false
  function* work(): Portions<number> {
    for (let count = 0; ; count++) {
      if (hadTurn) return count
      if (count > 50_000_000) throw new Error('nobody else had a turn')
      yield
    }
  }
  void nextTurn().then(() => void (hadTurn = true))
  expect(await runInTurns(work())).toBeGreaterThan(0)
})

it('throws what the computation throws', async () => {
  function* work(): Portions<number> {
    throw new Error('it cannot be done')
  }
  await expect(runInTurns(work())).rejects.toThrow('it cannot be done')
})
