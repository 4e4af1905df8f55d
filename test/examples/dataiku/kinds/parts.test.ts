import { describe, expect, it } from 'vitest'
import { describeData } from '../../../../examples/dataiku/describe-data.ts'
import { findProblem } from '../../../../examples/dataiku/find-problem.ts'
import { askOption, formatOf, showOption } from '../../../../examples/dataiku/format-of.ts'
import { futures } from '../../../../examples/dataiku/futures.ts'
import { omitDefaults } from '../../../../examples/dataiku/omit-defaults.ts'
import { readPlace, writePlace } from '../../../../examples/dataiku/place.ts'
import { listRefs, qualifyRoles, shortenRoles } from '../../../../examples/dataiku/roles.ts'

describe('what a recipe reads', () => {
  const main = (...refs: readonly string[]) => ({ main: { items: refs.map((ref) => ({ ref, deps: [] })) } })
  it('goes by the whole name here and by the short one there, and keeps what else is said of it', () => {
    expect(shortenRoles(main('A.x', 'B.y'), 'A')).toEqual(main('x', 'B.y'))
    expect(qualifyRoles(main('x', 'B.y'), 'A')).toEqual(main('A.x', 'B.y'))
    expect(listRefs({ ...main('A.x'), extra: { items: [{ ref: 'B.y' }] } })).toEqual(['A.x', 'B.y'])
  })
  it('that is of another form than expected stays as it is', () => {
    for (const odd of [undefined, null, 'x', [], { main: 'x' }, { main: { items: ['x', { name: 'y' }] } }]) expect(qualifyRoles(odd, 'A')).toEqual(odd)
    expect([listRefs(undefined), listRefs({ main: 'x' })]).toEqual([[], []])
  })
})

it('an id is a project and a name, where nobody says otherwise one of that project', () => {
  expect([readPlace('A.x'), readPlace('x', 'B'), writePlace({ project: 'A', name: 'x' })]).toEqual([{ project: 'A', name: 'x' }, { project: 'B', name: 'x' }, 'A.x'])
})

it.each([
  [{ params: { connection: 'pg', schema: 'public', table: 'trips' } }, 'its data (pg, public.trips)'],
  [{ params: { connection: 'pg', table: 'trips' } }, 'its data (pg, trips)'],
  [{ params: { connection: 'lake', path: '/a/b' } }, 'its data (lake, /a/b)'],
  [{ params: {} }, 'its data'],
  [{}, 'its data'],
])('data is named by its place: %o', (outputs, words) => expect(describeData(outputs)).toBe(words))

it('a list is compared without what the server adds to it', () => {
  expect(omitDefaults([{ name: 'a', maxLength: -1, comment: '', deps: [], on: false, meta: {}, n: 0 }, 'x'])).toEqual([{ name: 'a', n: 0 }, 'x'])
  expect([omitDefaults(undefined), omitDefaults('x')]).toEqual([undefined, 'x'])
})

describe('a format', () => {
  const csv = (style?: string) => ({ formatType: 'csv', formatParams: { style } })
  it.each([
    [{ formatType: 'parquet' }, 'PARQUET_HIVE', 'PARQUET_HIVE'],
    [{ formatType: 'orcfile' }, 'ORC', 'ORC'],
    [csv('excel'), 'CSV_EXCEL_GZIP', 'CSV_EXCEL_GZIP'],
    [csv('unix'), 'CSV_UNIX_GZIP', 'CSV_UNIX_GZIP'],
    [{ formatType: 'csv' }, 'csv', 'CSV_EXCEL_GZIP'],
    [{ formatType: 'constructor' }, 'constructor', 'constructor'],
    [{}, '', undefined],
  ])('%o is shown as %s, and asked for as %s', (body, shown, asked) => expect([showOption(body), askOption(shown)]).toEqual([shown, asked]))
  it.each([
    ['PARQUET_HIVE', 'PARQUET_HIVE', true],
    ['PARQUET_HIVE', 'ORC', false],
    ['CSV_EXCEL_GZIP_BIGQUERY', 'CSV_EXCEL_GZIP', true],
    ['CSV_EXCEL_GZIP', 'CSV_UNIX_GZIP', false],
    // What is not shown is held against nobody.
    ['CSV_UNIX_GZIP', 'csv', true],
    ['ORC', 'csv', false],
    ['CSV_ESCAPE_NOGZIP', 'CSV_UNIX_GZIP', true],
    ['PARQUET_HIVE', '', true],
    ['SOMETHING_NEW', '', true],
    ['SOMETHING_NEW', 'new', true],
    ['SOMETHING_NEW', 'ORC', false],
  ])('that is declared as %s and shown as %s is as declared: %s', (declared, shown, expected) => {
    const [wanted, found] = [declared, shown].map((each) => Object.keys(formatOf(each) as object))
    expect(wanted?.every((name) => found?.includes(name))).toBe(expected)
  })
})

describe('a problem', () => {
  const tell = (status: number, errorType: string, message: string) => findProblem({ errorType, message, detailedMessage: message }, status, { method: 'GET', path: '/x' })
  it.each([
    [500, 'com.dataiku.dip.exceptions.NotFoundException', 'no such dataset', 'not-found'],
    [500, 'java.lang.IllegalArgumentException', 'Dataset "A.x" already exists', 'conflict'],
    [500, 'java.lang.IllegalArgumentException', 'bad name', 'fatal'],
    [500, 'com.dataiku.dip.exceptions.DKUSecurityException', 'not yours', 'fatal'],
    [500, 'java.io.IOException', 'the disk is full', undefined],
  ])('with %i and %s is what its sort says', (status, errorType, message, kind) => {
    expect(tell(status, errorType, message)).toEqual({ message, fields: [], ...(kind !== undefined && { kind }) })
  })
  it('is none where all went well, and none that is known where the body is of another form', () => {
    expect([tell(200, 'NotFoundException', 'x'), findProblem('<html>', 502, { method: 'GET', path: '/x' }), findProblem({ message: 'x' }, 500, { method: 'GET', path: '/x' })]).toEqual([undefined, undefined, undefined])
  })
  it('of the key names what to look at', () => expect(tell(401, 'UnauthorizedException', 'Invalid API key')).toMatchObject({ kind: 'fatal', message: expect.stringContaining('DATAIKU_API_KEY') as string }))
})

describe('a future', () => {
  it.each([
    [{ jobId: 'j', hasResult: false, alive: true }, 'running'],
    [{ jobId: 'j', hasResult: true, alive: false }, 'succeeded'],
    [{ jobId: 'j', hasResult: false, alive: false, unknown: true }, 'forgotten'],
    [{ jobId: 'j', hasResult: false, alive: false, aborted: true }, { failed: 'somebody aborted it' }],
    [{ jobId: 'j', hasResult: false, alive: false }, { failed: 'the server does not say why' }],
    [undefined, 'running'],
  ])('%o is %o', (reply, state) => expect(futures.readState(reply)).toEqual(state))
  it('is there where a reply says so, and is not over yet', () => {
    expect([{ jobId: 'j', hasResult: false }, { jobId: 'j', hasResult: true }, { jobId: '' }, undefined, 'done'].map(futures.handleOf)).toEqual(['j', undefined, undefined, undefined, undefined])
  })
})
