import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Action } from '../../src/core/action.ts'
import type { Plan } from '../../src/core/plan.ts'
import { planFromText, planToText, readPlan, writePlan } from '../../src/store/plan-text.ts'
import { samplePlan } from '../format/sample-plan.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const text = await planToText(samplePlan)
const refusal = (pieces: Iterable<string>): Promise<unknown> => readPlan(pieces, 'plan.json').catch((error: Error) => ({ ...error, message: error.message }))

/** A plan of another text, with the digest that it has to have. */
function seal(body: string): string {
  return `${body},"sha256":"${sha256(body)}"}\n`
}

function makeLarge(count: number): Plan {
  const action = samplePlan.actions[1] as Action
  return { ...samplePlan, actions: Array.from({ length: count }, (_, index) => ({ ...action, address: `api/ä😀${index}` as const })) }
}

describe('a plan as text', () => {
  test('the digest is over all bytes before it', async () => {
    const at = text.lastIndexOf(',"sha256"')
    expect(JSON.parse(text)).toHaveProperty('sha256', sha256(text.slice(0, at)))
    expect(await planToText(await planFromText(text))).toBe(text)
  })

  test('an altered one is refused, whatever else is wrong with it then', async () => {
    await expect(planFromText(text.replace('"id":"p1"', '"id":"p2"'), 'plan.json')).rejects.toMatchObject({ code: 'plan-refused', reason: 'altered', message: expect.stringContaining('plan.json') as string })
    for (const altered of [text.replace('"kind":"forget"', '"kind":"forgive"'), text.replace('\n{"address":"api/a"', '\n"address":"api/a"'), text.replace('"summary"', '"sunmary"'), text.replace('},\n', '}\n')]) {
      expect(altered).not.toBe(text)
      expect(await refusal([altered])).toMatchObject({ code: 'plan-refused', reason: 'altered' })
    }
    await expect(planFromText(text.slice(0, -20))).rejects.toMatchObject({ reason: 'truncated' })
  })

  test('one with the digest of what is no plan is refused with the line', async () => {
    const lines = text.slice(0, text.lastIndexOf(',"sha256"')).split('\n')
    const last = lines.length
    expect(await refusal([seal([...lines.slice(0, -1), '],"summary":{}'].join('\n'))])).toMatchObject({ code: 'format', line: last, message: expect.stringMatching(/^plan, line 4: summary.*plan\.json/) as string })
    expect(await refusal([seal([lines[0], '{}', ...lines.slice(1)].join('\n'))])).toMatchObject({ code: 'format', line: 2 })
    expect(await refusal([seal(lines[0] as string)])).toMatchObject({ code: 'format', line: 1 })
  })
})

describe('in pieces', () => {
  test('cut anywhere, in the middle of a character too, it is the same plan', async () => {
    const odd = await planToText({ ...samplePlan, id: '😀', warnings: [{ code: 'w', message: 'ä😀\u2028' }] })
    const expected = await planFromText(odd)
    for (let at = 0; at <= odd.length; at += 17) expect(await readPlan([odd.slice(0, at), odd.slice(at)])).toEqual(expected)
    expect(await readPlan(odd.split(''))).toEqual(expected)
  })

  test('cut anywhere, it is refused for the same reason', async () => {
    const given = [text.replace('"version":1', '"version":2'), text.slice(0, -5), text.slice(0, 30), text.replace('prod', 'prid'), JSON.stringify(JSON.parse(text), null, 1), '{"format":"convergent.state"}', '', 'apis: []', ` ${text}`]
    for (const each of given) expect(await refusal(each.split(''))).toEqual(await refusal([each]))
    expect(new Set(await Promise.all(given.map(async (each) => ((await refusal([each])) as Error).message))).size).toBe(8)
  })

  test('what is written is what is read, for any number of actions', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(3_000), fc.string({ unit: 'grapheme' }), async (count, id) => {
        const plan: Plan = { ...makeLarge(count), id }
        expect(await readPlan(writePlan(plan))).toEqual(plan)
      }),
      { numRuns: 10 },
    )
  })

  test('the pieces are small ones, make up the text, and end with its digest', async () => {
    const plan = makeLarge(5_000)
    const pieces = writePlan(plan)
    const found: string[] = []
    for (let next = await pieces.next(); ; next = await pieces.next()) {
      if (next.done === true) {
        expect(found.join('').endsWith(`,"sha256":"${next.value}"}\n`)).toBe(true)
        break
      }
      found.push(next.value)
    }
    expect(found.join('')).toBe(await planToText(plan))
    expect(found.length).toBeGreaterThan(5)
    expect(Math.max(...found.map(({ length }) => length))).toBeLessThan(70_000)
  })

  test('an error of what they come from ends the reading', async () => {
    const broken = async function* (): AsyncGenerator<string> {
      yield text
      throw new Error('the disk is gone')
    }
    await expect(readPlan(broken())).rejects.toThrow('the disk is gone')
  })

  test('the event loop has its turns', async () => {
    const plan = makeLarge(20_000)
    let turns = 0
    let isOver = false
    const count = (): void => {
      turns += 1
      if (!isOver) setImmediate(count)
    }
    count()
    const pieces: string[] = []
    const seen: number[] = []
    for await (const piece of writePlan(plan)) {
      pieces.push(piece)
      seen.push(turns)
    }
    const give = function* (): Generator<string> {
      for (const piece of pieces) {
        seen.push(turns)
        yield piece
      }
    }
    // The digest at the end has turns of its own.
    expect((seen.at(-2) as number) - (seen[0] as number)).toBeGreaterThan(5)
    const before = turns
    await readPlan(give())
    isOver = true
    expect((seen.at(-1) as number) - before).toBeGreaterThan(10)
  })
})
