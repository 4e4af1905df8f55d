import { z } from 'zod'
import type { Caller } from './access.ts'
import { readJson, type Body } from './read-body.ts'
import { ReplyError } from './reply.ts'
import { nextTag, type Fields, type Project, type ProjectPart } from './state.ts'

const permission = z.looseObject({ group: z.string() })
const fields = z.record(z.string(), z.unknown())
const newProject = z.looseObject({
  projectKey: z.string(),
  name: z.string().min(1),
  owner: z.string().min(1),
  settings: fields.optional(),
  description: z.string().optional(),
  permissions: z.array(permission).optional(),
  tags: z.array(z.string()).optional(),
})
const partSchemas: Readonly<Record<ProjectPart, z.ZodType<Fields>>> = {
  metadata: z.looseObject({ label: z.string().optional(), description: z.string().optional(), shortDesc: z.string().optional(), tags: z.array(z.string()).optional() }),
  settings: fields,
  permissions: z.looseObject({ owner: z.string().optional(), permissions: z.array(permission).optional() }),
  variables: z.looseObject({ standard: fields.optional(), local: fields.optional() }),
}

/** What the server puts into the settings of every new project, and never again. */
const NEW_SETTINGS: Fields = {
  exposedObjects: { objects: [] },
  codeEnvs: { python: { mode: 'INHERIT' }, r: { mode: 'INHERIT' } },
  flowBuildSettings: { mergeSqlPipelines: false, mergeSparkPipelines: true, pruneBeforeSchedule: false },
  integrations: { integrations: [] },
  metrics: { probes: [], engineConfig: {} },
  sparkSettings: { executionEngine: 'DEFAULT' },
  limits: { maxOpenedStreams: 10 },
}

const RIGHTS = ['admin', 'readProjectContent', 'writeProjectContent', 'exportDatasetsData', 'readDashboards', 'writeDashboards', 'moderateDashboards', 'runScenarios', 'manageDashboardAuthorizations', 'manageExposedElements', 'manageAdditionalDashboardUsers', 'executeApp']

/** A part with what the server adds to it: what the body leaves out is lost, or as if nobody had ever said it. */
export function fillPart(part: ProjectPart, body: Fields, key: string, { login }: Pick<Caller, 'login'>): Fields {
  switch (part) {
    case 'metadata':
      return { label: key, description: '', shortDesc: '', tags: [], checklists: { checklists: [] }, customFields: {}, custom: { kv: {} }, ...body }
    case 'settings':
      return body
    case 'permissions': {
      const given = (body['permissions'] ?? []) as readonly Fields[]
      return { owner: login, additionalDashboardUsers: { users: [] }, ...body, permissions: given.map((each) => ({ ...Object.fromEntries(RIGHTS.map((right) => [right, false])), ...each })) }
    }
    case 'variables':
      return { standard: {}, local: {}, ...body }
  }
}

/** Makes a project of the body of a request. */
export function createProject(body: Body, caller: Caller, projects: Readonly<Record<string, Project>>, users: readonly string[] | undefined, nowMs: number, newId: () => string): Project {
  const { projectKey: key, name, owner, settings, description, permissions, tags } = readJson(newProject, body)
  if (!/^[A-Z0-9_]+$/.test(key)) throw new ReplyError('IllegalArgumentException', `Invalid project key "${key}": only upper-case letters, digits and underscores`)
  if (Object.hasOwn(projects, key)) throw new ReplyError('IllegalArgumentException', `Project "${key}" already exists`)
  checkOwner(owner, users)
  const tag = nextTag(caller.login, nowMs)
  const fill = (part: ProjectPart, given: Fields): Fields => fillPart(part, given, key, caller)
  return {
    id: newId(),
    key,
    tags: { creationTag: tag, versionTag: tag },
    parts: {
      metadata: fill('metadata', { label: name, description: description ?? '', tags: tags ?? [] }),
      settings: { ...NEW_SETTINGS, ...settings },
      permissions: fill('permissions', { owner, permissions: permissions ?? [] }),
      variables: fill('variables', {}),
    },
    datasets: {},
    recipes: {},
  }
}

/** Puts the body of a request in the place of a part. */
export function replacePart(project: Project, part: ProjectPart, body: Body, caller: Caller, users: readonly string[] | undefined, nowMs: number): void {
  const filled = fillPart(part, readJson(partSchemas[part], body), project.key, caller)
  if (part === 'permissions') checkOwner(String(filled['owner']), users)
  project.parts[part] = filled
  project.tags.versionTag = nextTag(caller.login, nowMs, project.tags.versionTag)
}

/** A project in a list. */
export function showProject({ key, parts: { metadata, permissions }, tags }: Project): Fields {
  const { label, shortDesc, tags: words } = metadata
  return { projectKey: key, projectType: 'REGULAR', name: label, shortDesc, ownerLogin: permissions['owner'], ownerDisplayName: permissions['owner'], tags: words, projectStatus: 'Sandbox', contributors: [], tutorialProject: false, ...tags }
}

function checkOwner(owner: string, users: readonly string[] | undefined): void {
  if (users?.includes(owner) === false) throw new ReplyError('IllegalArgumentException', `User "${owner}" does not exist`)
}
