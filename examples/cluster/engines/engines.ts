import type { EngineName } from '../topology/topology.ts'
import type { Engine } from './engine.ts'
import { postgres } from './postgres/postgres.ts'
import { redis } from './redis/redis.ts'

const engines: Readonly<Record<EngineName, Engine>> = { postgres, redis, mongodb: postgres }

/** The engine of a cluster. */
export function engineOf(name: EngineName): Engine {
  return engines[name]
}
