import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Schedule } from '../../../src/core/run/schedule.ts'

const priorities = (size: number): Float64Array => new Float64Array(size)

describe('limits', () => {
  it('hold for a group, and leave the rest of the run alone', () => {
    const schedule = new Schedule(priorities(5), 10, { capacities: [1], of: (step) => (step < 3 ? [0] : []) })
    for (let step = 0; step < 5; step++) schedule.push(step)
    expect([schedule.take(), schedule.take(), schedule.take(), schedule.take()]).toEqual([0, 3, 4, undefined])
    schedule.release(0)
    expect([schedule.take(), schedule.take()]).toEqual([1, undefined])
  })
  it('pass a place on that its first candidate cannot take', () => {
    // 0 holds both groups; 1 waits for both, 2 only for the first.
    const groups = [[0, 1], [0, 1], [0], [1]]
    const schedule = new Schedule(priorities(4), 10, { capacities: [1, 1], of: (step) => groups[step] as number[] })
    for (const step of [0, 1, 2, 3]) schedule.push(step)
    expect(schedule.take()).toBe(0)
    expect(schedule.take()).toBeUndefined()
    schedule.release(0)
    const next = [schedule.take(), schedule.take()]
    expect(next).toEqual([1, undefined])
    schedule.release(1)
    expect([schedule.take(), schedule.take()].sort()).toEqual([2, 3])
  })
  it('never leave a step behind, and never let one too many run', () => {
    const cases = fc.record({
      groups: fc.array(fc.uniqueArray(fc.nat(3), { maxLength: 3 }), { minLength: 1, maxLength: 25 }),
      capacities: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: 4 }),
      concurrency: fc.integer({ min: 1, max: 6 }),
      picks: fc.array(fc.nat(100), { minLength: 60, maxLength: 60 }),
    })
    fc.assert(
      fc.property(cases, ({ groups, capacities, concurrency, picks }) => {
        const schedule = new Schedule(priorities(groups.length), concurrency, { capacities, of: (step) => groups[step] as number[] })
        groups.forEach((_, step) => schedule.push(step))
        const running: number[] = []
        const done = new Set<number>()
        for (const pick of picks) {
          for (let step = schedule.take(); step !== undefined; step = schedule.take()) running.push(step)
          expect(running.length).toBeLessThanOrEqual(concurrency)
          for (const [group, capacity] of capacities.entries()) expect(running.filter((step) => groups[step]?.includes(group)).length).toBeLessThanOrEqual(capacity)
          // Nothing that could run waits.
          const waiting = groups.map((_, step) => step).filter((step) => !done.has(step) && !running.includes(step))
          const fits = (step: number): boolean => (groups[step] as number[]).every((group) => running.filter((other) => groups[other]?.includes(group)).length < (capacities[group] as number))
          if (running.length < concurrency) expect(waiting.filter(fits)).toEqual([])
          if (running.length === 0) break
          const [ended] = running.splice(pick % running.length, 1) as [number]
          done.add(ended)
          schedule.release(ended)
        }
        expect(done.size).toBe(groups.length)
      }),
      { numRuns: 300 },
    )
  })
})

describe('a backend that says that it is too much', () => {
  it('gets half as many at once, once for what was under way, and more again as it takes them', () => {
    const schedule = new Schedule(priorities(100), 8)
    for (let step = 0; step < 100; step++) schedule.push(step)
    const takeAll = (): number[] => {
      const taken: number[] = []
      for (let step = schedule.take(); step !== undefined; step = schedule.take()) taken.push(step)
      return taken
    }
    const first = takeAll()
    expect(first.length).toBe(8)
    for (const step of first) {
      schedule.backOff()
      schedule.release(step)
    }
    const second = takeAll()
    expect(second.length).toBe(4)
    for (const step of second) {
      schedule.recover()
      schedule.release(step)
    }
    expect(takeAll().length).toBe(4)
    for (let call = 0; call < 40; call++) schedule.recover()
    expect(takeAll().length + 4).toBe(8)
  })
})
