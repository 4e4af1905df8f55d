import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatAddress, parseAddress } from '../../src/core/address.ts'
import { AddressError } from '../../src/core/errors.ts'

test('an address is split at its first slash: a name may hold anything', () => {
  expect(parseAddress('api/orders/v1')).toEqual({ type: 'api', name: 'orders/v1' })
  expect(parseAddress('a//')).toEqual({ type: 'a', name: '/' })
})

test('what is joined is split again', () => {
  const type = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => !text.includes('/'))
  fc.assert(
    fc.property(type, fc.string({ minLength: 1, unit: 'binary' }), (left, right) => {
      expect(parseAddress(formatAddress(left, right))).toEqual({ type: left, name: right })
    }),
  )
})

test.each(['', 'api', '/', '/orders', 'api/'])('%j is no address', (address) => {
  expect(() => parseAddress(address)).toThrow(AddressError)
  expect(() => parseAddress(address)).toThrow(`${JSON.stringify(address)} is no address: expected "type/name"`)
})

test.each([['', 'x'], ['a/b', 'x'], ['a', '']])('the type %j and the name %j are no address', (type, name) => {
  expect(() => formatAddress(type, name)).toThrow(AddressError)
})

test('the error holds the address', () => {
  try {
    parseAddress('nothing')
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ code: 'address', address: 'nothing', name: 'AddressError' })
  }
})
