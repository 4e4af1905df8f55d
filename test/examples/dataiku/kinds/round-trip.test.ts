import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Fields, Resource } from 'convergent'
import { dataset, failuresOf, managed, openBench, project, recipe } from '../host/bench.ts'

const words = fc.stringMatching(/^[a-z]{1,5}$/)
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined })
const oneOf = <const T extends readonly string[]>(...values: T): fc.Arbitrary<T[number]> => fc.constantFrom(...values)
const tags = maybe(fc.uniqueArray(words, { maxLength: 3 }))
const about = { description: maybe(words), shortDesc: maybe(words), tags }
const settings = fc.dictionary(words, fc.oneof(words, fc.integer(), fc.boolean(), fc.record({ deep: words })), { maxKeys: 3 })
const columns = fc.uniqueArray(fc.record({ name: words, type: oneOf('bigint', 'string', 'double'), comment: maybe(words), maxLength: maybe(fc.constantFrom(-1, 20)) }), { selector: ({ name }) => name, maxLength: 3 })
const schema = maybe(fc.record({ columns }))

/** What a person may declare of each kind. */
const declared: Readonly<Record<string, readonly [arbitrary: fc.Arbitrary<Fields>, around: (inputs: Fields) => readonly Resource[]]>> = {
  'a project': [
    fc.record({
      ...about,
      label: maybe(words),
      owner: maybe(words),
      settings: maybe(settings),
      variables: maybe(fc.record({ standard: settings, local: maybe(settings) })),
      permissions: maybe(fc.uniqueArray(fc.record({ group: words, admin: maybe(fc.boolean()), readProjectContent: maybe(fc.boolean()) }), { selector: ({ group }) => group, maxLength: 3 })),
      dropData: maybe(fc.boolean()),
    }),
    (inputs) => [project('FLEET', inputs)],
  ],
  'a dataset': [
    fc.record({ ...about, schema, formatType: maybe(oneOf('csv', 'parquet')), formatParams: maybe(settings), params: fc.record({ connection: words, path: maybe(words) }), dropData: maybe(fc.boolean()) }),
    (inputs) => [project(), dataset('FLEET.a', inputs)],
  ],
  'a managed dataset': [fc.record({ ...about, schema, dropData: maybe(fc.boolean()) }), (inputs) => [project(), managed('FLEET.a', inputs)]],
  'a recipe': [
    fc.record({ ...about, payload: maybe(words), params: maybe(settings), reads: fc.subarray(['FLEET.a', 'FLEET.b', 'OTHER.c']) }),
    ({ reads, ...inputs }) => [project(), project('OTHER'), dataset('FLEET.a'), dataset('FLEET.b'), dataset('OTHER.c'), managed('FLEET.out'), recipe('FLEET.r', reads as readonly string[], ['FLEET.out'], inputs)],
  ],
}

const drop = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(drop)
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined).map(([key, each]) => [key, drop(each)])) : value
}

it.each(Object.keys(declared))('what was applied of %s has nothing to do, whatever it was before', async (kind) => {
  const [arbitrary, around] = declared[kind] as (typeof declared)[string]
  await fc.assert(
    fc.asyncProperty(arbitrary, arbitrary, async (first, second) => {
      const { sync, plan } = openBench({}, { futureMs: 0 })
      for (const inputs of [first, second]) {
        const desired = around(drop(inputs) as Fields)
        expect(failuresOf(await sync(desired))).toEqual([])
        expect((await plan(desired)).actions.map(({ address, changes, unset }) => [address, changes, unset])).toEqual([])
      }
    }),
    { numRuns: 8 },
  )
})
