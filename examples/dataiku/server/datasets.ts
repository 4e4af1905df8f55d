import { z } from 'zod'
import { readJson, type Body } from './read-body.ts'
import { ReplyError } from './reply.ts'
import { nextTag, type Dataset, type Fields, type Project } from './state.ts'

const DATASET_TYPES = ['Filesystem', 'UploadedFiles', 'FilesInFolder', 'Inline', 'HDFS', 'S3', 'Azure', 'GCS', 'FTP', 'SFTP', 'HTTP', 'PostgreSQL', 'MySQL', 'Snowflake', 'BigQuery', 'Redshift', 'Oracle', 'SQLServer', 'JDBC', 'MongoDB', 'ElasticSearch']

const fields = z.record(z.string(), z.unknown())
const schema = z.looseObject({ columns: z.array(z.looseObject({ name: z.string(), type: z.string() })), userModified: z.boolean().optional() })
const dataset = z.looseObject({
  name: z.string().optional(),
  projectKey: z.string().optional(),
  type: z.string().optional(),
  managed: z.boolean().optional(),
  params: fields.optional(),
  schema: schema.optional(),
  tags: z.array(z.string()).optional(),
})
const newDataset = dataset.extend({ name: z.string(), type: z.string() })

/** What a dataset is where nobody says so. */
const DEFAULTS: Fields = { managed: false, params: {}, schema: { columns: [], userModified: false }, tags: [] }

/** What the server puts into every new dataset, and never again. */
const NEW_DATASET: Fields = {
  checklists: { checklists: [] },
  customMeta: { kv: {} },
  customFields: {},
  metrics: { probes: [{ type: 'basic', enabled: true }, { type: 'records', enabled: true }], engineConfig: {}, displayedState: { metrics: [] } },
  metricsChecks: { runOnBuild: false, checks: [] },
  flowOptions: { virtualizable: false, rebuildBehavior: 'NORMAL', crossProjectBuildBehavior: 'DEFAULT' },
  readWriteOptions: { preserveOrder: false, writeBuckets: 1 },
  partitioning: { dimensions: [], ignoreNonMatchingFile: false },
  featureGroup: false,
}

/** Reads a whole dataset from a request. */
export function readNewDataset(body: Body, projectKey: string): Fields & { readonly name: string; readonly type: string } {
  const read = readJson(newDataset, body)
  if (read.projectKey !== undefined && read.projectKey !== projectKey) throw refusal(`The dataset belongs to "${read.projectKey}", not to "${projectKey}"`)
  if (!DATASET_TYPES.includes(read.type)) throw refusal(`Unknown dataset type "${read.type}"`)
  return read
}

/** Puts a new dataset into a project, with all that the server makes of it. */
export function addDataset(project: Project, given: Fields & { readonly name: string }, login: string, nowMs: number, newId: () => string): Dataset {
  const { name } = given
  if (!/^\w+$/.test(name)) throw refusal(`Invalid dataset name "${name}": only letters, digits and underscores`)
  if (Object.hasOwn(project.datasets, name)) throw refusal(`Dataset "${project.key}.${name}" already exists`)
  const tag = nextTag(login, nowMs)
  const made: Dataset = { id: newId(), fields: { ...NEW_DATASET, ...DEFAULTS, ...given, projectKey: project.key, creationTag: tag, versionTag: tag } }
  project.datasets[name] = made
  return made
}

/** Finds a dataset by its name. */
export function findDataset({ key, datasets }: Project, name: string): Dataset {
  const found = Object.hasOwn(datasets, name) ? datasets[name] : undefined
  if (found === undefined) throw new ReplyError('NotFoundException', `Dataset "${key}.${name}" not found`)
  return found
}

/** Puts the body of a request in the place of a dataset: what it leaves out is lost, also what the server had made. */
export function replaceDataset(kept: Dataset, body: Body, login: string, nowMs: number): void {
  const given = readJson(dataset, body)
  const { name, projectKey, type, versionTag } = kept.fields
  const fixed = { name, projectKey, type }
  for (const [field, value] of Object.entries(fixed)) {
    if (given[field] !== undefined && given[field] !== value) throw refusal(`The ${field} of a dataset cannot change: it is "${String(value)}"`)
  }
  kept.fields = { ...DEFAULTS, ...given, ...fixed, versionTag: nextTag(login, nowMs, versionTag) }
}

/** Puts the body of a request in the place of the schema. */
export function replaceSchema(kept: Dataset, body: Body, login: string, nowMs: number): void {
  kept.fields = { ...kept.fields, schema: { userModified: false, ...readJson(schema, body) }, versionTag: nextTag(login, nowMs, kept.fields['versionTag']) }
}

function refusal(message: string): ReplyError {
  return new ReplyError('IllegalArgumentException', message)
}
