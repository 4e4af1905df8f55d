import type { DataikuState } from '../../examples/dataiku/server/dataiku-app.ts'
import { canonicalJson, type Fields } from '../../src/core/json.ts'
import type { State } from '../../src/core/state.ts'
import { THEIRS } from './declaration.ts'

/** An object that is there. */
export interface Seen {
  /** `Dataset/FLEET.trips`; of a recipe, by what it writes: `Recipe/FLEET to FLEET.daily`. */
  readonly key: string
  readonly type: 'Project' | 'Dataset' | 'Recipe'
  /** As the API has it. */
  readonly id: string
  /** Tells it from another one of the same name. */
  readonly self: string
  /** Without what tells when it was made and changed, and what is somebody else's. */
  readonly fields: Fields
}

/** What is on a server, without what is somebody else's. */
export type View = readonly Seen[]

/** How somebody else calls what is not ours, datasets and fields. */
export const FOREIGN = 'theirs'
/** What a declaration may say: left out, or said and not said any more, it is as good as empty. All else is as the server has made it, to the letter. */
const DECLARABLE = ['label', 'description', 'shortDesc', 'tags', 'owner', 'permissions', 'settings.soaked', 'settings.deep', 'variables', 'params', 'formatType', 'formatParams', 'schema', 'inputs', 'outputs', 'payload']
const STAMPS = ['creationTag', 'versionTag']

/** What is on a server. `ids`: what tells objects of the same name apart. */
export function viewState({ projects }: DataikuState, ids: Readonly<Record<string, string>> = {}): View {
  return Object.entries(projects).filter(([key]) => key !== THEIRS).flatMap(([key, { parts, datasets, recipes }]): readonly Seen[] => {
    const qualify = (roles: unknown): unknown => Object.fromEntries(Object.entries((roles ?? {}) as Readonly<Record<string, { readonly items: readonly { readonly ref: string }[] }>>).map(([role, { items }]) => [role, items.map((item) => ({ ...item, ref: item.ref.includes('.') ? item.ref : `${key}.${item.ref}` }))]))
    const { metadata, permissions, variables, settings } = parts
    const flat = Object.fromEntries(Object.entries(strip(settings)).map(([field, value]) => [`settings.${field}`, value]))
    return [
      { key: `Project/${key}`, type: 'Project', id: key, self: ids[`Project/${key}`] ?? '', fields: strip({ ...metadata, ...permissions, ...flat, variables }) },
      ...Object.entries(datasets).filter(([name]) => !name.startsWith(FOREIGN)).map(([name, fields]): Seen => ({ key: `Dataset/${key}.${name}`, type: 'Dataset', id: `${key}.${name}`, self: ids[`Dataset/${key}.${name}`] ?? '', fields: strip(fields) })),
      ...Object.entries(recipes).filter(([name]) => !name.startsWith(FOREIGN)).map(([name, { recipe, payload }]): Seen => {
        const { name: _name, ...fields } = recipe
        const outputs = qualify(recipe['outputs'])
        const written = Object.values(outputs as Readonly<Record<string, readonly { readonly ref: string }[]>>).flatMap((items) => items.map(({ ref }) => ref))
        return { key: `Recipe/${key} to ${written.join(' and ')}`, type: 'Recipe', id: `${key}.${name}`, self: JSON.stringify(recipe['creationTag']), fields: strip({ ...fields, inputs: qualify(recipe['inputs']), outputs, payload }) }
      }),
    ]
  })
}

