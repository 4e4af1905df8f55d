import { Redis } from 'ioredis'
import type { Instance } from '../../cluster.ts'
import type { Access } from '../engine.ts'

const TIMEOUT_MS = 3_000

/** A connection to one instance, for as long as `work` takes. */
export async function withRedis<T>({ host, port }: Pick<Instance, 'host' | 'port'>, { password, signal }: Access, work: (redis: Redis) => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  // No second try here: whoever calls knows whether one is wanted.
  const redis = new Redis({ host: host.address, port, ...(password !== undefined && { password }), lazyConnect: true, connectTimeout: TIMEOUT_MS, commandTimeout: TIMEOUT_MS, retryStrategy: () => null, maxRetriesPerRequest: 0, enableReadyCheck: false })
  let fault: Error | undefined
  redis.on('error', (error: Error) => (fault = error))
  const abort = (): void => redis.disconnect()
  signal.addEventListener('abort', abort, { once: true })
  try {
    await redis.connect()
    return await work(redis)
  } catch (error) {
    throw fault ?? error
  } finally {
    signal.removeEventListener('abort', abort)
    redis.disconnect()
  }
}

/** One node of the cluster, as another one knows it. */
export interface Node {
  readonly id: string
  /** `address:port`. */
  readonly address: string
  readonly isPrimary: boolean
  readonly isMyself: boolean
  /** It is being met, or does not answer. */
  readonly isDoubtful: boolean
  /** The node that it follows. */
  readonly primaryId: string | undefined
  readonly slots: number
  /** The same as ranges: what nodes have to agree about. */
  readonly ranges: string
  /** True: a slot is on its way from or to it. */
  readonly isMoving: boolean
}

/** The nodes that an instance knows. */
export async function listNodes(redis: Redis): Promise<readonly Node[]> {
  return parseNodes((await redis.call('CLUSTER', 'NODES')) as string)
}

/** Reads what `CLUSTER NODES` prints: `id ip:port@bus,hostname flags primary ping pong epoch link slots…`. */
export function parseNodes(text: string): readonly Node[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [id = '', where = '', flagList = '', primary = '-', , , , , ...places] = line.split(' ')
      const flags = flagList.split(',')
      const ranges = places.filter((place) => !place.startsWith('['))
      return {
        id,
        address: where.split('@')[0] as string,
        isPrimary: flags.includes('master'),
        isMyself: flags.includes('myself'),
        isDoubtful: flags.some((flag) => ['handshake', 'noaddr', 'fail', 'fail?'].includes(flag)),
        primaryId: primary === '-' ? undefined : primary,
        ranges: ranges.join(' '),
        slots: ranges.reduce((sum, range) => sum + countSlots(range), 0),
        isMoving: places.length > ranges.length,
      }
    })
}

function countSlots(range: string): number {
  const [from = 0, to = from] = range.split('-').map(Number)
  return to - from + 1
}

/** What `INFO` prints, by name. */
export function parseInfo(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(text.split(/\r?\n/).filter((line) => line.includes(':')).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]))
}

/** How nodes call an instance. */
export function addressOf({ host, port }: Pick<Instance, 'host' | 'port'>): string {
  return `${host.address}:${port}`
}
