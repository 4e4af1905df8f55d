import { expect, expectTypeOf, test } from 'vitest'
import type * as z from 'zod/mini'
import type { Entry } from '../../src/core/entry.ts'
import type { ErrorRecord } from '../../src/core/errors.ts'
import type { FieldChange, Step } from '../../src/core/action.ts'
import type { KnownObject } from '../../src/core/plan.ts'
import type { RecordedResource } from '../../src/core/state.ts'
import { entryShape } from '../../src/format/entry-shape.ts'
import { actionShape, planHeadShape } from '../../src/format/plan-shape.ts'
import { errorRecord, recordedResource } from '../../src/format/shapes.ts'

type KeysOfEach<T> = T extends T ? `${T extends { readonly kind: infer K extends string } ? K : ''}.${keyof T & string}` : never
type ActionOut = z.output<typeof actionShape>

test('a field that a core type gains and a shape does not know fails to compile here', () => {
  expectTypeOf<KeysOfEach<z.output<typeof entryShape>>>().toEqualTypeOf<KeysOfEach<Entry>>()
  expectTypeOf<keyof z.output<typeof recordedResource>>().toEqualTypeOf<keyof RecordedResource>()
  expectTypeOf<keyof z.output<typeof errorRecord>>().toEqualTypeOf<keyof ErrorRecord>()
  expectTypeOf<keyof ActionOut['steps'][number]>().toEqualTypeOf<keyof Step>()
  expectTypeOf<keyof ActionOut['changes'][number]>().toEqualTypeOf<keyof FieldChange>()
  expectTypeOf<keyof z.output<typeof planHeadShape>['objects'][number]>().toEqualTypeOf<keyof KnownObject>()
  expect(Object.keys(recordedResource.def.shape)).toContain('dependsOn')
})
