import type { Row } from '../../examples/konnect/server/database.ts'
import type { Generation } from './declaration.ts'

/** Every object of a server, by kind. */
export type Objects = Readonly<Record<string, readonly Row[]>>

/**
 * When a server says that its moment has come: at a request before anything happened, after its effect and before its reply,
 * or after its reply. At the first two that request is never answered.
 */
export type Point = 'before' | 'after' | 'replied'

/** What a server is asked; each gets one answer. */
export type ServerAsk =
  /** Listens, with these objects. Port 0 takes any that is free. */
  | { readonly ask: 'listen'; readonly port: number; readonly objects: Objects }
  /** Says `hit` at the n-th request from now on, or from the first write on. `dies`: it answers nothing more then, and hands out its objects. */
  | { readonly ask: 'arm'; readonly after: number; readonly point: Point; readonly fromFirstWrite: boolean; readonly dies: boolean }
  /** Forgets the moment and drops what it holds. `untilClosed`: answers when no request is under way and every connection is closed. */
  | { readonly ask: 'quiet'; readonly untilClosed: boolean }
  /** What it has, and the writes since this was last asked. */
  | { readonly ask: 'account' }

/** One write that a server carried out or refused. */
export interface Write {
  readonly method: string
  readonly path: string
  readonly status: number
  /** The host that asked. */
  readonly host: string
  /** When it asked, by the clock that the processes of this machine share; in milliseconds. */
  readonly askedMs: number
}

/** What a server answers or says. */
export type ServerWord =
  | { readonly said: 'ready' }
  | { readonly said: 'listening'; readonly port: number }
  | { readonly said: 'armed' }
  | { readonly said: 'quiet' }
  | { readonly said: 'account'; readonly objects: Objects; readonly writes: readonly Write[]; readonly requests: number }
  | { readonly said: 'hit'; readonly objects?: Objects; readonly writes?: readonly Write[]; readonly requests?: number }

/**
 * The moment at which a host kills or stops itself: at the n-th call to the file system from its first action on, or from the
 * outcome of its last one on. `torn`: half of what is written is.
 */
export interface DiskMoment {
  readonly from: 'action' | 'end'
  readonly after: number
  readonly point: 'before' | 'after' | 'torn'
  readonly signal: 'SIGKILL' | 'SIGSTOP'
}

/** What a host is to do. */
export interface HostJob {
  readonly work: 'apply' | 'resume' | 'plan'
  /** Tells it from the others. */
  readonly host: string
  readonly url: string
  readonly dir: string
  readonly declaration: Generation
  readonly mode: 'sync' | 'destroy'
  readonly disk?: DiskMoment
  /** How it has its lease, and how long a call may take. Default: as the engine does. */
  readonly lease?: { readonly leaseTermMs: number; readonly leaseWaitMs: number; readonly timeoutMs: number }
}

/** What a host says. */
export type HostWord =
  | { readonly said: 'ready' }
  | { readonly said: 'planned'; readonly actions: readonly string[]; readonly warnings: readonly string[] }
  /** Its first action has begun. */
  | { readonly said: 'started' }
  /** It has taken the stack from a host that gave no sign of life. */
  | { readonly said: 'taken' }
  /** An action of its has succeeded, and is recorded. */
  | { readonly said: 'done'; readonly run: string; readonly action: string }
  /** It is about to stop itself. */
  | { readonly said: 'stopping' }
  | { readonly said: 'ended'; readonly outcome: string; readonly open: boolean; readonly problems: readonly string[]; readonly requests: number }
  | { readonly said: 'refused'; readonly code: string; readonly message: string }
