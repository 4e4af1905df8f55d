import type { Kind } from './kind.ts'
import { kind as enrichmentPolicy } from './kinds/enrichment-policy.ts'
import { kind as normalizationPolicy } from './kinds/normalization-policy.ts'
import { kind as processingPolicy } from './kinds/processing-policy.ts'
import { kind as repo } from './kinds/repo.ts'
import { kind as routingPolicy } from './kinds/routing-policy.ts'

/** Every kind that this host knows. */
export const kinds: readonly Kind[] = [repo, routingPolicy, normalizationPolicy, enrichmentPolicy, processingPolicy]
