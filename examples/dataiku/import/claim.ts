import { addressOf, type Fields, type Resource } from 'convergent'
import { isObject } from '../is-object.ts'
import { listRefs } from '../roles.ts'

/**
 * Which of the objects that were found are ours: all of the projects that are named, and what files declare. Of that, only the
 * declared fields are ours, with the values that are there: what a file never said stays the server's.
 */
export function claim(found: readonly Resource[], projects: readonly string[], declared: readonly Resource[]): readonly Resource[] {
  const byKey = new Map(declared.map((resource) => [keyOf(resource), resource]))
  return found.flatMap((resource): readonly Resource[] => {
    const wanted = byKey.get(keyOf(resource))
    if (wanted === undefined) return projects.includes(resource.name.split('.')[0] as string) ? [resource] : []
    return [{ ...wanted, dependsOn: resource.dependsOn ?? [], inputs: { ...restrict(resource.inputs, wanted.inputs), ...pickRecordedOnly(wanted.inputs) } }]
  })
}

/** A recipe is known by what it writes: the server may have named it otherwise. */
function keyOf(resource: Resource): string {
  return resource.type === 'Recipe' ? `Recipe ${listRefs(resource.inputs['outputs']).map(String).sort().join(' ')}` : addressOf(resource)
}

function restrict(value: Fields, like: Fields): Fields {
  return Object.fromEntries(Object.entries(value).flatMap(([field, each]) => (field in like ? [[field, isObject(each) && isObject(like[field]) ? restrict(each, like[field]) : each]] : [])))
}

function pickRecordedOnly({ dropData }: Fields): Fields {
  return dropData === undefined ? {} : { dropData }
}
