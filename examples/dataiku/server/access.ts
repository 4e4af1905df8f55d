import { ReplyError } from './reply.ts'
import type { Project } from './state.ts'

/** Whom an API key stands for. */
export interface KeyHolder {
  readonly login: string
  readonly groups: readonly string[]
}

/** Who sends a request. */
export interface Caller extends KeyHolder {
  /** True: may do everything, and is the only one who may make projects. */
  readonly isAdmin: boolean
}

/** What a request does to a project. */
export type Need = 'read' | 'write' | 'administer'

const GRANTED_BY: Readonly<Record<Need, readonly string[]>> = {
  read: ['readProjectContent', 'writeProjectContent', 'admin'],
  write: ['writeProjectContent', 'admin'],
  administer: ['admin'],
}

/** Finds who has the key of a request. Lets nobody in without one. */
export function findCaller(headers: Headers, apiKey: string, keys: Readonly<Record<string, KeyHolder>>): Caller {
  const given = headers.get('x-dku-apiticket') ?? readBasic(headers.get('authorization'))
  if (given === apiKey) return { login: 'admin', groups: ['administrators'], isAdmin: true }
  if (given !== undefined && Object.hasOwn(keys, given)) return { ...(keys[given] as KeyHolder), isAdmin: false }
  throw new ReplyError('UnauthorizedException', 'Invalid API key')
}

/** The user name, which is the key; there must be no password. */
function readBasic(header: string | null): string | undefined {
  const encoded = /^Basic (.+)$/i.exec(header ?? '')?.[1]
  return encoded === undefined ? undefined : /^([^:]+):$/.exec(Buffer.from(encoded, 'base64').toString())?.[1]
}

/** True where the owner or a permission allows it. */
export function isAllowed({ parts: { permissions } }: Project, { login, groups, isAdmin }: Caller, need: Need): boolean {
  if (isAdmin || permissions['owner'] === login) return true
  const granted = permissions['permissions'] as readonly Readonly<Record<string, unknown>>[]
  return granted.some((each) => groups.includes(String(each['group'])) && GRANTED_BY[need].some((right) => each[right] === true))
}
