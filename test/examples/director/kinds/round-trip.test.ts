import fc from 'fast-check'
import { expect, it } from 'vitest'
import { apply, plan, type Fields, type Resource } from 'convergent'
import { failuresOf, nodes, openBench } from '../host/bench.ts'

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })
const words = fc.stringMatching(/^[a-zA-Z][\w .:()<>'"&äö-]{0,20}$/)
const oneOf = <const T extends readonly string[]>(...values: T): fc.Arbitrary<T[number]> => fc.constantFrom(...values)
const some = (...values: readonly string[]): fc.Arbitrary<string[]> => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 })
const days = fc.integer({ min: 3, max: 3650 })
/** Says nothing, or says the value that counts where nothing is said. */
const orBlank = <T>(value: fc.Arbitrary<T>, blank: T): fc.Arbitrary<T | undefined> => fc.oneof(maybe(value), fc.constant(blank))
const repoName = oneOf('default', '_logpoint')
const policy = oneOf('None', '_logpoint')

/** What a person may declare of each kind, as far as a node takes it. */
const declared: Readonly<Record<string, fc.Arbitrary<Fields>>> = {
  Repo: fc.record({
    hiddenrepopath: fc.array(fc.record({ path: oneOf('/opt/immune/storage/', '/opt/immune/storage-warm/', '/opt/immune/storage-cold/'), retention: days }), { minLength: 1, maxLength: 3 }),
    repoha: orBlank(fc.uniqueArray(fc.record({ ha_li: fc.integer({ min: 1, max: 9 }).map((last) => `192.0.2.${last}`), ha_day: days }), { selector: ({ ha_li }) => ha_li, minLength: 1 }), []),
  }),
  RoutingPolicy: fc.record({
    catch_all: repoName,
    routing_criteria: orBlank(
      fc.array(
        fc.oneof(
          fc.record({ type: fc.constant('KeyPresent'), key: words, value: orBlank(words, ''), repo: orBlank(repoName, ''), drop: orBlank(oneOf('discard_raw', 'discard'), 'store') }),
          fc.record({ type: fc.constant('KeyPresentValueMatches'), key: words, value: words, repo: maybe(repoName), drop: maybe(oneOf('store', 'discard')) }),
        ),
        { minLength: 1, maxLength: 4 },
      ),
      [],
    ),
  }),
  NormalizationPolicy: fc.record({ norm_packages: some('LP_Common', 'Windows', 'LP_Cisco ASA', 'LP_WebServer Common Log Format'), compiled_normalizer: orBlank(some('CEFCompiledNormalizer', 'JSONCompiledNormalizer'), []) }),
  EnrichmentPolicy: fc.record({
    description: orBlank(words, ''),
    specifications: fc.array(
      fc.record({
        source: oneOf('geo_ip', 'test_odbc'),
        criteria: fc.array(fc.record({ type: fc.constant('KeyPresents'), key: words, value: orBlank(words, '') }), { minLength: 1, maxLength: 2 }),
        rules: orBlank(fc.array(fc.record({ category: oneOf('simple', 'type_based'), source_key: words, event_key: words, operation: maybe(fc.constant('Equals')), type: orBlank(oneOf('ip', 'num'), 'string'), prefix: maybe(fc.boolean()) }), { minLength: 1, maxLength: 2 }), []),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  }),
  ProcessingPolicy: fc.record({ norm_policy: maybe(policy), enrich_policy: maybe(fc.constant('None')), routing_policy: orBlank(oneOf('default', '_LogPointAlerts'), 'None') }),
}

const drop = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(drop)
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined).map(([key, each]) => [key, drop(each)])) : value
}

it.each(Object.keys(declared))('what was applied of type %s has nothing to do, whatever it was before', async (type) => {
  const inputs = declared[type] as fc.Arbitrary<Fields>
  await fc.assert(
    fc.asyncProperty(inputs, inputs, async (first, second) => {
      const { provider, store, clock, server } = openBench({}, { orderMs: 0, lagMs: 0 })
      const options = { provider, store, clock, mode: 'sync' } as const
      for (const fields of [first, second]) {
        const desired: Resource[] = [
          { type: 'Node', name: 'a', inputs: { id: nodes.a }, external: true },
          { type, name: 'a/x1', inputs: { node: nodes.a, name: 'x1', ...(drop(fields) as Fields) } },
        ]
        expect(failuresOf(await apply(await plan(desired, options), options).result)).toEqual([])
        expect((await plan(desired, options)).actions).toEqual([])
      }
      // What counts where nothing is said is what the node has.
      expect(server.orders().every(({ outcome }) => outcome?.isSuccess)).toBe(true)
    }),
    { numRuns: 20 },
  )
})
