import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml'
import { at, describeNode, follow, hasKey, keyOf } from '../../parts/nodes.ts'
import { readEntry, readMap, readName, type Entry, type EntryHead } from './entry.ts'
import { toDataset } from './friendly-dataset.ts'
import { toRecipe } from './friendly-recipe.ts'
import { friendlyDataset, friendlyProject, friendlyRecipe } from './friendly-schemas.ts'
import { FORMS } from './names.ts'
import { refuse, type Page } from './page.ts'

/** Keys of a document of the friendly format. */
export const FRIENDLY_KEYS = ['version', 'metadata', 'project', 'datasets', 'recipes']

/** Reads a document of the friendly format: a project, and what is in it. */
export function readFriendly(contents: YAMLMap, page: Page): readonly Entry[] {
  checkHead(contents, page)
  const pair = contents.items.find((each) => keyOf(each) === 'project')
  const map = pair === undefined ? void refuse(page, 'missing-project', 'project: it is missing; expected a map with key and name, which datasets and recipes are in', contents) : readMap(pair.value ?? pair.key, 'project', 'key and name', page)
  const key = map && readName(map, 'key', FORMS.Project, 'project', page)
  const project = map === undefined ? [] : readEntry(map, page, key === undefined ? undefined : { type: 'Project', id: key, map, page }, 'key', friendlyProject, ({ id }, fields) => {
    const { name: label, owner, description, short_desc: shortDesc, tags, settings, variables, permissions, drop_data: dropData } = fields
    return { inputs: { projectKey: id, label, owner, description, shortDesc, tags, settings, variables, permissions, dropData } }
  })
  const findHead = (type: 'Dataset' | 'Recipe', member: YAMLMap): EntryHead | undefined => {
    const name = readName(member, 'name', FORMS[type], type.toLowerCase(), page)
    return key === undefined || name === undefined ? undefined : { type, id: `${key}.${name}`, map: member, page }
  }
  const datasets = listMembers(contents, 'datasets', page).flatMap((member) => readEntry(member, page, findHead('Dataset', member), 'name', friendlyDataset, toDataset))
  const recipes = listMembers(contents, 'recipes', page).flatMap((member) => readEntry(member, page, findHead('Recipe', member), 'name', friendlyRecipe, toRecipe))
  return [...project, ...datasets, ...recipes]
}

function checkHead(contents: YAMLMap, page: Page): void {
  const [version, metadata] = ['version', 'metadata'].map((key) => follow(at(contents, key), page.document))
  // A number without quotes has lost its zero.
  const written = isScalar(version) ? (version.source ?? version.value) : undefined
  if (hasKey(contents, 'version') && written !== '1.0' && written !== '1') refuse(page, 'invalid-head', `version: expected "1.0", found ${describeNode(version)}`, version ?? contents)
  if (hasKey(contents, 'metadata') && !isMap(metadata)) refuse(page, 'invalid-head', `metadata: expected a map, found ${describeNode(metadata)}`, metadata ?? contents)
}

function listMembers(contents: YAMLMap, key: 'datasets' | 'recipes', page: Page): readonly YAMLMap[] {
  return listItems(contents, key, page).flatMap((item) => readMap(item, key, 'name and type', page) ?? [])
}

/** The items of a list at the top of a document; a key with nothing behind it is an issue. */
export function listItems(contents: YAMLMap, key: string, page: Page): readonly unknown[] {
  const pair = contents.items.find((each) => keyOf(each) === key)
  const list = follow(pair?.value, page.document)
  if (pair === undefined || isSeq(list)) return isSeq(list) ? list.items : []
  // Nothing is what is left when all entries are commented out, and must not read as "delete them all".
  refuse(page, 'invalid-list', `${key}: expected a list, found ${describeNode(list)}${describeNode(list) === 'nothing' ? '; write [] to say that there are none' : ''}`, pair.key)
  return []
}
