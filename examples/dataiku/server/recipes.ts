import { z } from 'zod'
import { readJson, type Body } from './read-body.ts'
import { ReplyError } from './reply.ts'
import { nextTag, type DataikuData, type Fields, type Project, type Recipe } from './state.ts'

const CODE_TYPES = ['python', 'r', 'shell', 'sql_query', 'sql_script', 'hive', 'impala', 'pyspark', 'sparkr', 'spark_scala', 'spark_sql_query']
const VISUAL_TYPES = ['sync', 'shaker', 'join', 'fuzzyjoin', 'geojoin', 'grouping', 'window', 'vstack', 'split', 'sort', 'topn', 'distinct', 'sampling', 'pivot', 'update', 'download', 'export', 'generate_features']

const fields = z.record(z.string(), z.unknown())
const roles = z.record(z.string(), z.looseObject({ items: z.array(z.looseObject({ ref: z.string() })) }))
const newRecipe = z.looseObject({
  recipePrototype: z.looseObject({ type: z.string(), name: z.string().optional(), projectKey: z.string().optional(), inputs: roles.optional(), outputs: roles.optional(), params: fields.optional() }),
  creationSettings: z.looseObject({ script: z.string().optional() }).optional(),
})
const wholeRecipe = z.looseObject({
  recipe: z.looseObject({ type: z.string().optional(), name: z.string().optional(), projectKey: z.string().optional(), inputs: roles.optional(), outputs: roles.optional(), tags: z.array(z.string()).optional() }),
  payload: z.string().optional(),
})

type Roles = z.infer<typeof roles>

/** What a recipe is where nobody says so. */
const DEFAULTS: Fields = { inputs: {}, outputs: {}, params: {}, tags: [] }

/** What the server puts into every new recipe, and never again. */
const NEW_RECIPE: Fields = {
  optionalDependencies: false,
  redispatchPartitioning: false,
  maxRunningActivities: 0,
  neededVariables: [],
  checklists: { checklists: [] },
  customMeta: { kv: {} },
  customFields: {},
  labels: [],
}

/** Makes a recipe of the body of a request and gives its name, which may be another than the one asked for. */
export function addRecipe(project: Project, body: Body, data: DataikuData, isRenamed: boolean, login: string, nowMs: number): string {
  const { recipePrototype: asked, creationSettings } = readJson(newRecipe, body)
  const { type, projectKey } = asked
  const isCode = CODE_TYPES.includes(type)
  if (!isCode && !VISUAL_TYPES.includes(type)) throw refusal(`Unknown recipe type "${type}"`)
  if (projectKey !== undefined && projectKey !== project.key) throw refusal(`The recipe belongs to "${projectKey}", not to "${project.key}"`)
  const outputs = listRefs(asked.outputs)
  checkRefs(project, undefined, listRefs(asked.inputs), outputs, data)
  const wanted = asked.name === undefined || asked.name === '' ? `compute_${outputs[0]?.split('.').at(-1) ?? type}` : asked.name
  if (!/^[\w-]+$/.test(wanted)) throw refusal(`Invalid recipe name "${wanted}": only letters, digits, hyphens and underscores`)
  const name = isRenamed || Object.hasOwn(project.recipes, wanted) ? findFreeName(project, wanted) : wanted
  const tag = nextTag(login, nowMs)
  project.recipes[name] = {
    recipe: { ...NEW_RECIPE, ...DEFAULTS, ...asked, name, projectKey: project.key, creationTag: tag, versionTag: tag },
    payload: creationSettings?.script ?? (isCode ? '' : JSON.stringify({ engineParams: {}, postFilter: { enabled: false }, computedColumns: [] })),
  }
  return name
}

/** Finds a recipe by its name. */
export function findRecipe({ key, recipes }: Project, name: string): Recipe {
  const found = Object.hasOwn(recipes, name) ? recipes[name] : undefined
  if (found === undefined) throw new ReplyError('NotFoundException', `Recipe "${key}.${name}" not found`)
  return found
}

/** Puts the body of a request in the place of a recipe and its code: what it leaves out is lost. */
export function replaceRecipe(project: Project, kept: Recipe, body: Body, data: DataikuData, login: string, nowMs: number): void {
  const { recipe: given, payload } = readJson(wholeRecipe, body)
  const { name, projectKey, type, versionTag } = kept.recipe
  const fixed = { name, projectKey, type }
  for (const [field, value] of Object.entries(fixed)) {
    if (given[field] !== undefined && given[field] !== value) throw refusal(`The ${field} of a recipe cannot change: it is "${String(value)}"`)
  }
  checkRefs(project, kept, listRefs(given.inputs), listRefs(given.outputs), data)
  kept.recipe = { ...DEFAULTS, ...given, ...fixed, versionTag: nextTag(login, nowMs, versionTag) }
  if (payload === undefined) delete kept.payload
  else kept.payload = payload
}

/** Refuses what is not there, and what another recipe writes. What the recipe said before stays allowed: its datasets may be gone. */
function checkRefs(project: Project, kept: Recipe | undefined, inputs: readonly string[], outputs: readonly string[], { projects }: DataikuData): void {
  const old = [...listRefs(kept?.recipe['inputs']), ...listRefs(kept?.recipe['outputs'])]
  for (const ref of [...inputs, ...outputs].filter((each) => !old.includes(each))) {
    const [owner, name] = splitRef(ref, project.key)
    if (!Object.hasOwn(projects, owner) || !Object.hasOwn((projects[owner] as Project).datasets, name)) throw refusal(`Dataset "${owner}.${name}" does not exist`)
  }
  const written = outputs.map((ref) => splitRef(ref, project.key).join('.'))
  const repeated = written.find((ref, at) => written.indexOf(ref) !== at)
  if (repeated !== undefined) throw refusal(`Dataset "${repeated}" is an output twice`)
  for (const other of Object.values(projects)) {
    for (const [name, { recipe }] of Object.entries(other.recipes)) {
      const taken = listRefs(recipe['outputs']).map((ref) => splitRef(ref, other.key).join('.')).find((ref) => written.includes(ref))
      if (taken !== undefined && recipe !== kept?.recipe) throw refusal(`Dataset "${taken}" is already an output of the recipe "${other.key}.${name}"`)
    }
  }
}

function listRefs(given: unknown): string[] {
  return Object.values((given ?? {}) as Roles).flatMap(({ items }) => items.map(({ ref }) => ref))
}

function splitRef(ref: string, projectKey: string): readonly [owner: string, name: string] {
  const at = ref.indexOf('.')
  return at === -1 ? [projectKey, ref] : [ref.slice(0, at), ref.slice(at + 1)]
}

function findFreeName({ recipes }: Project, wanted: string): string {
  for (let at = 1; ; at++) if (!Object.hasOwn(recipes, `${wanted}_${at}`)) return `${wanted}_${at}`
}

function refusal(message: string): ReplyError {
  return new ReplyError('IllegalArgumentException', message)
}
