import * as z from 'zod'
import type { ResourceType } from 'convergent'
import { pathOf, restType } from 'convergent/rest'
import { about, anything } from '../about.ts'
import { guardContents } from '../guard-contents.ts'
import { omitDefaults } from '../omit-defaults.ts'
import type { Site } from '../site.ts'

/** A project, with its settings, variables and permissions: each is read and written at an endpoint of its own. */
export function defineProject({ client, owner: defaultOwner, tasks }: Site): ResourceType {
  const type = restType({
    client,
    schema: z.strictObject({
      projectKey: z.string().regex(/^\w+$/, 'expected letters, digits and underscores'),
      label: z.string().optional(),
      owner: z.string().optional(),
      ...about,
      settings: anything.optional(),
      variables: z.strictObject({ standard: anything.optional(), local: anything.optional() }).optional(),
      permissions: z.array(z.looseObject({ group: z.string().optional(), user: z.string().optional() })).optional(),
      dropData: z.boolean().optional(),
    }),
    collection: () => '/projects/',
    item: ({ id }) => pathOf`/projects/${id}`,
    parts: [
      { path: ({ id }) => pathOf`/projects/${id}/metadata`, fields: ['label', 'description', 'shortDesc', 'tags'] },
      { path: ({ id }) => pathOf`/projects/${id}/permissions`, fields: ['owner', 'permissions'] },
      { path: ({ id }) => pathOf`/projects/${id}/variables/`, whole: 'variables' },
      { path: ({ id }) => pathOf`/projects/${id}/settings`, whole: 'settings' },
    ],
    endpoints: {
      create: (_, { projectKey, label: name = projectKey, owner = defaultOwner, description = '', permissions = [], tags = [] }) => ({ method: 'POST', path: '/projects/', body: { projectKey, name, owner, settings: {}, description, permissions, tags }, reply: 'ignored' }),
      delete: ({ id, loss }) => ({ method: 'DELETE', path: pathOf`/projects/${id}`, query: { clearManagedDatasets: false, clearOutputManagedFolders: false, clearJobAndScenarioLogs: loss !== undefined, wait: false } }),
    },
    beforeDelete: ({ id }, context) => guardContents(client, id, context),
    idOf: ({ projectKey }) => String(projectKey),
    idFrom: ({ projectKey }) => String(projectKey),
    key: ['projectKey'],
    immutable: ['projectKey'],
    unordered: ['tags', 'permissions'],
    normalise: { permissions: omitDefaults },
    recordedOnly: ['dropData'],
    lossOnDelete: ({ dropData }) => (dropData === true ? 'its logs' : undefined),
    pagination: { style: 'none' },
    listed: 'summary',
    replies: 'none',
    afterCreate: 'update',
    update: 'merge',
    tasks,
  })
  return type as unknown as ResourceType
}
