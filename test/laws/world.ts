import * as fc from 'fast-check'
import { ref } from '../../src/core/reference.ts'
import type { Plan } from '../../src/core/plan.ts'
import type { Resource } from '../../src/core/resource.ts'
import type { RunResult } from '../../src/core/result.ts'
import { abandon } from '../../src/engine/abandon.ts'
import { apply } from '../../src/engine/apply.ts'
import type { ApplyOptions, PlanOptions } from '../../src/engine/options.ts'
import { plan } from '../../src/engine/plan.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import type { FakeObject } from '../../src/testing/fake-core.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'

/** One resource of a random declaration, before references have addresses. */
export interface Sketch {
  readonly type: 'named' | 'marked' | 'versioned' | 'thing' | 'keyed' | 'child'
  readonly slot: number
  readonly size: number
  readonly kind: 'x' | 'y'
  readonly tags: readonly string[]
  readonly isProtected: boolean
  /** Which earlier ones it refers to, as positions modulo what comes before. */
  readonly refs: readonly number[]
}

/** Types whose objects can be found again by their natural key. */
export const FINDABLE = ['named', 'marked', 'versioned', 'child'] as const
const ALL = [...FINDABLE, 'thing', 'keyed'] as const

/** A random declaration: a few resources of several types, referring to earlier ones. */
export function sketches(types: readonly Sketch['type'][] = ALL, options: { readonly withProtection?: boolean } = {}): fc.Arbitrary<readonly Sketch[]> {
  return fc.uniqueArray(
    fc.record({
      type: fc.constantFrom(...types),
      slot: fc.nat(7),
      size: fc.nat(3),
      kind: fc.constantFrom('x', 'y'),
      tags: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
      isProtected: options.withProtection === true ? fc.boolean() : fc.constant(false),
      refs: fc.array(fc.nat(20), { maxLength: 3 }),
    }),
    { maxLength: 10, selector: ({ type, slot }) => `${type}/${slot}` },
  )
}

/** Makes resources of sketches. A child lives in the first `marked` before it, and is left out where there is none. */
export function draw(all: readonly Sketch[]): Resource[] {
  const drawn: Resource[] = []
  for (const { type, slot, size, kind, tags, refs, isProtected } of all) {
    const parent = type === 'child' ? drawn.find((other) => other.type === 'marked') : undefined
    if (type === 'child' && parent === undefined) continue
    const targets = [...new Set(drawn.length === 0 ? [] : refs.map((each) => drawn[each % drawn.length] as Resource))]
    drawn.push({
      type,
      name: `r${slot}`,
      inputs: {
        name: `n${slot}`,
        size,
        tags,
        ...(type === 'versioned' && { kind }),
        ...(type === 'marked' && { protected: isProtected ? true : null }),
        ...(targets.length > 0 && { refs: targets.map((target) => ref(`${target.type}/${target.name}`)) }),
        ...(parent !== undefined && { parent_id: ref(`marked/${parent.name}`) }),
      },
      ...(type === 'marked' && { protected: isProtected }),
      // Where the backend has nothing to settle this says nothing.
      ...(size === 3 && { settleBefore: true }),
    })
  }
  return drawn
}

/** A strict backend, a store and a clock that needs no waiting. */
export function createWorld() {
  const clock = manualClock({ auto: true })
  const backend = createFakeBackend({ strict: true, settleGroups: { first: ['named', 'child'], second: ['versioned'] } })
  const options = { provider: backend.provider, store: memoryStore(), clock }
  return {
    backend,
    options,
    plan: (desired: readonly Resource[], more: Partial<PlanOptions> = {}): Promise<Plan> => plan(desired, { ...options, mode: 'sync', allowEmpty: true, ...more }),
    /** Closes a run that stays open because something about it is unknown. */
    settle: async (): Promise<void> => {
      if ((await options.store.runs('default')).some(({ ended }) => !ended)) await abandon(undefined, options)
    },
    apply: (made: Plan, more: Partial<ApplyOptions> = {}): Promise<RunResult> => apply(made, { ...options, ...more }).result,
  }
}

/** What a declaration comes to: each object with names instead of ids, so that two worlds can be compared. */
export function expected(desired: readonly Resource[]): string[] {
  return desired.map((resource) => describe(resource.type, resource.inputs, (reference) => nameOf(reference as { readonly address: string }))).sort()
}

/** What is there, described likewise. */
export function found(objects: readonly FakeObject[]): string[] {
  const nameById = new Map(objects.map(({ id, type, fields }) => [id, `${type}:${String(fields['name'])}`]))
  return objects.map(({ type, fields }) => describe(type, fields, (id) => nameById.get(String(id)) ?? `missing ${String(id)}`)).sort()
}

function describe(type: string, fields: Readonly<Record<string, unknown>>, name: (reference: unknown) => string): string {
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
  return JSON.stringify([type, fields['name'], fields['size'], list(fields['tags']).map(String).sort(), fields['kind'] ?? null, fields['protected'] === true, list(fields['refs']).map(name).sort(), fields['parent_id'] === undefined ? null : name(fields['parent_id'])])
}

function nameOf({ address }: { readonly address: string }): string {
  return address.replace('/r', ':n')
}
