import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml'
import { at, describeNode, follow, hasKey, keyOf } from '../../parts/nodes.ts'
import { readEntry, readMap, readName, type Entry, type EntryHead } from './entry.ts'
import { toDataset } from './friendly-dataset.ts'
import { toRecipe } from './friendly-recipe.ts'
import { friendlyDataset, friendlyProject, friendlyRecipe } from './friendly-schemas.ts'
import { FORMS } from './names.ts'
import { refuse, type Place } from './place.ts'

/** Keys of a document of the friendly format. */
export const FRIENDLY_KEYS = ['version', 'metadata', 'project', 'datasets', 'recipes']

/** Reads a document of the friendly format: a project, and what is in it. */
export function readFriendly(contents: YAMLMap, place: Place): readonly Entry[] {
  checkHead(contents, place)
  const pair = contents.items.find((each) => keyOf(each) === 'project')
  const map = pair === undefined ? void refuse(place, 'missing-project', 'project: it is missing; expected a map with key and name, which datasets and recipes are in', contents) : readMap(pair.value ?? pair.key, 'project', 'key and name', place)
  const key = map && readName(map, 'key', FORMS.Project, 'project', place)
  const project = map === undefined ? [] : readEntry(map, place, key === undefined ? undefined : { type: 'Project', id: key, map, place }, 'key', friendlyProject, ({ id }, fields) => {
    const { name: label, owner, description, short_desc: shortDesc, tags, settings, variables, permissions, drop_data: dropData } = fields
    return { inputs: { projectKey: id, label, owner, description, shortDesc, tags, settings, variables, permissions, dropData } }
  })
  const findHead = (type: 'Dataset' | 'Recipe', member: YAMLMap): EntryHead | undefined => {
    const name = readName(member, 'name', FORMS[type], type.toLowerCase(), place)
    return key === undefined || name === undefined ? undefined : { type, id: `${key}.${name}`, map: member, place }
  }
  const datasets = listMembers(contents, 'datasets', place).flatMap((member) => readEntry(member, place, findHead('Dataset', member), 'name', friendlyDataset, toDataset))
  const recipes = listMembers(contents, 'recipes', place).flatMap((member) => readEntry(member, place, findHead('Recipe', member), 'name', friendlyRecipe, toRecipe))
  return [...project, ...datasets, ...recipes]
}

function checkHead(contents: YAMLMap, place: Place): void {
  const [version, metadata] = ['version', 'metadata'].map((key) => follow(at(contents, key), place.document))
  // A number without quotes has lost its zero.
  const written = isScalar(version) ? (version.source ?? version.value) : undefined
  if (hasKey(contents, 'version') && written !== '1.0' && written !== '1') refuse(place, 'invalid-head', `version: expected "1.0", found ${describeNode(version)}`, version ?? contents)
  if (hasKey(contents, 'metadata') && !isMap(metadata)) refuse(place, 'invalid-head', `metadata: expected a map, found ${describeNode(metadata)}`, metadata ?? contents)
}

function listMembers(contents: YAMLMap, key: 'datasets' | 'recipes', place: Place): readonly YAMLMap[] {
  return listItems(contents, key, place).flatMap((item) => readMap(item, key, 'name and type', place) ?? [])
}

/** The items of a list at the top of a document; a key with nothing behind it is an issue. */
export function listItems(contents: YAMLMap, key: string, place: Place): readonly unknown[] {
  const pair = contents.items.find((each) => keyOf(each) === key)
  const list = follow(pair?.value, place.document)
  if (pair === undefined || isSeq(list)) return isSeq(list) ? list.items : []
  // Nothing is what is left when all entries are commented out, and must not read as "delete them all".
  refuse(place, 'invalid-list', `${key}: expected a list, found ${describeNode(list)}${describeNode(list) === 'nothing' ? '; write [] to say that there are none' : ''}`, pair.key)
  return []
}
