import type { Fields } from 'convergent'
import { pathOf, type HttpRequest } from 'convergent/rest'
import { askOption, showOption } from './format-of.ts'

/** The request that makes a dataset. Of a managed one the server chooses type and place; whatever a request leaves out is written right after it. */
export function requestDataset(project: string, { name, managed, connectionId, typeOptionId, formatOptionId, type, params = {}, formatType, formatParams }: Fields): HttpRequest {
  const isManaged = managed === true
  const body = isManaged ? { name, creationSettings: { connectionId, typeOptionId, specificSettings: { formatOptionId: askOption(formatOptionId) } } } : { name, projectKey: project, type, params, formatType, formatParams }
  return { method: 'POST', path: `${pathOf`/projects/${project}/datasets/`}${isManaged ? 'managed' : ''}`, body, reply: 'ignored' }
}

/** A managed dataset shows where it is and its format as any other does, and not as it was asked for. */
export function showManaged(body: Fields): Fields {
  if (body['managed'] !== true) return body
  const { connection } = (body['params'] ?? {}) as { readonly connection?: unknown }
  return { ...body, connectionId: connection, formatOptionId: showOption(body) }
}
