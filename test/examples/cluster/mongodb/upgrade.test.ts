import { describe, expect, it } from 'vitest'
import { setFeatureCompatibility } from '../../../../examples/cluster/engines/mongodb/feature-compatibility.ts'
import { compareSeries, isReachable, seriesOf } from '../../../../examples/cluster/engines/mongodb/series.ts'
import { context, fakeCluster, type FakeCluster } from './fake-cluster.ts'

// Against a fake: the real mongod was not available, see fake-cluster.ts.

const params = ({ cluster }: FakeCluster, version?: string): Parameters<typeof setFeatureCompatibility.run>[0] => ({ ...(version !== undefined && { version }), members: [...cluster.instances], routers: [], waitMs: 2_000 })
const [path] = setFeatureCompatibility.checks

it('versions go up, and no major version is left out', () => {
  expect(seriesOf('8.0.4')).toBe('8.0')
  expect(['8.0', '10.0', '8.2', '4.4'].sort(compareSeries)).toEqual(['4.4', '8.0', '8.2', '10.0'])
  const reachable = (from: string): readonly string[] => ['4.2', '4.4', '5.0', '6.0', '7.0', '8.0', '8.2', '9.0'].filter((to) => isReachable(from, to))
  expect(reachable('4.2')).toEqual(['4.2', '4.4'])
  expect(reachable('4.4')).toEqual(['4.4', '5.0'])
  expect(reachable('7.0')).toEqual(['7.0', '8.0'])
  expect(reachable('8.0')).toEqual(['8.0', '8.2', '9.0'])
  expect(reachable('8.2')).toEqual(['8.2', '9.0'])
})

describe('setFeatureCompatibility of one instance', () => {
  it('refuses what would not start, before anything is touched', async () => {
    const fake = await fakeCluster('standalone', { m: '' }, '6.0.18')
    await fake.start()
    expect(await path?.run(params(fake, '8.0'), context)).toBe('m runs 6.0, and 8.0 is too far ahead of that; upgrade to one major version after the other, each to its .0 first')
    expect(await path?.run(params(fake, '5.0'), context)).toBe('m runs 6.0, and 5.0 is older; mongodb is not downgraded, take 6.0 or a later version')
    expect(await path?.run(params(fake), context)).toMatchObject({ status: 'warning', message: expect.stringContaining('not downloaded yet') as string })
    await fake.kill('m')
    await fake.start(['m'], '7.0.14')
    const gap = 'm runs 7.0, and its data is still compatible with 6.0; once you are sure of 7.0, send { setFeatureCompatibilityVersion: "7.0", confirm: true }, then upgrade'
    expect(await path?.run(params(fake, '8.0'), context)).toBe(gap)
    expect(await path?.run(params(fake), context)).toBe(gap)
    // What was cut off after its last instance may be planned anew.
    expect(await path?.run(params(fake, '7.0'), context)).toMatchObject({ status: 'passed', message: '6.0 becomes 7.0' })
    // The fake does as the real one: that was no idle warning.
    await fake.kill('m')
    await expect(fake.start(['m'], '8.0.4')).rejects.toThrow('m ended with code 62')
  })

  it('sets what they all run, and takes it back; older servers know no confirm', async () => {
    const fake = await fakeCluster('standalone', { m: '' }, '5.0.31')
    await fake.start()
    await fake.kill('m')
    await fake.start(['m'], '6.0.18')
    expect(await setFeatureCompatibility.isDone(params(fake), context)).toBe(false)
    fake.break({ command: 'setFeatureCompatibilityVersion', kind: 'lost reply' })
    expect(await setFeatureCompatibility.run(params(fake), context)).toMatchObject({ value: { before: '5.0' }, changes: [{ before: '5.0', after: '6.0' }] })
    expect(fake.world(({ history }) => history)).toEqual(['setFeatureCompatibilityVersion'])
    await setFeatureCompatibility.undo(params(fake), { ...context, result: { value: { before: '5.0' } } })
    expect(await setFeatureCompatibility.isDone(params(fake, '5.0'), context)).toBe(true)
    await expect(setFeatureCompatibility.run(params(fake, '8.0'), context)).rejects.toThrow('Invalid feature compatibility version value 8.0; expected 5.0 or 6.0')
  })
})
