import { mongodbPlan } from '../engines/mongodb/mongodb-plan.ts'
import { postgresPlan } from '../engines/postgres/postgres-plan.ts'
import { redisPlan } from '../engines/redis/redis-plan.ts'
import type { EngineName } from '../topology/topology.ts'
import type { EnginePlan } from './engine-plan.ts'

const plans: Readonly<Record<EngineName, EnginePlan>> = { postgres: postgresPlan, redis: redisPlan, mongodb: mongodbPlan }

/** What the engine of a cluster wants done. */
export function planOf(engine: EngineName): EnginePlan {
  return plans[engine]
}
