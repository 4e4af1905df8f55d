import { expect, test } from 'vitest'
import { environment } from '../../src/node/environment.ts'

test('variables that are set are values, others are named', () => {
  const resolve = environment({ TOKEN: 'abc', EMPTY: '' })
  expect([resolve('TOKEN'), resolve('EMPTY')]).toEqual(['abc', ''])
  expect(() => resolve('OTHER')).toThrow('OTHER is not set')
  expect(() => resolve('constructor')).toThrow('constructor is not set')
})

test('the process is the default', () => {
  expect(environment()('PATH')).toBe(process.env['PATH'])
})
