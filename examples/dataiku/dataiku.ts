import { defineProvider, type Provider, type RateLimit } from 'convergent'
import { createHttpClient } from 'convergent/rest'
import { findProblem } from './find-problem.ts'
import { futures } from './futures.ts'
import { defineDataset } from './kinds/dataset.ts'
import { defineProject } from './kinds/project.ts'
import { defineRecipe } from './kinds/recipe.ts'
import type { Site } from './site.ts'

/** How to reach a DSS, and what to expect of it. */
export interface DataikuOptions {
  /** `https://dss.example`, or a local server's. */
  readonly url: string
  readonly apiKey: string
  /** The login that owns a new project where its declaration does not say. Default: `admin`. */
  readonly owner?: string
  /** How long a future is waited for. Default: 180 000. */
  readonly futureTimeoutMs?: number
  /** Between two looks at a future. Default: 1 000. */
  readonly pollEveryMs?: number
  /** Default: none; a server that refuses requests is slowed down for all the same. */
  readonly rateLimit?: RateLimit
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch
}

/** A Dataiku DSS as a provider: projects, datasets and recipes. */
export function dataiku({ url, apiKey, owner = 'admin', futureTimeoutMs = 180_000, pollEveryMs = 1_000, rateLimit, fetch }: DataikuOptions): Provider {
  const client = createHttpClient({
    baseUrl: `${url.replace(/\/+$/, '')}/dip/publicapi`,
    // The key is the name of a user without a password.
    headers: () => ({ authorization: `Basic ${btoa(`${apiKey}:`)}` }),
    findProblem,
    ...(fetch && { fetch }),
  })
  const site: Site = { client, owner, tasks: { ...futures, timeoutMs: futureTimeoutMs, pollEveryMs } }
  return defineProvider({
    name: 'dataiku',
    ...(rateLimit && { rateLimit }),
    types: { Project: defineProject(site), Dataset: defineDataset(site), Recipe: defineRecipe(site) },
  })
}
