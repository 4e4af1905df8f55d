import fc from 'fast-check'
import { expect, it } from 'vitest'
import { apply, plan, type Fields, type Resource } from 'convergent'
import { failuresOf, openBench } from './bench.ts'

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })
/** Text that a firewall takes in a description. */
const words = fc.stringMatching(/^[a-zA-Z][\w .,:()<>'"&äö-]{0,20}[\w)]$/)
const network = fc.tuple(fc.nat(255), fc.nat(255), fc.integer({ min: 8, max: 32 })).map(([a, b, bits]) => `10.${a}.${b}.0/${bits}`)
const port = fc.oneof(fc.integer({ min: 1, max: 65_535 }), fc.integer({ min: 1, max: 65_535 }).map(String))
const interfaces = fc.uniqueArray(fc.constantFrom('lan', 'wan', 'opt1', 'opt2'), { minLength: 1 })
const oneOf = <const T extends readonly string[]>(...values: T): fc.Arbitrary<T[number]> => fc.constantFrom(...values)

/** What a person may declare of each type, as far as the firewall takes it. */
const declared: Readonly<Record<string, fc.Arbitrary<Fields>>> = {
  alias: fc.record({ alias_type: fc.constant('network'), enabled: maybe(fc.boolean()), content: maybe(fc.oneof(fc.uniqueArray(network, { maxLength: 4 }), network)), proto: maybe(fc.uniqueArray(oneOf('IPv4', 'IPv6'))), counters: maybe(fc.boolean()), description: maybe(fc.oneof(words, fc.constant(''))) }),
  rule: fc.record({
    enabled: maybe(fc.boolean()),
    sequence: maybe(fc.integer({ min: 1, max: 999_999 })),
    action: maybe(oneOf('pass', 'block', 'reject')),
    quick: maybe(fc.boolean()),
    interface: maybe(fc.oneof(interfaces, interfaces.map((each) => each.join(',')))),
    direction: maybe(oneOf('in', 'out')),
    protocol: fc.constantFrom('TCP', 'UDP'),
    source_net: maybe(fc.oneof(fc.uniqueArray(network, { minLength: 1, maxLength: 3 }), network)),
    source_not: fc.constant(false),
    destination_port: maybe(port),
    log: maybe(fc.boolean()),
    tag: maybe(fc.stringMatching(/^[\w.-]{1,10}$/)),
  }),
  vlan: fc.record({ pcp: maybe(fc.integer({ min: 0, max: 7 })), proto: maybe(oneOf('802.1q', '802.1ad')), descr: maybe(words) }),
  server: fc.record({ enabled: maybe(fc.boolean()), address: fc.constantFrom('192.0.2.1', 'app.example.com'), port: fc.integer({ min: 1, max: 65_535 }), mode: maybe(oneOf('active', 'backup', 'disabled')), ssl: maybe(fc.boolean()), weight: maybe(fc.integer({ min: 0, max: 256 })), checkInterval: maybe(fc.oneof(fc.nat(999), fc.constantFrom('30s', '500ms'))), description: maybe(words) }),
  backend: fc.record({ enabled: maybe(fc.boolean()), mode: maybe(oneOf('http', 'tcp')), algorithm: maybe(oneOf('roundrobin', 'leastconn', 'static-rr')), random_draws: maybe(fc.integer({ min: 2, max: 1000 })), healthCheckEnabled: maybe(fc.boolean()), healthCheckFall: maybe(fc.integer({ min: 1, max: 100 })), forwardFor: maybe(fc.boolean()), description: maybe(words) }),
}

const keys: Readonly<Record<string, Fields>> = { alias: { name: 'x1' }, rule: { description: 'x1' }, vlan: { if: 'igb0', tag: 7 }, server: { name: 'x1' }, backend: { name: 'x1' } }
const drop = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

it.each(Object.keys(declared))('what was applied of type %s has nothing to do, whatever it was before', async (type) => {
  const inputs = declared[type] as fc.Arbitrary<Fields>
  await fc.assert(
    fc.asyncProperty(inputs, inputs, async (first, second) => {
      const { provider, store, clock } = openBench()
      const options = { provider, store, clock, mode: 'sync' } as const
      for (const fields of [first, second]) {
        const desired: Resource[] = [{ type, name: 'x1', inputs: { ...drop(fields), ...keys[type] } }]
        expect(failuresOf(await apply(await plan(desired, options), options).result)).toEqual([])
        expect((await plan(desired, options)).actions).toEqual([])
      }
    }),
    { numRuns: 25 },
  )
})
