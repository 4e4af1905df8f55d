/** What a request to a Director is for. */
export type RequestKind = 'write' | 'poll' | 'read' | 'refresh'

/**
 * When something happens, by the n-th request of a kind: before it was carried out, which it never is then; after that, and
 * before its reply; right after its reply.
 */
export interface RequestMoment {
  readonly on: RequestKind
  /** 1 is the first. */
  readonly nth: number
  readonly point: 'before' | 'after' | 'replied'
}

/** What a request is for. */
export function kindOf(method: string, path: string): RequestKind {
  if (path === '/refreshToken') return 'refresh'
  if (path.startsWith('/monitorapi/')) return 'poll'
  return method === 'GET' ? 'read' : 'write'
}
