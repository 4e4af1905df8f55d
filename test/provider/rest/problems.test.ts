import { describe, expect, it } from 'vitest'
import type { FindProblem } from '../../../src/provider/rest/index.ts'
import { contextOf, scriptApi } from './script-api.ts'

const context = contextOf()
const inputs = { name: 'a', kind: 'big' }

/** The body decides, whatever the status says. */
const findProblem: FindProblem = (body, status, { path }) => {
  const { fault, fields = {}, missing } = (body ?? {}) as { readonly fault?: string; readonly fields?: Record<string, string>; readonly missing?: boolean }
  if (missing === true) return { message: `nothing at ${path}`, fields: [], kind: 'not-found' }
  if (status >= 500) return fault === undefined ? undefined : { message: fault, fields: [], kind: 'conflict' }
  return fault === undefined ? undefined : { message: fault, fields: Object.entries(fields).map(([field, reason]) => ({ path: field, reason })) }
}

describe('a problem that the body tells', () => {
  it('names fields as the inputs do: without the envelope, by their own names', async () => {
    const { type } = scriptApi({ envelope: 'thing', renamed: { kind: 'type' } }, () => ({ body: { fault: 'refused', fields: { 'thing.type': 'is unknown', 'thing.name': 'is taken', 'thing.deep.type': 'is odd' } } }), { findProblem })
    const fields = [{ path: 'kind', reason: 'is unknown' }, { path: 'name', reason: 'is taken' }, { path: 'deep.type', reason: 'is odd' }]
    await expect(type.create({ name: 'x', inputs }, context)).rejects.toMatchObject({ kind: 'fatal', fields, message: 'POST /things: refused: kind is unknown; name is taken; deep.type is odd' })
  })
  it('with a status names them too', async () => {
    const { type } = scriptApi({ envelope: 'thing', renamed: { kind: 'type' } }, () => ({ status: 422, body: { title: 'Invalid', invalid_parameters: [{ field: 'type', reason: 'is unknown' }] } }))
    await expect(type.create({ name: 'x', inputs }, context)).rejects.toMatchObject({ fields: [{ path: 'kind', reason: 'is unknown' }], message: 'POST /things: 422 Invalid: kind is unknown' })
  })
  it('makes a failed server definite where it explains itself, and only there', async () => {
    const explained = scriptApi({}, () => ({ status: 500, body: { fault: 'in use by rule 7' } }), { findProblem })
    await expect(explained.type.delete({ id: '1', name: 'x', outputs: {} }, context)).rejects.toMatchObject({ kind: 'conflict', status: 500, message: 'DELETE /things/1: 500 in use by rule 7' })
    const silent = scriptApi({}, () => ({ status: 500, body: { message: 'sorry' } }), { findProblem })
    await expect(silent.type.delete({ id: '1', name: 'x', outputs: {} }, context)).rejects.toMatchObject({ kind: 'ambiguous', message: 'DELETE /things/1: 500 sorry' })
  })
  it('is asked for with a body that is no JSON too', async () => {
    const { type } = scriptApi({}, () => ({ status: 500, body: undefined }), { findProblem: (body, status) => (body === undefined ? { message: 'gone mad', fields: [], kind: status === 500 ? 'fatal' : 'conflict' } : undefined) })
    await expect(type.delete({ id: '1', name: 'x', outputs: {} }, context)).rejects.toMatchObject({ kind: 'fatal', message: 'DELETE /things/1: 500 gone mad' })
  })
  it('may be that the object is not there', async () => {
    const { type } = scriptApi({}, () => ({ body: { missing: true } }), { findProblem })
    expect(await type.read({ id: '1' }, context)).toBeUndefined()
    await expect(type.delete({ id: '1', name: 'x', outputs: {} }, context)).rejects.toMatchObject({ kind: 'not-found', message: 'DELETE /things/1: nothing at /things/1' })
  })
})
