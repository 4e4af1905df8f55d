import { describe, expect, it } from 'vitest'
import { ProviderError, type FaultKind } from '../../../src/core/errors.ts'
import { deleteSurely } from '../../../src/provider/rest/delete.ts'
import { contextOf, scriptApi, type Answer } from './script-api.ts'

const own404 = { body: { message: 'not there' }, status: 404 }

/** A type whose deletes are answered so, and whose reads are answered so afterwards. */
function keepOne({ deleted, read, more = {} }: { readonly deleted: Answer; readonly read: Answer; readonly more?: object }) {
  const { type, asked } = scriptApi({ idFrom: ({ name }) => String(name), replies: 'none', endpoints: { delete: ({ id }) => ({ method: 'POST', path: `/gone/${id}`, body: {} }) }, ...more }, (path) => (path.startsWith('/gone') ? deleted : read))
  const remove = async (signal = new AbortController().signal): Promise<unknown> => type.delete({ id: 'a', name: 'x', outputs: {} }, { ...contextOf(), signal }).then(() => 'done', ({ kind, message }: ProviderError) => [kind, message.replace('POST /gone/a: ', '')])
  return { remove, calls: () => asked.map(({ call }) => call) }
}

const there: Answer = { body: { id: 'a', name: 'a' } }

describe('a delete', () => {
  it('that the API refuses is done where the object is gone all the same, and else refused as it was', async () => {
    const refused: Answer = { body: { message: 'in use' }, status: 422 }
    expect(await keepOne({ deleted: refused, read: own404 }).remove()).toBe('done')
    expect(await keepOne({ deleted: refused, read: there }).remove()).toEqual(['fatal', '422 in use'])
  })
  it.each<[string, Answer]>([['503', { body: {}, status: 503 }], ['403', { body: {}, status: 403 }], ['no answer', 'reset']])('that is refused stays so where nobody can see what is there (%s)', async (_, read) => {
    expect(await keepOne({ deleted: { body: { message: 'in use' }, status: 422 }, read }).remove()).toEqual(['fatal', '422 in use'])
  })
  it.each([404, 410])('of what is not there is told as it is, and nothing is looked at (%i)', async (status) => {
    const { remove, calls } = keepOne({ deleted: { body: { message: 'no such thing' }, status }, read: there })
    expect(await remove()).toEqual(['not-found', `${status} no such thing`])
    expect(calls()).toEqual(['POST /gone/a'])
  })
  it.each([[503, 'retryable'], [500, 'ambiguous'], [409, 'conflict']])('that failed for now is not judged by what is there (%i)', async (status, kind) => {
    const { remove, calls } = keepOne({ deleted: { body: { message: 'no' }, status }, read: own404 })
    expect([await remove(), calls().some((call) => call.startsWith('GET'))]).toEqual([[kind, `${status} no`], false])
  })
  it('asks first, and sends nothing where it may not be', async () => {
    const beforeDelete = async (): Promise<void> => {
      throw new ProviderError('fatal', 'others keep things in it')
    }
    const { remove, calls } = keepOne({ deleted: { body: {} }, read: there, more: { beforeDelete } })
    expect([await remove(), calls()]).toEqual([['fatal', 'others keep things in it'], ['GET /things/a']])
  })
})

describe('a delete that did not find something', () => {
  const deleteWith = (kind: FaultKind, isThere: () => Promise<boolean>, isAborted = false) => {
    const signal = isAborted ? AbortSignal.abort() : new AbortController().signal
    const remove = (): Promise<never> => Promise.reject(new ProviderError(kind, 'no such connection'))
    return deleteSurely({ remove, isThere }, { ...contextOf(), signal }).then(() => 'done', (error: ProviderError) => [error.kind, error.message])
  }
  const lost = (): Promise<never> => Promise.reject(new ProviderError('retryable', 'busy'))
  it.each([
    ['is over where the object is gone', async () => false, 'not-found'],
    ['has failed where the object is there: it was something else', async () => true, 'fatal'],
    ['has failed where nobody can see that', lost, 'fatal'],
  ])('%s', async (_, isThere, kind) => {
    expect(await deleteWith('not-found', isThere)).toEqual([kind, 'no such connection'])
  })
  it('looks at nothing once it is given up on', async () => {
    let looks = 0
    const isThere = async (): Promise<boolean> => ++looks === 0
    expect([await deleteWith('fatal', isThere, true), await deleteWith('not-found', isThere, true), looks]).toEqual([['fatal', 'no such connection'], ['not-found', 'no such connection'], 0])
  })
})
