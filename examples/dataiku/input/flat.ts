import type { YAMLMap } from 'yaml'
import { suggestName, type Fields } from 'convergent'
import type * as z from 'zod'
import { at, follow } from '../../parts/nodes.ts'
import { readEntry, readMap, readName, refuseField, type Entry, type EntryHead, type Reading, type Use } from './entry.ts'
import { flatDataset, flatProject, flatRecipe, type Roles } from './flat-schemas.ts'
import { listItems } from './friendly.ts'
import { FORMS, QUALIFIED, nameOf, projectOf, type EntryType } from './names.ts'
import { describeFound, refuse, type Page } from './page.ts'
import { readValue } from './read-fields.ts'
import { checkOutputs, readUse } from './use.ts'

const TYPES = ['project', 'dataset', 'recipe'] as const

/** Reads a document of the flat format: a list of projects, datasets and recipes. */
export function readFlat(contents: YAMLMap, page: Page): readonly Entry[] {
  return listItems(contents, 'resources', page).flatMap((item) => {
    const map = readMap(item, 'resources', 'type and name', page)
    return map === undefined ? [] : readAny(map, page)
  })
}

function readAny(map: YAMLMap, page: Page): readonly Entry[] {
  const node = at(map, 'type')
  const type = readValue(node, undefined, page.document)
  const findHead = (resourceType: EntryType): EntryHead | undefined => {
    const id = readName(map, 'name', resourceType === 'Project' ? FORMS.Project : QUALIFIED, resourceType.toLowerCase(), page)
    return id === undefined ? undefined : { type: resourceType, id, map, page }
  }
  switch (type) {
    case 'project':
      return readEntry(map, page, findHead('Project'), 'name', flatProject, toProject)
    case 'dataset':
      return readEntry(map, page, findHead('Dataset'), 'name', flatDataset, toDataset)
    case 'recipe':
      return readEntry(map, page, findHead('Recipe'), 'name', flatRecipe, toRecipe)
    default:
      if (!page.unfilled.has(follow(node, page.document))) refuse(page, 'unknown-type', typeof type === 'string' ? `unknown type ${describeFound(node, page)}${suggestName(type, TYPES) || `; known are ${TYPES.join(', ')}`}` : `needs a type: one of ${TYPES.join(', ')}`, node ?? map)
      return []
  }
}

function toProject({ id }: EntryHead, fields: z.infer<typeof flatProject>): Reading {
  const { label, owner, description, shortDesc, tags, settings, variables, permissions, dropData } = fields
  return { inputs: { projectKey: id, label, owner, description, shortDesc, tags, settings, variables, permissions, dropData } }
}

function toDataset(head: EntryHead, fields: z.infer<typeof flatDataset>): Reading {
  const { datasetType, params, formatType, formatParams, connectionId, formatOptionId, typeOptionId, schema, description, shortDesc, tags, dropData } = fields
  const [typed, managed] = [{ datasetType, params, formatType, formatParams }, { connectionId, formatOptionId, typeOptionId }]
  const isManaged = fields.managed === true
  const misplaced = Object.entries(isManaged ? typed : managed).filter(([, value]) => value !== undefined).map(([field]) => field)
  for (const field of misplaced) refuseField(head, [field], isManaged ? 'the server chooses it for a managed dataset; leave it out, or leave managed out' : 'only a managed dataset has it; write managed: true, or leave it out')
  const missing = isManaged ? (connectionId === undefined ? ['connectionId'] : []) : datasetType === undefined ? ['datasetType'] : []
  for (const field of missing) refuseField(head, [field], isManaged ? 'it is missing; a managed dataset has connectionId, and formatOptionId where it is files' : 'it is missing; a dataset has it, or managed: true with connectionId and formatOptionId')
  if (misplaced.length + missing.length > 0) return { inputs: undefined }
  const { datasetType: type, ...rest } = typed
  return { inputs: { projectKey: projectOf(head.id), name: nameOf(head.id), ...(isManaged ? { managed: true, ...managed } : { type, ...rest }), schema, description, shortDesc, tags, dropData } }
}

function toRecipe(head: EntryHead, fields: z.infer<typeof flatRecipe>): Reading {
  const { recipeType: type, params, payload, description, shortDesc, tags } = fields
  const [reads, writes] = [readRoles(head, 'inputs', fields.inputs), readRoles(head, 'outputs', fields.outputs)]
  const uses = [...reads.uses, ...writes.uses]
  const isWhole = checkOutputs(head, writes.count) && uses.length === reads.count + writes.count
  const own = { projectKey: projectOf(head.id), name: nameOf(head.id), type }
  return { inputs: isWhole ? { ...own, inputs: reads.roles, outputs: writes.roles, params, payload, description, shortDesc, tags } : undefined, uses }
}

/** The roles of one side, with references in the place of names. */
function readRoles(head: EntryHead, side: 'inputs' | 'outputs', roles: Roles = {}): { readonly roles: Fields; readonly uses: readonly Use[]; readonly count: number } {
  const uses: Use[] = []
  const read = Object.entries(roles).map(([role, { items }]) => {
    const referring = items.map((item, at) => {
      const use = readUse(head, item.ref, [side, role, 'items', at, 'ref'])
      if (use !== undefined) uses.push(use)
      return { ...item, ref: use?.id }
    })
    return [role, { items: referring }] as const
  })
  return { roles: Object.fromEntries(read), uses, count: Object.values(roles).reduce((sum, { items }) => sum + items.length, 0) }
}
