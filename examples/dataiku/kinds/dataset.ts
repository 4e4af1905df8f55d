import * as z from 'zod'
import type { Fields, ResourceType } from 'convergent'
import { pathOf, restType } from 'convergent/rest'
import { about, anything } from '../about.ts'
import { describeData } from '../describe-data.ts'
import { formatOf } from '../format-of.ts'
import { omitDefaults } from '../omit-defaults.ts'
import { requestDataset, showManaged } from '../new-dataset.ts'
import { readPlace } from '../place.ts'
import type { Site } from '../site.ts'

/** A dataset: one of a connection, as `type` says, or a managed one, whose place and type the server chooses. */
export function defineDataset({ client, tasks }: Site): ResourceType {
  return restType({
    client,
    schema: z.strictObject({
      projectKey: z.string(),
      name: z.string().regex(/^[\w-]+$/, 'expected letters, digits, "_" and "-"'),
      type: z.string().optional(),
      params: anything.optional(),
      formatType: z.string().optional(),
      formatParams: anything.optional(),
      managed: z.boolean().optional(),
      connectionId: z.string().optional(),
      formatOptionId: z.string().optional(),
      typeOptionId: z.string().optional(),
      schema: z.looseObject({ columns: z.array(z.looseObject({ name: z.string(), type: z.string() })).optional() }).optional(),
      ...about,
      dropData: z.boolean().optional(),
    })
      // One that is brought back has the type as well that the server chose.
      .refine(({ managed, type: given, connectionId }) => (managed === true ? connectionId !== undefined : given !== undefined), 'expected a type, or managed: true with a connectionId'),
    parent: { type: 'Project', field: 'projectKey' },
    collection: (project) => pathOf`/projects/${project}/datasets/`,
    item: ({ id }) => pathOf`/projects/${readPlace(id).project}/datasets/${readPlace(id).name}`,
    endpoints: {
      create: ({ id }, inputs) => requestDataset(readPlace(id).project, inputs),
      delete: ({ id, loss }) => ({ method: 'DELETE', path: pathOf`/projects/${readPlace(id).project}/datasets/${readPlace(id).name}`, query: { dropData: loss !== undefined } }),
    },
    idOf: (body) => `${String(body['projectKey'])}.${String(body['name'])}`,
    idFrom: (inputs, project) => `${project}.${String(inputs['name'])}`,
    key: ['projectKey', 'name'],
    immutable: ['projectKey', 'name', 'type', 'managed', 'connectionId', 'formatOptionId'],
    unordered: ['tags'],
    ignored: ['typeOptionId'],
    normalise: { 'schema.columns': omitDefaults, formatOptionId: formatOf },
    recordedOnly: ['dropData'],
    lossOnDelete: ({ dropData }, outputs) => (dropData === true ? describeData(outputs) : undefined),
    fromWire: showManaged,
    // A schema that is not declared any more, or is taken back, has no columns: the server wants a list all the same.
    toWire: ({ connectionId, formatOptionId, typeOptionId, schema, ...body }, { parentId }) => ({ ...body, ...(schema !== undefined && { schema: { columns: [], ...(schema as Fields) } }), projectKey: parentId }),
    // People work in a project by hand: what nobody declared is theirs, though the project is ours.
    marks: () => ({ owned: false }),
    pagination: { style: 'none' },
    replies: 'none',
    afterCreate: 'update',
    update: 'merge',
    tasks,
  }) as unknown as ResourceType
}
