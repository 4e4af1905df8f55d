import * as z from 'zod'
import type { Fields, ResourceType } from 'convergent'
import { pathOf, restType } from 'convergent/rest'
import { about, anything } from '../about.ts'
import { omitDefaults } from '../omit-defaults.ts'
import { readPlace } from '../place.ts'
import { listRefs, qualifyRoles, shortenRoles } from '../roles.ts'
import type { Site } from '../site.ts'

// What is taken back may be a role that had no list before.
const roles = z.record(z.string(), z.looseObject({ items: z.array(z.looseObject({ ref: z.string() })).optional() }))

/** A recipe. What it is known by is what it writes: a dataset is written by one recipe only, and the name is the server's choice. */
export function defineRecipe({ client }: Site): ResourceType {
  const type = restType({
    client,
    schema: z.strictObject({
      projectKey: z.string(),
      name: z.string(),
      type: z.string(),
      inputs: roles.optional(),
      outputs: roles,
      params: anything.optional(),
      payload: z.string().optional(),
      ...about,
    }),
    parent: { type: 'Project', field: 'projectKey' },
    references: { 'inputs.*.items.*.ref': 'Dataset', 'outputs.*.items.*.ref': 'Dataset' },
    collection: (project) => pathOf`/projects/${project}/recipes/`,
    item: ({ id }) => pathOf`/projects/${readPlace(id).project}/recipes/${readPlace(id).name}`,
    endpoints: {
      create: ({ parentId: project = '' }, { name, type: given, inputs = {}, outputs, payload }) => ({
        method: 'POST',
        path: pathOf`/projects/${project}/recipes/`,
        body: { recipePrototype: { type: given, name, projectKey: project, inputs: shortenRoles(inputs, project), outputs: shortenRoles(outputs, project) }, creationSettings: payload === undefined ? {} : { script: payload } },
      }),
    },
    idOf: ({ recipe, ...body }, project) => `${project}.${String(((recipe ?? body) as Fields)['name'])}`,
    key: ({ outputs }) => {
      const written = listRefs(outputs)
      return written.every((ref) => typeof ref === 'string') ? [...written].sort().join(' ') : undefined
    },
    immutable: ['projectKey', 'type'],
    unordered: ['tags'],
    ignored: ['name'],
    normalise: { 'inputs.*.items': omitDefaults, 'outputs.*.items': omitDefaults },
    grouped: { recipe: '' },
    fromWire: (body, { parentId = '' }) => ({ ...body, inputs: qualifyRoles(body['inputs'] ?? {}, parentId), outputs: qualifyRoles(body['outputs'] ?? {}, parentId) }),
    toWire: ({ payload, ...recipe }, { parentId = '' }) => ({ recipe: { ...recipe, projectKey: parentId, inputs: shortenRoles(recipe['inputs'], parentId), outputs: shortenRoles(recipe['outputs'], parentId) }, payload }),
    // People work in a project by hand: what nobody declared is theirs, though the project is ours.
    marks: () => ({ owned: false }),
    pagination: { style: 'none' },
    listed: 'summary',
    replies: 'id',
    afterCreate: 'update',
    update: 'merge',
  })
  return type as unknown as ResourceType
}
