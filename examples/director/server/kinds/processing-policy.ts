import { z } from 'zod'
import { defineKind } from '../kind.ts'

const fields = z.object({ policy_name: z.string(), norm_policy: z.string(), enrich_policy: z.string(), routing_policy: z.string() })

/** A processing policy: one reference by name and two by id, and `None` for none. */
export const processingPolicy = defineKind<z.infer<typeof fields>>({
  name: 'ProcessingPolicy',
  label: 'Processing Policy',
  key: 'policy_name',
  create: fields,
  edit: fields,
  findFaults: () => [],
  listReferences: ({ norm_policy, enrich_policy, routing_policy }) =>
    (
      [
        { field: 'norm_policy', table: 'NormalizationPolicy', by: 'name', value: norm_policy },
        { field: 'enrich_policy', table: 'EnrichmentPolicy', by: 'id', value: enrich_policy },
        { field: 'routing_policy', table: 'RoutingPolicies', by: 'id', value: routing_policy },
      ] as const
    ).filter(({ value }) => value !== 'None'),
  show: (row) => ({ ...row, active: true, tid: '' }),
  builtIns: (find) =>
    [
      ['default', 'None'],
      ['_logpoint', '_logpoint'],
      ['_LogPointAlerts', '_LogPointAlerts'],
    ].map(([name = '', norm_policy = '']) => ({ policy_name: name, norm_policy, enrich_policy: 'None', routing_policy: find('RoutingPolicies', name) })),
})