/** Compares what is there with what has to be: one line for each thing that is missing, there twice, wrong, or nobody's. */
export function compareDeclared(view: View, wanted: View): readonly string[] {
  const keys = new Set(wanted.map(({ key }) => key))
  return [
    ...wanted.flatMap(({ key, fields }) => {
      const found = view.filter((seen) => seen.key === key)
      const [seen] = found
      if (seen === undefined) return [`missing: ${key}`]
      return [...(found.length > 1 ? [`${found.length} times: ${key} (${found.map(({ id }) => id).join(', ')})`] : []), ...compareFields(seen.fields, fields).map(([field, is, should]) => `wrong: ${key}: ${field} is ${is}, declared ${should}`)]
    }),
    ...view.filter(({ key }) => !keys.has(key)).map(({ key, id }) => `orphan: ${key} (${id})`),
  ]
}

/** Every object is recorded with its id, all that is recorded is there, and no older object is: unless its replace has stopped halfway. */
export function compareRecorded(view: View, state: State | undefined, isHalfway: boolean): readonly string[] {
  const recorded = [...(state?.resources.values() ?? [])].map(({ address, id, deposed = [] }) => ({ address, key: `${address.split('/')[0]} ${id}`, deposed }))
  const older = recorded.flatMap(({ address, deposed }) => deposed.map(({ id }) => ({ address, id, key: `${address.split('/')[0]} ${id}` })))
  const isOlder = (key: string): boolean => isHalfway && older.some((each) => each.key === key)
  const there = view.map(({ type, id }) => `${type} ${id}`)
  return [
    ...there.filter((key) => recorded.every((each) => each.key !== key) && !isOlder(key)).map((key) => `not recorded: ${key}`),
    ...recorded.filter(({ key }) => !there.includes(key)).map(({ address, key }) => `recorded, and not there: ${address} (${key})`),
    ...recorded.filter(({ key }, at) => recorded.findIndex((each) => each.key === key) !== at).map(({ address, key }) => `recorded twice: ${address} (${key})`),
    ...older.filter(({ key }) => !isHalfway || !there.includes(key)).map(({ address, id }) => `an older object of ${address} is still recorded: ${id}`),
  ]
}

/** Compares with what was before: what was taken back is as it was. What had been deleted meanwhile (it is not in `between`) has come back as another object. */
export function compareBefore(before: View, between: View, after: View): readonly string[] {
  const survived = new Set(between.map(({ self }) => self))
  const now = new Map(after.map((seen) => [seen.key, seen]))
  const faults = before.flatMap(({ key, self, fields }) => {
    const is = now.get(key)
    now.delete(key)
    if (is === undefined) return [`not brought back: ${key} `]
    return [...(is.self !== self && survived.has(self) ? [`not as before: ${key} is another object`] : []), ...compareFields(is.fields, fields).map(([field, found, was]) => `not as before: ${key}: ${field} is ${found}, was ${was}`)]
  })
  return [...faults, ...[...now.values()].map(({ key, id }) => `was not there before: ${key} (${id})`)]
}

/** Fields that differ, as they are and as they should be. */
function compareFields(is: Fields, should: Fields): readonly (readonly [field: string, is: string, should: string])[] {
  return [...new Set([...Object.keys(is), ...Object.keys(should)])].flatMap((field) => {
    const show = (value: unknown): string => write(DECLARABLE.includes(field) ? omitEmpty(value) : value)
    const [found, wanted] = [show(is[field]), show(should[field])]
    return found === wanted ? [] : [[field, found, wanted] as const]
  })
}

/** Without the fields that are somebody else's, or say when. */
function strip(fields: Fields): Fields {
  return JSON.parse(JSON.stringify(fields), (field, value: unknown) => (field === FOREIGN || STAMPS.includes(field) ? undefined : value)) as Fields
}

/** Undefined for what is empty, also in what it holds. */
function omitEmpty(value: unknown): unknown {
  if (value === null || value === '' || value === false) return undefined
  if (typeof value !== 'object') return value
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(omitEmpty)
  const kept = Object.entries(value as Fields).map(([field, each]) => [field, omitEmpty(each)] as const).filter(([, each]) => each !== undefined)
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

function write(value: unknown): string {
  return value === undefined ? 'nothing' : canonicalJson(value as never)
}
