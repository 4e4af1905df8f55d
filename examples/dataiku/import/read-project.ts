import { formatAddress, type ApiCall, type Observed, type Provider, type RecordedResource, type Resource } from 'convergent'
import { readObjects } from 'convergent/state'
import { listRefs } from '../roles.ts'
import { declareObject } from './declare-object.ts'
import { keepRecorded } from './keep-recorded.ts'

/** What a project comes to as a declaration. */
export interface ProjectRead {
  readonly resources: readonly Resource[]
  /** What stays the server's alone, and why. */
  readonly leftOut: readonly string[]
}

/** How to read a project. */
export interface ProjectReading {
  readonly provider: Provider
  readonly signal: AbortSignal
  /** What is recorded already, by address. Default: nothing. */
  readonly recorded?: ReadonlyMap<string, RecordedResource> | undefined
  /** Hears of each request. Default: nobody. */
  readonly onCall?: (call: ApiCall) => void
}

/** Declares a project with everything in it, as it is. */
export async function readProject(key: string, { provider, signal, recorded, onCall }: ProjectReading): Promise<ProjectRead> {
  const how = { provider, signal, ...(onCall && { onCall }) }
  const [project] = await readObjects({ ...how, type: 'Project', id: key })
  if (project === undefined) throw new Error(`there is no project ${key}; its key is in the address of its pages, behind /projects/`)
  const [datasets, recipes] = await Promise.all(['Dataset', 'Recipe'].map((type) => readObjects({ ...how, type, parentId: key })))
  const known = new Set((datasets ?? []).map(({ id }) => id))
  const isThere = async (ref: string): Promise<boolean> => known.has(ref) || (ref.split('.')[0] !== key && (await readObjects({ ...how, type: 'Dataset', id: ref })).length > 0)
  const leftOut: string[] = []
  const kept: Observed[] = []
  for (const recipe of recipes ?? []) {
    const refs = [...listRefs(recipe.outputs['inputs']), ...listRefs(recipe.outputs['outputs'])].map(String)
    const there = await Promise.all(refs.map(isThere))
    const missing = refs.filter((_, at) => there[at] === false)
    if (refs.length > 0 && missing.length === 0 && listRefs(recipe.outputs['outputs']).length > 0) kept.push(recipe)
    else leftOut.push(`Recipe/${recipe.id}: ${missing.length === 0 ? 'it writes no dataset' : `${missing.join(', ')} ${missing.length === 1 ? 'is no dataset' : 'are no datasets'}`}`)
  }
  const declare = (type: string, all: readonly Observed[] = []): readonly Resource[] => all.map((each) => keepRecorded(declareObject(type, each), each, recorded?.get(formatAddress(type, each.id)))).sort((a, b) => (a.name < b.name ? -1 : 1))
  return { resources: [...declare('Project', [project]), ...declare('Dataset', datasets), ...declare('Recipe', kept)], leftOut }
}
