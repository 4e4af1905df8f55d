import { isFields } from '../../core/json.ts'

/** One request. */
export interface HttpRequest {
  /** HTTP method. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** From the base URL, beginning with `/`; ids in it are encoded by `pathOf`. */
  readonly path: string
  /** Undefined values are left out. Default: none. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  /** Sent as JSON. Default: no body. */
  readonly body?: unknown
  /** `ignored`: nothing of a reply that says success is read, also where it is no JSON. Default: `json`. */
  readonly reply?: 'json' | 'ignored'
  /** True: it changes nothing, whatever its method says; it may be made again after any fault. Default: true for GET. */
  readonly isRead?: boolean
  /** What a field that a problem names is called by who declared it. Default: as the backend calls it. */
  readonly nameField?: (path: string) => string
}

/** True for a request that may change something. */
export function isWrite({ method, isRead = method === 'GET' }: HttpRequest): boolean {
  return !isRead
}

/** A request with more parameters: in its body where that is an object, else in its query. */
export function addParameters(request: HttpRequest, parameters: NonNullable<HttpRequest['query']>): HttpRequest {
  if (isFields(request.body)) return { ...request, body: { ...request.body, ...parameters } }
  return { ...request, query: { ...request.query, ...parameters } }
}
