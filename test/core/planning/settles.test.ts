import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Action } from '../../../src/core/action.ts'
import { EdgeList, buildGraph } from '../../../src/core/graph.ts'
import { findCycle } from '../../../src/core/graph-order.ts'
import { addSettles, dropIdleSettles, removeSettles, type SettleInput } from '../../../src/core/planning/settles.ts'
import { runWhole } from '../../../src/core/portion.ts'

/** `groupOf` is told by the type: `a`, `b` and `c` are groups, `none` is of none. */
const groupOf = (type: string): string | undefined => (type === 'none' ? undefined : type)
const groups: SettleInput['groups'] = { a: {}, b: { after: ['a'] }, c: {} }

const write = (address: Action['address'], more: { readonly after?: readonly Action['address'][]; readonly call?: 'create' | 'update' | 'delete' | 'forget'; readonly settleBefore?: boolean; readonly phase?: string } = {}): Action => {
  const { after = [], call = 'create', settleBefore, phase } = more
  return {
    address,
    kind: call,
    changes: [],
    steps: [{ key: `${call}:${address}`, call, after: after.map((other) => `${call}:${other}`) }],
    fingerprint: 'absent',
    dependsOn: [],
    ...(settleBefore === true && { settleBefore }),
    ...(phase !== undefined && { phase }),
  }
}

const settle = (actions: readonly Action[], more: Partial<SettleInput> = {}): readonly Action[] => runWhole(addSettles(actions, { groups, groupOf, ...more }))
const tell = (actions: readonly Action[]): readonly string[] => actions.map(({ address, steps: [step] }) => `${address}${step?.settledBy === undefined ? '' : ` by ${step.settledBy.replace('settle:settle/', '')}`}${step === undefined || step.after.length === 0 ? '' : ` after ${step.after.map((key) => key.slice(key.indexOf(':') + 1)).sort().join(', ')}`}`)

describe('what settles a plan', () => {
  it('comes once for each group with a write, after those that are settled before it', () => {
    expect(tell(settle([write('b/1'), write('none/1'), write('a/1'), write('a/2', { call: 'delete' })]))).toEqual(['b/1 by b', 'none/1', 'a/1 by a', 'a/2 by a', 'settle/a', 'settle/b after settle/a'])
  })
  it('is nothing where nothing is written, or nothing has to be settled', () => {
    const actions = [write('none/1'), write('a/1', { call: 'forget' }), { ...write('a/2'), steps: [], blocked: { reason: 'protected', message: '' } } as Action]
    expect(settle(actions)).toBe(actions)
    expect(settle([write('a/1')], { groups: {} })).toEqual([write('a/1')])
  })
  it('splits a group where something waits until what it depends on is settled', () => {
    const actions = settle([write('a/1'), write('a/2', { after: ['a/1'], settleBefore: true }), write('a/3')])
    expect(tell(actions)).toEqual(['a/1 by a#1', 'a/3 by a#1', 'settle/a#1', 'a/2 by a#2 after a/1, settle/a#1', 'settle/a#2 after settle/a#1'])
  })
  it('settles together what nobody waits for', () => {
    const actions = settle([write('a/1'), write('c/1', { after: ['a/1'], settleBefore: true }), write('a/2', { after: ['c/1'] }), write('c/2')])
    expect(tell(actions)).toEqual(['a/1 by a#1', 'settle/a#1', 'c/1 by c after a/1, settle/a#1', 'a/2 by a#2 after c/1', 'c/2 by c', 'settle/a#2 after settle/a#1', 'settle/c'])
  })
  it('waits the other way round where something goes', () => {
    const actions = settle([write('c/1', { call: 'delete', settleBefore: true }), write('a/1', { call: 'delete', after: ['c/1'] })])
    expect(tell(actions)).toEqual(['c/1 by c', 'settle/c', 'a/1 by a after c/1, settle/c', 'settle/a'])
    const taken = settle([write('c/1', { call: 'update', settleBefore: true }), write('a/1', { call: 'update', after: ['c/1'] })], { isRollback: true })
    expect(tell(taken)).toEqual(tell(actions))
  })
  it('ends each phase that writes', () => {
    const actions = settle([write('a/1', { phase: 'one' }), write('b/1', { phase: 'one' }), write('a/2', { phase: 'two', after: ['a/1'], settleBefore: true })], { phases: ['one', 'two'] })
    expect(tell(actions.filter(({ phase }) => phase === 'one'))).toEqual(['a/1 by a#1', 'b/1 by b', 'settle/a#1', 'settle/b after settle/a#1'])
    expect(tell(actions.filter(({ phase }) => phase === 'two'))).toEqual(['a/2 by a#2 after a/1, settle/a#1', 'settle/a#2 after settle/a#1'])
  })
  it('has what earlier runs left, with the reason, together with what is written there now', () => {
    const actions = settle([write('a/1')], { unsettled: ['a', 'c', 'gone'] })
    const reason = 'something was written before that is not effective yet'
    expect(actions.map(({ address, reason: why }) => [address, why])).toEqual([['a/1', undefined], ['settle/a', reason], ['settle/c', reason]])
  })
  it('comes first for what earlier runs left, where something waits until that is settled', () => {
    const late = { ...write('c/1', { settleBefore: true }), dependsOn: ['a/old' as const] }
    expect(tell(settle([late, write('a/1')], { unsettled: ['a'] }))).toEqual(['settle/a#1', 'c/1 by c after settle/a#1', 'a/1 by a#2', 'settle/a#2 after settle/a#1', 'settle/c'])
  })
  it('stands with its phase, whatever waits for it', () => {
    const actions = settle([write('c/1', { phase: 'one' }), write('a/1', { phase: 'one' }), write('a/2', { phase: 'two', after: ['a/1'], settleBefore: true }), write('none/1', { phase: 'two' })], { phases: ['one', 'two'], unsettled: ['b'] })
    expect(actions.map(({ address, phase }) => `${address} ${phase}`)).toEqual(['c/1 one', 'a/1 one', 'settle/a#1 one', 'settle/b one', 'settle/c one', 'a/2 two', 'none/1 two', 'settle/a#2 two'])
  })
  it('is found for more writes than a call can have arguments', () => {
    const many = Array.from({ length: 130_000 }, (_, index) => write(`a/${index + 2}`))
    const actions = settle([write('a/0'), write('c/1', { after: ['a/0'], settleBefore: true }), ...many])
    expect(actions.filter(({ kind }) => kind === 'settle').map(({ address }) => address)).toEqual(['settle/a', 'settle/c'])
  })
  it('goes with what it settles', () => {
    const whole = settle([write('a/1'), write('c/1', { after: ['a/1'], settleBefore: true })], { unsettled: ['b'] })
    expect(removeSettles(whole)).toEqual([write('a/1'), write('c/1', { after: ['a/1'], settleBefore: true })])
    const part = dropIdleSettles(whole.filter(({ address }) => address !== 'a/1'))
    expect(tell(part)).toEqual(['c/1 by c after a/1', 'settle/b', 'settle/c'])
  })
})

