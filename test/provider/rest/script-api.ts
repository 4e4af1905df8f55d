import * as z from 'zod'
import type { Fields } from '../../../src/core/json.ts'
import { createHttpClient, restType, type HttpClientOptions, type RestDescription } from '../../../src/provider/rest/index.ts'

export const schema = z.strictObject({ name: z.string(), kind: z.string().optional(), text: z.string().optional() })

/** What a provider is given of a call. */
export function contextOf(idempotencyKey = 'k') {
  return { signal: new AbortController().signal, admit: async () => undefined, refused: () => undefined, wait: async () => undefined, elapsedMs: () => 0, trace: () => undefined, attempt: 1, idempotencyKey, fence: 1, progress: () => undefined, saveHandle: () => Promise.resolve() }
}

/** An answer: a body with status 200, a status with a body, or nothing at all. */
export type Answer = { readonly body: unknown; readonly status?: number } | 'reset'

/** A type over an API that answers as it is told, and what it was asked. */
export function scriptApi(more: Partial<RestDescription<typeof schema>>, answer: (path: string, body: Fields | undefined) => Answer, options: Partial<HttpClientOptions> = {}) {
  const asked: { readonly call: string; readonly body?: unknown }[] = []
  const client = createHttpClient({
    baseUrl: 'https://api.example',
    ...options,
    fetch: async (url, init) => {
      const path = String(url).replace('https://api.example', '')
      const body = typeof init?.body === 'string' ? (JSON.parse(init.body) as Fields) : undefined
      asked.push({ call: `${init?.method} ${path}`, ...(body !== undefined && { body }) })
      const given = answer(path, body)
      if (given === 'reset') throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) })
      return new Response(given.body === undefined ? '' : JSON.stringify(given.body), { status: given.status ?? 200 })
    },
  })
  const type = restType({ client, schema, collection: () => '/things', key: ['name'], ...more } as RestDescription<typeof schema>)
  return { type, asked }
}
