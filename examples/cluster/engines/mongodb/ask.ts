import { MongoClient, MongoError, MongoServerError, type Document } from 'mongodb'
import type { Instance } from '../../cluster.ts'

const CONNECT_MS = 2_000
const REPLY_MS = 15_000

/** How instances call each other, and how everybody calls them. */
export function addressOf({ host, port }: Pick<Instance, 'host' | 'port'>): string {
  return `${host.address.includes(':') ? `[${host.address}]` : host.address}:${port}`
}

/** Sends a command, and gives the reply. */
export type Say = (command: Document) => Promise<Document>

/** Sends one command to this very process, whatever set it is of. `replyMs`: how long it may take. */
export async function ask(instance: Pick<Instance, 'host' | 'port'>, command: Document, signal: AbortSignal, replyMs?: number): Promise<Document> {
  return talk(instance, signal, (say) => say(command), replyMs)
}

/** The same for several commands, over one connection. All that is said to MongoDB goes through here. */
export async function talk<T>(instance: Pick<Instance, 'host' | 'port'>, signal: AbortSignal, converse: (say: Say) => Promise<T>, replyMs: number = REPLY_MS): Promise<T> {
  signal.throwIfAborted()
  // No second try here: whoever calls knows whether one is wanted.
  const client = new MongoClient(`mongodb://${addressOf(instance)}/`, {
    appName: 'cluster',
    directConnection: true,
    maxPoolSize: 1,
    retryReads: false,
    retryWrites: false,
    serverSelectionTimeoutMS: CONNECT_MS,
    connectTimeoutMS: CONNECT_MS,
    socketTimeoutMS: replyMs,
  })
  // The driver would try again until its time is up: where nobody listens, that is known at once.
  const refused = new AbortController()
  client.on('serverHeartbeatFailed', ({ failure }) => refused.abort(failure))
  client.once('serverHeartbeatSucceeded', () => client.removeAllListeners('serverHeartbeatFailed'))
  try {
    return await converse((command) => client.db('admin').command(command, { signal: AbortSignal.any([signal, refused.signal]) }))
  } finally {
    await client.close()
  }
}

/** The codes of refusals that mean something to us. */
export const REFUSALS = { illegalOperation: 20, alreadyInitialized: 23, shardNotFound: 70, noReplicationEnabled: 76, invalidReplicaSetConfig: 93, notYetInitialized: 94, notWritablePrimary: 10_107 } as const

/** What a server answered instead of doing it; undefined: it did not answer at all, or this is no fault of MongoDB. */
export function codeOf(error: unknown): number | undefined {
  return error instanceof MongoServerError && typeof error.code === 'number' ? error.code : undefined
}

/** True: nobody answered. */
export function isSilence(error: unknown): boolean {
  return error instanceof MongoError && !(error instanceof MongoServerError)
}

/**
 * Hosts that are not reached yet, elections, configurations that somebody else changes (103: theirs came first, 109: it is being
 * changed, 308: the last one is not everywhere yet): what passes by itself.
 */
const PASSING: readonly number[] = [6, 7, 74, 89, 91, 103, 109, 117, 133, 189, 202, 216, 262, 308, 9_001, 10_107, 11_600, 11_602, 13_435, 13_436]

/** True: it may go well when it is asked again. */
export function isPassing(error: unknown): boolean {
  const code = codeOf(error)
  return code === undefined ? isSilence(error) : PASSING.includes(code)
}
