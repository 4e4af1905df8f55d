import { z } from 'zod'
import { defineKind } from '../kind.ts'

const csv = z
  .string()
  .default('')
  .transform((text) => text.split(',').filter(Boolean))
const fields = z.object({ name: z.string(), norm_packages: csv, compiled_normalizer: csv })

/** A normalization policy: written as CSV, packages by id and compiled normalizers by name; a PUT cannot name it anew. */
export const normalizationPolicy = defineKind<z.infer<typeof fields>>({
  name: 'NormalizationPolicy',
  label: 'Normalization Policy',
  key: 'name',
  create: fields,
  edit: fields.omit({ name: true }),
  findFaults: ({ norm_packages, compiled_normalizer }) => (norm_packages.length + compiled_normalizer.length === 0 ? ['norm_packages: a package or a compiled normalizer is needed'] : []),
  listReferences: ({ norm_packages, compiled_normalizer }) => [
    ...norm_packages.map((value) => ({ field: 'norm_packages', table: 'NormalizationPackage', by: 'id', value }) as const),
    ...compiled_normalizer.map((value) => ({ field: 'compiled_normalizer', table: 'CompiledNormalizers', by: 'name', value }) as const),
  ],
  show: ({ name, norm_packages, compiled_normalizer }, id) => ({
    name,
    normalization_packages: norm_packages,
    compiled_normalizer: compiled_normalizer.join(','),
    selected_signatures: norm_packages.map((item) => `${item.slice(0, 20)}${id.slice(-4)}`),
    active: true,
    tid: '',
  }),
  builtIns: (find) =>
    ['_default_syslog', '_logpoint', '_LogPointAlerts'].map((name) => ({ name, norm_packages: [find('NormalizationPackage', 'LP_Common')], compiled_normalizer: [] })),
})
