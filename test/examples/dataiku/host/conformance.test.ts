import { createFaultyFetch, manualClock, type OpenedProvider, type ProviderSubject } from 'convergent/testing'
import { dataiku } from '../../../../examples/dataiku/dataiku.ts'
import { createDataiku } from '../../../../examples/dataiku/server/app.ts'
import type { DataikuApp } from '../../../../examples/dataiku/server/dataiku-app.ts'
import type { Fields } from '../../../../examples/dataiku/server/state.ts'
import { describeKinds } from '../../provider-suite.ts'
import { dataset, managed, project, recipe, serverClock } from './bench.ts'

const theirs = { kv: { owner: 'somebody' } }
const splitId = (id: string): readonly [key: string, name: string] => [id.slice(0, id.indexOf('.')), id.slice(id.indexOf('.') + 1)]
const keyOf = (variant: string): string => variant.toUpperCase().replaceAll('-', '_')
const nameOf = (variant: string): string => variant.replaceAll('-', '_')

/** How each kind is declared, and what people write about it that nobody declares. */
const subjects: Readonly<Record<string, (server: DataikuApp) => ProviderSubject>> = {
  Project: (server) => ({
    declare: (variant) => [project(keyOf(variant), { label: 'Vehicle fleet', variables: { standard: { unit: 'km' } }, permissions: [{ group: 'team', admin: true }] })],
    change: { description: 'changed', variables: { standard: { unit: 'mile' } }, settings: { limits: { maxOpenedStreams: 20 } } },
    addUnknown: async (id) => server.edit({ project: id, part: 'metadata', changes: { custom: theirs } }),
    showUnknown: async (id) => server.state().projects[id]?.parts.metadata['custom'],
  }),
  Dataset: (server) => ({
    declare: (variant) => [project(), dataset(`FLEET.${nameOf(variant)}`, { schema: { columns: [{ name: 'id', type: 'bigint' }] } })],
    change: { description: 'changed', params: { connection: 'pg', mode: 'table', schema: 'public', table: 'other' } },
    addUnknown: async (id) => server.edit({ project: splitId(id)[0], part: 'dataset', name: splitId(id)[1], changes: { customMeta: theirs } }),
    showUnknown: async (id) => server.state().projects[splitId(id)[0]]?.datasets[splitId(id)[1]]?.['customMeta'],
  }),
  Recipe: (server) => ({
    declare: (variant) => [project(), dataset('FLEET.raw'), managed(`FLEET.${nameOf(variant)}`), recipe(`FLEET.${nameOf(variant)}`, ['FLEET.raw'], [`FLEET.${nameOf(variant)}`], { payload: 'pass' })],
    change: { payload: 'raise', description: 'changed' },
    addUnknown: async (id) => server.edit({ project: splitId(id)[0], part: 'recipe', name: splitId(id)[1], changes: { customMeta: theirs } satisfies Fields }),
    showUnknown: async (id) => server.state().projects[splitId(id)[0]]?.recipes[splitId(id)[1]]?.recipe['customMeta'],
  }),
}

async function open(type: string): Promise<OpenedProvider> {
  const clock = manualClock({ auto: true })
  const server = createDataiku({ clock: serverClock(clock) })
  const kindOf = ({ method, url }: Request): 'read' | 'write' | undefined => (url.includes('/futures/') ? undefined : method === 'GET' ? 'read' : 'write')
  const { fetch, faults } = createFaultyFetch({ fetch: (request) => server.fetch(request), kindOf, clock })
  const provider = dataiku({ url: 'http://dss.invalid', apiKey: 'local', pollEveryMs: 1, fetch })
  return { provider, subjects: { [type]: (subjects[type] as (server: DataikuApp) => ProviderSubject)(server) }, faults, clock, patienceMs: 200 }
}

describeKinds(Object.keys(subjects), { open, passedAbove: 20 })
