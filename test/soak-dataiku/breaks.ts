import type { CallContext, Fields, Provider, ResourceType } from '../../src/index.ts'
import { BASE } from './messages.ts'

/** What can be wrong with a host on purpose, to see that the oracle finds it. */
export const breaks = ['no-handle', 'no-wait', 'no-find', 'no-merge', 'no-guard', 'no-mercy', 'no-name'] as const
/**
 * - `no-handle`: a future is not saved. `no-wait`: it is not waited for. `no-find`: nothing is found by its natural key.
 * - `no-merge`: what the host did not declare is left out of every PUT. `no-mercy`: a delete takes the data with it, whoever wants that.
 * - `no-guard`: a project goes with all that is in it. `no-name`: a recipe is taken to have the name that it was to have.
 */
export type Break = (typeof breaks)[number]

/** Breaks a provider. */
export function breakProvider(provider: Provider, broken: Break | undefined, url: string, apiKey: string): Provider {
  const mapTypes = (map: (type: ResourceType, name: string) => ResourceType): Provider => ({ ...provider, types: Object.fromEntries(Object.entries(provider.types).map(([name, type]) => [name, map(type, name)])) })
  switch (broken) {
    case 'no-handle': {
      const forget = <R, T>(make: (request: R, context: CallContext) => Promise<T>) => (request: R, context: CallContext): Promise<T> => make(request, { ...context, saveHandle: async () => undefined })
      return mapTypes((type) => ({ ...type, create: forget(type.create), delete: forget(type.delete) }))
    }
    case 'no-find':
      return mapTypes((type) => ({ ...type, find: async () => undefined }))
    case 'no-guard':
      return mapTypes((type, name) => (name !== 'Project' ? type : { ...type, delete: async ({ id }) => void (await fetch(`${url}${BASE}/projects/${id}?wait=true`, { method: 'DELETE', headers: { authorization: `Basic ${btoa(`${apiKey}:`)}` } })) }))
    case 'no-name':
      return mapTypes((type, name) => (name !== 'Recipe' ? type : { ...type, create: async (request, context) => ({ ...(await type.create(request, context)), id: `${String(request.parentId)}.${String((request.inputs as Fields)['name'])}` }) }))
    default:
      return provider
  }
}

const FOREIGN = /"(?:customMeta|customFields|flowOptions|checklists|integrations)":/

/** Breaks what a provider sends; undefined: it is not broken there. */
export function breakFetch(broken: Break | undefined): typeof fetch | undefined {
  switch (broken) {
    case 'no-wait':
      return async (input, init) => (String(input).includes('/futures/') ? Response.json({ jobId: 'any', hasResult: true, alive: false }) : fetch(input, init))
    case 'no-mercy':
      return async (input, init) => fetch(String(input).replace('dropData=false', 'dropData=true'), init)
    case 'no-merge':
      return async (input, init) => {
        if (init?.method !== 'PUT' || typeof init.body !== 'string' || !FOREIGN.test(init.body)) return fetch(input, init)
        const body = JSON.parse(init.body, (key, value: unknown) => (FOREIGN.test(`"${key}":`) ? undefined : value)) as unknown
        return fetch(input, { ...init, body: JSON.stringify(body) })
      }
    default:
      return undefined
  }
}
