import { describe, expect, it } from 'vitest'
import type { Action } from '../../../src/core/action.ts'
import type { Fields, Path } from '../../../src/core/json.ts'
import { restoreInputs } from '../../../src/core/rollback/before.ts'

/** What brings back an object that showed `outputs` before a change of these places to `inputs`. */
function restore(outputs: Fields, inputs: Fields, ...paths: readonly Path[]): Fields {
  const action: Action = { address: 'thing/a', kind: 'update', inputs, changes: paths.map((path) => ({ path })), steps: [], fingerprint: '', dependsOn: [] }
  return restoreInputs(action, { address: 'thing/a', id: '1', inputs, outputs: inputs, dependsOn: [] }, { id: '1', outputs }, {}, new Map())
}

describe('a change that is taken back', () => {
  it('of a place in what was not there unsets the outermost part that was not', () => {
    const inputs = { settings: { deep: { er: { most: 1, least: 0 } }, kept: true } }
    const places = [['settings', 'deep', 'er', 'most'], ['settings', 'deep', 'er', 'least']]
    expect(restore({ settings: { kept: true } }, inputs, ...places)).toEqual({ settings: { deep: null, kept: true } })
    expect(restore({ settings: { deep: {}, kept: true } }, inputs, ...places)).toEqual({ settings: { deep: { er: null }, kept: true } })
    expect(restore({}, inputs, ...places)).toEqual({ settings: null })
  })
  it('of a place that was there has what was there', () => {
    const inputs = { settings: { deep: { most: 1, least: 0 } } }
    expect(restore({ settings: { deep: { most: 9 } } }, inputs, ['settings', 'deep', 'most'], ['settings', 'deep', 'least'])).toEqual({ settings: { deep: { most: 9, least: null } } })
  })
})
