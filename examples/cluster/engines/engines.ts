import type { EngineName } from '../topology/topology.ts'
import type { Engine } from './engine.ts'
import { mongodb } from './mongodb/mongodb.ts'
import { postgres } from './postgres/postgres.ts'
import { redis } from './redis/redis.ts'

const engines: Readonly<Record<EngineName, Engine>> = { postgres, redis, mongodb }

/** The engine of a cluster. */
export function engineOf(name: EngineName): Engine {
  return engines[name]
}
