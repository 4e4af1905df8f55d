import type { StandardSchema } from '../../core/schema.ts'
import type { Target } from '../provider.ts'
import type { Endpoints, RestDescription } from './description.ts'
import type { HttpRequest } from './request.ts'

/** Where each call of a type goes, without the object. */
export function findEndpoints<S extends StandardSchema>({ collection, item, listPath, endpoints = {}, update = 'patch' }: RestDescription<S>): Required<Endpoints> {
  const collectionOf = (parentId: string | undefined): string => collection(parentId ?? '')
  const itemOf = item ?? (({ id, parentId }: Target): string => `${collectionOf(parentId)}/${encodeURIComponent(id)}`)
  const asRead = (request: HttpRequest): HttpRequest => ({ isRead: true, ...request })
  return {
    read: (target) => asRead(endpoints.read?.(target) ?? { method: 'GET', path: itemOf(target) }),
    create: endpoints.create ?? ((target) => (update === 'put' ? { method: 'PUT', path: itemOf(target) } : { method: 'POST', path: collectionOf(target.parentId) })),
    update: endpoints.update ?? ((target) => ({ method: update === 'put' || update === 'merge' ? 'PUT' : 'PATCH', path: itemOf(target) })),
    delete: endpoints.delete ?? ((target) => ({ method: 'DELETE', path: itemOf(target) })),
    list: (parentId) => asRead(endpoints.list?.(parentId) ?? { method: 'GET', path: listPath ?? collectionOf(parentId) }),
  }
}
