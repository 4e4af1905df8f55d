import { describe, expect, it } from 'vitest'
import { parseBenchOptions, PARTS } from './bench-options.ts'
import { bundleEntry } from './bundle.ts'
import { growthExponent, listSizes } from './growth.ts'
import { firstCome, levelBarriers, longestPathFirst } from './list-schedule.ts'
import { boundOf, drawNetworks, type Network } from './network.ts'
import { performApart } from './perform.ts'
import { runBench } from './run-bench.ts'
import { makeScratch } from './scratch.ts'
import { dependenciesOf, SHAPES } from './shape.ts'
import { formatReport } from './table.ts'
import { PHASES } from './task.ts'

describe('the bench', () => {
  it('runs whole at a small size, and every part of it has rows', async () => {
    const options = parseBenchOptions(['--small', '--only', PARTS.filter((part) => part !== 'peers').join(',')])
    if (options === undefined) throw new Error('these options ask for no help')
    const report = await runBench(options, () => undefined)

    const rowsOf = (part: string) => report.sections.filter((section) => section.part === part).flatMap(({ rows }) => rows)
    expect(rowsOf('phases')).toHaveLength(PHASES.reduce((sum, { shapes }) => sum + shapes.length, 0) * 2)
    expect(rowsOf('limit')).toHaveLength(6)
    expect(rowsOf('makespan')).toHaveLength(10)
    expect(rowsOf('loop')).toHaveLength(6)
    expect(report.sections.flatMap(({ rows }) => rows).flatMap(({ note }) => note ?? [])).toEqual([])

    for (const row of rowsOf('phases')) {
      expect(row['µs/action']).toBeGreaterThan(0)
      expect(row['peak MB']).toBeGreaterThan(0)
      if (row['size'] === 1_000) expect(row['exponent'], `${row['phase']}, ${row['shape']}`).toSatisfy(Number.isFinite)
    }
    for (const row of rowsOf('makespan')) expect(row['engine']).toBeGreaterThan(0.99)
    expect(report.noise.count).toBeGreaterThan(10)
    expect(report.verdicts.length).toBeGreaterThan(10)
    const text = formatReport(report)
    for (const { title } of report.sections) expect(text).toContain(title)
    expect(JSON.parse(JSON.stringify(report))).toMatchObject({ options: { max: 1_000, small: true } })
  })

  it('says what it skips', async () => {
    const report = await runBench({ max: 1_000, only: new Set(['plan']), small: true, minutes: 1e-9, json: undefined }, () => undefined)
    const notes = report.sections.flatMap(({ rows }) => rows).map(({ note }) => String(note))
    expect(notes.length).toBeGreaterThan(5)
    expect(notes.filter((note) => !note.startsWith('not run: '))).toEqual([])
  })

  it('measures in a process of its own, and says why one failed', async () => {
    const scratch = await makeScratch()
    try {
      const perform = performApart(await bundleEntry('child', scratch.folder))
      const task = { kind: 'phase', phase: 'plan create', shape: 'hub', size: 100, rounds: 2, atLeastMs: 0, warmMs: 0 } as const
      const measured = await perform(task, 30_000)
      expect(measured.roundsMs).toHaveLength(2)
      expect(measured).toMatchObject({ actions: 100, requests: 1 })
      await expect(perform({ ...task, phase: 'plan nothing' }, 30_000)).rejects.toThrow('there is no phase "plan nothing"')
      await expect(perform(task, 1)).rejects.toThrow('ended after 0 s')
    } finally {
      await scratch.remove()
    }
  })

  it('refuses what it does not know', () => {
    expect(() => parseBenchOptions(['--only', 'plans'])).toThrow('there is no part "plans"')
    expect(() => parseBenchOptions(['--max', 'many'])).toThrow('--max: expected a number above 0, found "many"')
    expect(parseBenchOptions(['--help'])).toBeUndefined()
  })
})

describe('what it measures with', () => {
  it('computes exponents', () => {
    expect(growthExponent({ size: 100, ms: 1 }, { size: 1_000, ms: 10 })).toBeCloseTo(1)
    expect(growthExponent({ size: 100, ms: 1 }, { size: 1_000, ms: 100 })).toBeCloseTo(2)
    expect(listSizes(10_000)).toEqual([100, 1_000, 10_000])
  })

  it('declares shapes whose dependencies stand before', () => {
    for (const shape of SHAPES)
      for (let at = 0; at < 250; at++) {
        const before = dependenciesOf(shape, at, 250)
        expect(before.every((each) => each >= 0 && each < at)).toBe(true)
        expect(new Set(before).size).toBe(before.length)
      }
    expect(Math.max(...Array.from({ length: 250 }, (_, at) => dependenciesOf('layered', at, 250).length))).toBe(2)
  })

  it('plays schedules through', () => {
    // Two chains of 2 and 3, and one of 1 beside them, two at a time.
    const network: Network = { name: 'by hand', dependencies: [[], [0], [], [2], [3], []], durationsMs: [1, 1, 2, 2, 2, 1] }
    expect(boundOf(network, 2)).toBe(6)
    expect(boundOf(network, 1)).toBe(9)
    expect(longestPathFirst(network, 2)).toBe(6)
    expect(firstCome(network, 1)).toBe(9)
    // Levels {0, 2, 5}, {1, 3}, {4}: 2 + 2 + 2.
    expect(levelBarriers(network, 2)).toBe(6)
    expect(levelBarriers({ ...network, durationsMs: [1, 5, 2, 2, 2, 1] }, 2)).toBe(9)
    for (const drawn of drawNetworks(200, 3)) for (const schedule of [firstCome, levelBarriers, longestPathFirst]) expect(schedule(drawn, 10)).toBeGreaterThanOrEqual(boundOf(drawn, 10) * (1 - 1e-9))
  })
})
