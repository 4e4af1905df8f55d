import { isAllowed } from '../access.ts'
import type { Desk } from '../desk.ts'
import { createProject, replacePart, showProject } from '../projects.ts'
import { ReplyError } from '../reply.ts'
import { projectParts } from '../state.ts'

/** Registers what the API does with projects. */
export function registerProjects({ store: { data, newId }, users, serve }: Desk): void {
  serve('GET', '/projects', ({ caller }) => Object.values(data.projects).filter((project) => isAllowed(project, caller, 'read')).map(showProject))
  serve('POST', '/projects', ({ caller, body, nowMs }) => {
    if (!caller.isAdmin) throw new ReplyError('DKUSecurityException', `"${caller.login}" may not create projects`)
    const project = createProject(body, caller, data.projects, users, nowMs, newId)
    data.projects[project.key] = project
    return `Created project ${project.key}`
  })
  serve('GET', '/projects/:project', ({ enter }) => showProject(enter('read')))
  serve('DELETE', '/projects/:project', ({ enter, isSet, start }) => {
    const { key, id } = enter('administer')
    return start({ does: 'delete-project', project: key, id, clearManagedDatasets: isSet('clearManagedDatasets') }, isSet('wait', true))
  })
  for (const part of projectParts) {
    serve('GET', `/projects/:project/${part}`, ({ enter }) => enter('read').parts[part])
    serve('PUT', `/projects/:project/${part}`, ({ enter, caller, body, nowMs }) => replacePart(enter(part === 'permissions' ? 'administer' : 'write'), part, body, caller, users, nowMs))
  }
}
