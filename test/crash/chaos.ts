import * as fc from 'fast-check'
import type { FakeFault } from '../../src/testing/fault.ts'
import type { StoreFault } from '../../src/testing/faulty-store.ts'
import type { Sketch } from '../laws/world.ts'

/** What befalls one process. Numbers of operations and calls count from where the process begins. */
export interface Misfortune {
  /** After this many of its operations it dies; absent: it lives. */
  readonly diesAfter?: number
  readonly store: readonly StoreFault[]
  readonly backend: readonly FakeFault[]
  /** After so many calls of the provider, time goes on by this much at once. */
  readonly jumps: readonly { readonly call: number; readonly ms: number }[]
  /** After so many calls of the provider, somebody else takes the stack over for a moment. */
  readonly robbedAt?: number
  /** Between this process and the next one. */
  readonly restMs: number
}

/** One history as plain data: the same one, the same run. */
export interface Chaos {
  readonly seed: number
  readonly before: readonly Sketch[]
  readonly after: readonly Sketch[]
  readonly concurrency: number
  readonly onFailure: 'stop' | 'continue'
  readonly lagMs: number
  readonly misfortunes: readonly Misfortune[]
}

const TYPES = ['named', 'marked', 'versioned', 'child', 'keyed'] as const

function sketches(most: number): fc.Arbitrary<readonly Sketch[]> {
  return fc.uniqueArray(
    fc.record({
      type: fc.constantFrom(...TYPES),
      slot: fc.nat(15),
      size: fc.nat(3),
      kind: fc.constantFrom('x', 'y'),
      tags: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }),
      isProtected: fc.constant(false),
      refs: fc.array(fc.nat(60), { maxLength: 3 }),
    }),
    { maxLength: most, size: 'max', selector: ({ type, slot }) => `${type}/${slot}` },
  )
}

const backendFault: fc.Arbitrary<FakeFault> = fc.oneof(
  fc.record({ call: fc.constantFrom('create', 'update', 'delete'), fault: fc.constantFrom('error', 'retryable', 'ambiguous', 'lost-reply', 'timeout', 'hang'), skip: fc.nat(8), times: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ call: fc.constant('settle' as const), fault: fc.constantFrom('error', 'retryable', 'ambiguous', 'lost-reply', 'timeout', 'hang'), skip: fc.nat(2), times: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ call: fc.constantFrom('create', 'update'), fault: fc.constantFrom('garbage', 'conflict'), skip: fc.nat(8) }),
  fc.record({ call: fc.constantFrom('read', 'find'), fault: fc.constantFrom('error', 'retryable', 'ambiguous', 'timeout'), skip: fc.nat(8), times: fc.integer({ min: 1, max: 3 }) }),
)

const storeFault: fc.Arbitrary<StoreFault> = fc.oneof(
  fc.record({ fault: fc.constantFrom('reject', 'reject-after', 'die-before', 'die-after'), operation: fc.constantFrom('append', 'commit', 'renew', 'claim', 'putPieces', 'load', 'runs', 'release'), skip: fc.nat(12) }, { requiredKeys: ['fault', 'skip'] }),
  fc.record({ fault: fc.constant('tear' as const), skip: fc.nat(12), keep: fc.nat(2) }),
)

const misfortune: fc.Arbitrary<Misfortune> = fc.record(
  {
    diesAfter: fc.integer({ min: 1, max: 150 }),
    store: fc.array(storeFault, { maxLength: 2, size: 'max' }),
    backend: fc.array(backendFault, { maxLength: 4, size: 'max' }),
    jumps: fc.array(fc.record({ call: fc.nat(60), ms: fc.constantFrom(100, 9_000, 25_000, 45_000, 3_600_000) }), { maxLength: 2 }),
    robbedAt: fc.nat(60),
    restMs: fc.constantFrom(0, 50, 5_000, 86_400_000),
  },
  { requiredKeys: ['store', 'backend', 'jumps', 'restMs'] },
)

/** Any history of a stack of up to so many resources. */
export function anyChaos(most: number): fc.Arbitrary<Chaos> {
  return fc.record({
    seed: fc.nat(),
    before: sketches(most),
    after: sketches(most),
    concurrency: fc.integer({ min: 1, max: 12 }),
    onFailure: fc.constantFrom('stop', 'continue'),
    lagMs: fc.constantFrom(0, 400, 3_000),
    misfortunes: fc.array(misfortune, { minLength: 1, maxLength: 4, size: 'max' }),
  })
}
