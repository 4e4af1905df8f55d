import type { CatalogueName, KindName, ServerKind, TableName } from './kind.ts'
import { enrichmentPolicy } from './kinds/enrichment-policy.ts'
import { normalizationPolicy } from './kinds/normalization-policy.ts'
import { processingPolicy } from './kinds/processing-policy.ts'
import { repo } from './kinds/repo.ts'
import { routingPolicy } from './kinds/routing-policy.ts'

/** By their name in paths, in the order in which they refer to each other. */
export const kinds: Readonly<Record<KindName, ServerKind>> = {
  Repos: repo,
  RoutingPolicies: routingPolicy,
  NormalizationPolicy: normalizationPolicy,
  EnrichmentPolicy: enrichmentPolicy,
  ProcessingPolicy: processingPolicy,
}

const CATALOGUES: Readonly<Record<CatalogueName, { readonly key: string; readonly label: string }>> = {
  RepoPaths: { key: 'path', label: 'Repo path' },
  NormalizationPackage: { key: 'name', label: 'Normalization package' },
  CompiledNormalizers: { key: 'name', label: 'Compiled normalizer' },
  EnrichmentSource: { key: 'source_name', label: 'Enrichment source' },
}

/** The field with the name of what a table holds, and what messages call it. */
export function describeTable(table: TableName): { readonly key: string; readonly label: string } {
  return table in kinds ? kinds[table as KindName] : CATALOGUES[table as CatalogueName]
}