describe('whatever waits for whatever', () => {
  const node = fc.record({ type: fc.constantFrom('a', 'b', 'c', 'none'), after: fc.array(fc.nat(20), { maxLength: 3 }), settleBefore: fc.boolean() })
  const graphs = fc.array(node, { minLength: 1, maxLength: 14 }).map((nodes) => {
    const addresses = nodes.map(({ type }, index) => `${type}/${index}` as const)
    return nodes.map(({ after, settleBefore }, index) => write(addresses[index] as Action['address'], { settleBefore, after: index === 0 ? [] : [...new Set(after.map((each) => addresses[each % index] as Action['address']))] }))
  })

  it('there is no cycle, each write is settled after it, and what waits for that comes later', () => {
    fc.assert(
      fc.property(graphs, fc.subarray(['a', 'b', 'c']), (graph, unsettled) => {
        // Every third one depends on something that nobody changes now.
        const actions = graph.map((action, index): Action => ({ ...action, dependsOn: index % 3 === 2 ? ['a/old'] : [] }))
        const settled = settle(actions, { unsettled })
        for (const group of unsettled) expect(settled.some(({ settles, reason }) => settles === group && reason !== undefined)).toBe(true)
        for (const { settleBefore, dependsOn, steps: [step] } of settled) if (settleBefore === true && dependsOn.length > 0 && unsettled.includes('a')) expect(step?.after.some((key) => key.startsWith('settle:settle/a'))).toBe(true)
        const steps = settled.flatMap((action) => action.steps)
        const indexOf = new Map(steps.map(({ key }, index) => [key, index]))
        const edges = new EdgeList()
        for (const [index, { key, after, settledBy }] of steps.entries()) {
          for (const other of after) edges.add(index, indexOf.get(other) as number)
          if (settledBy !== undefined) edges.add(indexOf.get(settledBy) as number, indexOf.get(key) as number)
        }
        expect(findCycle(runWhole(buildGraph(steps.length, edges)))).toBeUndefined()
        for (const action of actions) {
          const step = steps[indexOf.get(action.steps[0]?.key as string) as number]
          expect(step?.settledBy === undefined).toBe(action.address.startsWith('none/'))
          if (action.settleBefore !== true) continue
          for (const key of action.steps[0]?.after ?? []) {
            const settler = steps[indexOf.get(key) as number]?.settledBy
            if (settler !== undefined) expect(step?.after).toContain(settler)
          }
        }
        // In an order in which they could run one by one.
        const position = new Map(settled.flatMap((action, index) => action.steps.map(({ key }) => [key, index] as const)))
        for (const { key, after, settledBy } of steps) {
          for (const other of after) expect(position.get(other)).toBeLessThan(position.get(key) as number)
          if (settledBy !== undefined) expect(position.get(settledBy)).toBeGreaterThan(position.get(key) as number)
        }
        const names = settled.flatMap(({ settles }) => settles ?? [])
        // What is left over of a group that comes after another one has that settled for itself.
        if (!unsettled.includes('b') && actions.every(({ settleBefore }) => settleBefore !== true)) expect(new Set(names).size).toBe(names.length)
      }),
      { numRuns: 500 },
    )
  })
})
