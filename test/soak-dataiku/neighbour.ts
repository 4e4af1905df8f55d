import type { DataikuState } from '../../examples/dataiku/server/dataiku-app.ts'
import type { Chance } from '../soak/chance.ts'
import { pick } from '../soak-parts/death.ts'
import { PROJECTS, THEIRS } from './declaration.ts'
import { makeTheirs } from './by-hand.ts'
import type { HandEdit } from './messages.ts'
import { FOREIGN, type Seen, type View } from './oracle.ts'

type Place = Pick<Extract<HandEdit, { readonly does: 'set' }>, 'project' | 'part' | 'name' | 'path'>

/** Where somebody may put a field of their own into what is ours. */
const FIELDS: Readonly<Record<Seen['type'], readonly (readonly [part: Place['part'], path: readonly string[]])[]>> = {
  Project: [['settings', []], ['settings', ['limits']], ['metadata', ['custom', 'kv']], ['metadata', ['customFields']], ['variables', ['standard']], ['variables', ['local']], ['permissions', ['additionalDashboardUsers']]],
  Dataset: [['dataset', []], ['dataset', ['customMeta', 'kv']], ['dataset', ['flowOptions']], ['dataset', ['params']], ['dataset', ['schema']]],
  Recipe: [['recipe', []], ['recipe', ['customFields']], ['recipe', ['customMeta', 'kv']], ['recipe', ['params']]],
}
/** What somebody may change of what is declared, for the next host to put right. */
const DRIFTS: Readonly<Record<Seen['type'], readonly (readonly [part: Place['part'], path: readonly string[]])[]>> = {
  Project: [['metadata', ['description']], ['metadata', ['tags']]],
  Dataset: [['dataset', ['description']], ['dataset', ['tags']]],
  Recipe: [['recipe', ['shortDesc']], ['recipe', ['tags']]],
}

/** Somebody else, with a project of their own and fields of their own in what is ours. Nobody may touch either. */
export class Neighbour {
  readonly #chance: Chance
  /** By object and place, as it may be: a change may have come, or not. */
  readonly #fields = new Map<string, { readonly object: Pick<Seen, 'key' | 'self'>; readonly place: Place; readonly possible: readonly unknown[] }>()
  #count = 0
  #theirs: string | undefined
  #shared = new Set<string>()

  constructor(chance: Chance) {
    this.#chance = chance
  }

  /** What makes their project. */
  begin(): readonly HandEdit[] {
    return makeTheirs().map((request) => ({ does: 'request', ...request }))
  }

  /** A field of their own in something that is there. */
  drawField(view: View): HandEdit | undefined {
    return this.#draw(view, FIELDS, FOREIGN, ++this.#count)
  }

  /** Something that is declared, changed by hand; it is for the next host to put right. */
  drawDrift(view: View): HandEdit | undefined {
    const seen = pick(this.#chance, view)
    if (seen === undefined) return undefined
    const { project, name } = placeIn(seen)
    // A dataset that a recipe writes goes with its recipe, which would be known by nothing else.
    if (seen.type === 'Recipe' && this.#chance() < 0.3) return { does: 'drop', project, part: 'recipe', name }
    const [part, path] = pick(this.#chance, DRIFTS[seen.type])
    const declared = seen.fields[path[0] as string]
    if (declared === undefined || declared === '' || (Array.isArray(declared) && declared.length === 0)) return undefined
    return { does: 'set', project, part, name, path, value: Array.isArray(declared) ? ['by-hand'] : 'By hand' }
  }

  /** A dataset of theirs in a project of ours. */
  share(project: string, { projects }: DataikuState): readonly HandEdit[] {
    if (projects[project] === undefined || projects[project]?.datasets[FOREIGN] !== undefined) return []
    this.#shared.add(project)
    return [{ does: 'request', method: 'POST', path: `/projects/${project}/datasets/`, body: { name: FOREIGN, projectKey: project, type: 'UploadedFiles', params: {} } }]
  }

  /** Takes it away again. */
  leave(project: string): readonly HandEdit[] {
    this.#shared.delete(project)
    return [{ does: 'drop', project, part: 'dataset', name: FOREIGN }]
  }

  /** All of it is there as it was left; what may have come is settled by what is there. What is in an object that is gone went with it. */
  check(state: DataikuState, view: View): readonly string[] {
    const faults: string[] = []
    const theirs = JSON.stringify(state.projects[THEIRS])
    this.#theirs ??= theirs
    if (theirs !== this.#theirs) faults.push(`somebody else's project has changed: ${theirs}`)
    for (const project of this.#shared) if (state.projects[project]?.datasets[FOREIGN] === undefined) faults.push(`somebody else's dataset in ${project} is gone`)
    for (const [at, { object, place, possible }] of this.#fields) {
      const seen = view.find(({ key, self }) => key === object.key && self === object.self)
      if (seen === undefined) {
        this.#fields.delete(at)
        continue
      }
      const found = readField(state, { ...place, ...placeIn(seen) })
      const fitting = possible.filter((each) => each === found)
      if (fitting.length === 0) faults.push(`somebody else's ${place.path.join('.')} in ${place.part} of ${object.key} was ${possible.map(String).join(' or ')}, and is ${String(found)}`)
      else this.#fields.set(at, { object, place, possible: fitting })
    }
    return faults
  }

  #draw(view: View, fields: typeof FIELDS, field: string, value: unknown): HandEdit | undefined {
    if (view.length === 0) return undefined
    const seen = pick(this.#chance, view)
    const [part, path] = pick(this.#chance, fields[seen.type])
    const place = { ...placeIn(seen), part, path: [...path, field] }
    const at = `${seen.self} ${seen.key} ${part} ${path.join('.')}`
    this.#fields.set(at, { object: { key: seen.key, self: seen.self }, place, possible: [...(this.#fields.get(at)?.possible ?? [undefined]), value] })
    return { does: 'set', ...place, value }
  }
}

function placeIn({ type, id }: Pick<Seen, 'type' | 'id'>): { readonly project: string; readonly name: string } {
  const [project = '', name = ''] = type === 'Project' ? [id] : id.split('.')
  return { project, name }
}

function readField({ projects }: DataikuState, { project: key, part, name = '', path }: Place): unknown {
  const project = projects[key]
  const whole: unknown = part === 'dataset' ? project?.datasets[name] : part === 'recipe' ? project?.recipes[name]?.recipe : project?.parts[part]
  return path.reduce<unknown>((value, field) => (typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[field] : undefined), whole)
}

/** The first project, which is always there. */
export const SHARED: string = PROJECTS[0]
