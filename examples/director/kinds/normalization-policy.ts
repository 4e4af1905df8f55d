import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { anyName, nameUpTo } from '../kind-parts.ts'

const PACKAGES = 'NormalizationPackage'
const names = z.array(anyName.regex(/^[^,]+$/, 'expected a name without ","'))

/** How logs become fields: `NormalizationPolicy`. Packages and normalizers are tried in their order. */
export const kind = defineKind({
  type: 'NormalizationPolicy',
  path: 'NormalizationPolicy',
  schema: z
    .strictObject({ name: nameUpTo(255), norm_packages: names.default([]), compiled_normalizer: names.default([]) })
    .refine(({ norm_packages, compiled_normalizer }) => norm_packages.length + compiled_normalizer.length > 0, 'expected one of norm_packages and compiled_normalizer at least'),
  looksUp: [PACKAGES],
  isNameInUpdate: false,
  toWire: async ({ norm_packages, compiled_normalizer, ...fields }, { idOf }) => {
    const ids = await Promise.all(splitList(norm_packages).map((name) => idOf(PACKAGES, name)))
    return { ...fields, norm_packages: ids.join(','), compiled_normalizer: splitList(compiled_normalizer).join(',') }
  },
  fromWire: async ({ normalization_packages, norm_packages = normalization_packages, compiled_normalizer, ...fields }, { nameOf }) => ({
    ...fields,
    norm_packages: await Promise.all(splitList(norm_packages).map((id) => nameOf(PACKAGES, id))),
    compiled_normalizer: splitList(compiled_normalizer),
  }),
})

/** A list, or a text with commas between. */
function splitList(value: unknown): readonly string[] {
  const parts: unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : []
  return parts.map((part) => String(part).trim()).filter((part) => part !== '')
}
